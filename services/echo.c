/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The echo service: what comes by TCP or UDP goes back. */
#include <errno.h>

#include "services/service.h"
#include "services/splice.h"
#include "services/stream.h"
#include "services/udp.h"

enum { ECHO_DATAGRAM = 65535, ECHO_BURST = 16 };

struct echo_listen {
	struct stream *tcp; /* or */
	struct event *udp;
	int fd; /* the datagram socket, else -1 */
};

struct echo {
	struct serve *serve;
	struct quota connections;
	struct splice_list splices;
	struct echo_listen listens[SERVICE_LISTENS_MAX];
	size_t n;
};

static void on_accept(int fd, void *arg)
{
	struct echo *e = arg;

	splice_new(e->serve, &e->splices, &e->connections, fd, -1);
}

static void on_datagram(evutil_socket_t fd, short what, void *arg)
{
	char buf[ECHO_DATAGRAM];

	(void)what;
	(void)arg;
	for (int i = 0; i < ECHO_BURST; i++) {
		struct udp_peer peer;
		ssize_t n = udp_recv(fd, buf, sizeof(buf), &peer);

		if (n < 0)
			return;
		udp_send(fd, buf, (size_t)n, &peer);
	}
}

static int open_udp(struct echo *e, struct echo_listen *l, int *fd, struct err *err)
{
	int rc = udp_prepare(*fd, err);

	if (rc < 0)
		return rc;
	l->udp = event_new(e->serve->base, *fd, EV_READ | EV_PERSIST, on_datagram, e);
	if (!l->udp || event_add(l->udp, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't listen");
	l->fd = fd_steal(fd);
	return 0;
}

static int echo_set(void *self, const json_t *config, struct err *err)
{
	(void)self;
	(void)config;
	(void)err;
	return 0;
}

static void echo_stop(void *self)
{
	struct echo *e = self;

	splice_free_all(&e->splices);
	for (size_t i = 0; i < e->n; i++) {
		stream_free(e->listens[i].tcp);
		if (e->listens[i].udp)
			event_free(e->listens[i].udp);
		fd_closep(&e->listens[i].fd);
	}
	free(e);
}

static int echo_start(struct serve *serve, struct service_spec *spec, void **ret, struct err *err)
{
	struct echo *e = calloc(1, sizeof(*e));
	int rc = 0;

	if (!e)
		return err_sys(err, ENOMEM, "Can't start");
	e->serve = serve;
	e->connections = (struct quota){.parent = &serve->connections, .max = QUOTA_SERVICE};
	for (size_t i = 0; rc == 0 && i < spec->n_listens; i++) {
		struct service_listen *from = &spec->listens[i];
		struct echo_listen *l = &e->listens[e->n++];

		l->fd = -1;
		rc = from->tcp ? stream_listen(serve, &from->fd, &e->connections, on_accept, e,
					       &l->tcp, err)
			       : open_udp(e, l, &from->fd, err);
	}
	if (rc < 0) {
		echo_stop(e);
		return rc;
	}
	*ret = e;
	return 0;
}

const struct service_kind service_echo = {
	.name = "echo",
	.start = echo_start,
	.set = echo_set,
	.stop = echo_stop,
};
