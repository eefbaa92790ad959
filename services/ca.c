/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's certificate authority: made when first wanted, by a child process. */
#include "services/ca.h"

#include <event2/util.h>
#include <fcntl.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "services/tls.h"

/*
 * Theory of operation. Setting OpenSSL up costs about 3 ms and 400 KiB that it never gives back,
 * and most labs never shake a TLS hand. So a forked child makes key and certificate, writes both as
 * PEM to a pipe and ends; this process keeps some 1,000 bytes of text, and goes on serving
 * meanwhile. OpenSSL is set up here only by the first TLS connection (tls.c).
 */
enum { CA_TEXT_MAX = 4096 };

struct ca_wait {
	STAILQ_ENTRY(ca_wait) link;
	json_int_t id;
	ca_ready_fn *fn;
};

struct ca {
	struct serve *serve;
	pid_t child; /* 0: none */
	int pipe;
	struct event *ev;
	char text[CA_TEXT_MAX]; /* certificate, then key */
	size_t len;
	char *pem, *secret;
	struct err err;
	STAILQ_HEAD(, ca_wait) waits;
};

const char *ca_pem(const struct ca *ca)
{
	return ca ? ca->pem : NULL;
}

const char *ca_secret(const struct ca *ca)
{
	return ca ? ca->secret : NULL;
}

static void tell(struct ca *ca)
{
	while (!STAILQ_EMPTY(&ca->waits)) {
		struct ca_wait *w = STAILQ_FIRST(&ca->waits);

		STAILQ_REMOVE_HEAD(&ca->waits, link);
		w->fn(ca->serve, w->id, ca->pem ? NULL : &ca->err);
		free(w);
	}
}

/* Splits the text; without a whole certificate and key the authority could not be made. */
static void take_text(struct ca *ca)
{
	static const char end[] = "-----END CERTIFICATE-----\n";
	const char *cut = memmem(ca->text, ca->len, end, strlen(end));

	if (!cut || !memmem(ca->text, ca->len, "PRIVATE KEY", 11)) {
		err_set(&ca->err, ERR_MACHINE, EIO,
			"Can't make the lab's certificate authority: %.*s", (int)ca->len, ca->text);
		return;
	}
	ca->pem = strndup(ca->text, (size_t)(cut - ca->text) + strlen(end));
	ca->secret = strndup(ca->text, ca->len);
	explicit_bzero(ca->text, sizeof(ca->text));
	if (!ca->pem || !ca->secret)
		err_sys(&ca->err, ENOMEM, "Can't make the lab's certificate authority");
}

/* The child closed its end as its last act, so waiting for it does not block the loop. */
static void child_done(struct ca *ca)
{
	waitpid(ca->child, NULL, 0);
	ca->child = 0;
	event_free(ca->ev);
	ca->ev = NULL;
	fd_closep(&ca->pipe);
	take_text(ca);
	tell(ca);
}

static void on_pipe(evutil_socket_t fd, short what, void *arg)
{
	struct ca *ca = arg;
	ssize_t n = read(fd, ca->text + ca->len, sizeof(ca->text) - ca->len);

	(void)what;
	if (n > 0)
		ca->len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		child_done(ca);
}

static void child_main(int out) __attribute__((noreturn));
static void child_main(int out)
{
	struct err err = {0};
	const struct tls_module *tls = tls_module_load(&err);
	char *text = NULL;
	const char *say = err.msg;

	if (tls && tls->make_authority(&text, &err) == 0)
		say = text;
	if (write(out, say, strlen(say)) < 0)
		_exit(1);
	_exit(0);
}

static int watch_pipe(struct ca *ca)
{
	ca->ev = event_new(ca->serve->base, ca->pipe, EV_READ | EV_PERSIST, on_pipe, ca);
	if (!ca->ev || evutil_make_socket_nonblocking(ca->pipe) < 0 || event_add(ca->ev, NULL) < 0)
		return err_sys(&ca->err, ENOMEM, "Can't watch a pipe");
	return 0;
}

static int begin(struct ca *ca)
{
	auto_fd out = -1;
	int p[2];
	int rc;

	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(&ca->err, errno, "Can't make a pipe");
	ca->pipe = p[0];
	out = p[1];
	rc = watch_pipe(ca);
	if (rc < 0)
		return rc;
	ca->child = fork();
	if (ca->child == 0)
		child_main(out);
	if (ca->child > 0)
		return 0;
	ca->child = 0;
	return err_sys(&ca->err, errno, "Can't fork");
}

static struct ca *ca_new(struct serve *serve)
{
	struct ca *ca = calloc(1, sizeof(*ca));

	if (!ca)
		return NULL;
	ca->serve = serve;
	ca->pipe = -1;
	STAILQ_INIT(&ca->waits);
	if (begin(ca) < 0 && ca->ev)
		event_del(ca->ev);
	return ca;
}

void ca_when_ready(struct serve *serve, json_int_t id, ca_ready_fn *fn)
{
	struct ca_wait *w = calloc(1, sizeof(*w));
	struct err err = {0};

	if (!serve->ca)
		serve->ca = ca_new(serve);
	if (!w || !serve->ca) {
		free(w);
		err_sys(&err, ENOMEM, "Can't make the lab's certificate authority");
		fn(serve, id, &err);
		return;
	}
	*w = (struct ca_wait){.id = id, .fn = fn};
	STAILQ_INSERT_TAIL(&serve->ca->waits, w, link);
	if (!serve->ca->child)
		tell(serve->ca);
}

void ca_free(struct serve *serve)
{
	struct ca *ca = serve->ca;

	if (!ca)
		return;
	while (!STAILQ_EMPTY(&ca->waits)) {
		struct ca_wait *w = STAILQ_FIRST(&ca->waits);

		STAILQ_REMOVE_HEAD(&ca->waits, link);
		free(w);
	}
	if (ca->ev)
		event_free(ca->ev);
	fd_closep(&ca->pipe);
	if (ca->child)
		waitpid(ca->child, NULL, 0);
	free(ca->pem);
	free(ca->secret);
	free(ca);
	serve->ca = NULL;
}
