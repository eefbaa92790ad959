/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversation with the lab's init. */
#include "services/boss.h"

#include <event2/util.h>
#include <poll.h>
#include <sys/queue.h>

struct boss_ask {
	LIST_ENTRY(boss_ask) link;
	json_int_t id;
	boss_socket_fn *fn;
	void *arg;
};

struct boss {
	int fd;
	struct event *ev;
	boss_request_fn *fn;
	json_int_t last_id;
	LIST_HEAD(, boss_ask) asks;
};

/* init reads always, so waiting for room ends soon; when it is gone, POLLHUP ends it. */
static int boss_send(struct serve *serve, const json_t *body)
{
	struct boss *b = serve->boss;
	struct err err = {0};
	int rc;

	for (;;) {
		struct pollfd p = {.fd = b->fd, .events = POLLOUT};

		rc = msg_send(b->fd, body, NULL, 0, &err);
		if (rc != -EAGAIN)
			break;
		poll(&p, 1, -1);
	}
	if (rc == -EPIPE || rc == -ECONNRESET)
		event_base_loopbreak(serve->base);
	return rc;
}

void boss_answer(struct serve *serve, json_int_t id, const json_t *result, const struct err *err)
{
	auto_json json_t *body = result ? json_copy((json_t *)result) : json_object();

	if (err && (err->code || err->kind))
		json_object_set_new(body, "error", err_to_json(err));
	json_object_set_new(body, "re", json_integer(id));
	boss_send(serve, body);
}

static void ask_free(struct boss_ask *ask)
{
	LIST_REMOVE(ask, link);
	free(ask);
}

struct boss_ask *boss_ask_socket(struct serve *serve, const char *service, const struct addr *to,
				 boss_socket_fn *fn, void *arg)
{
	struct boss *b = serve->boss;
	struct boss_ask *ask = calloc(1, sizeof(*ask));
	auto_json json_t *body = NULL;
	char text[INET6_ADDRSTRLEN];

	if (!ask)
		return NULL;
	*ask = (struct boss_ask){.id = ++b->last_id, .fn = fn, .arg = arg};
	LIST_INSERT_HEAD(&b->asks, ask, link);
	addr_text(to, text, sizeof(text));
	body = json_pack("{s:I, s:s, s:s, s:s, s:s, s:i}", "id", ask->id, "do", "socket", "service",
			 service, "type", "tcp", "address", text, "port", (int)addr_port(to));
	if (!body || boss_send(serve, body) < 0) {
		ask_free(ask);
		return NULL;
	}
	return ask;
}

void boss_ask_cancel(struct serve *serve, struct boss_ask *ask)
{
	(void)serve;
	if (ask)
		ask_free(ask);
}

/* An answer nobody waits for any more still carried a descriptor: msg_done closes it. */
static void on_reply(struct boss *b, struct msg *m)
{
	json_int_t id = json_int(m->body, "re", 0);
	struct boss_ask *ask;

	LIST_FOREACH(ask, &b->asks, link)
	{
		boss_socket_fn *fn = ask->fn;
		void *arg = ask->arg;
		int fd;

		if (ask->id != id)
			continue;
		ask_free(ask);
		fd = msg_take_fd(m, 0);
		if (fd >= 0)
			evutil_make_socket_nonblocking(fd);
		fn(fd, arg);
		return;
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct serve *serve = arg;

	(void)what;
	for (;;) {
		auto_msg m = {0};
		int rc = msg_recv(fd, &m, 0, NULL);

		if (rc == -EAGAIN)
			return;
		if (rc == 0 || rc == -ECONNRESET) {
			event_base_loopbreak(serve->base);
			return;
		}
		if (rc < 0)
			continue;
		if (json_object_get(m.body, "re"))
			on_reply(serve->boss, &m);
		else
			serve->boss->fn(serve, &m);
	}
}

int boss_open(struct serve *serve, int fd, boss_request_fn *fn, struct err *err)
{
	struct boss *b = calloc(1, sizeof(*b));

	if (!b)
		return err_sys(err, ENOMEM, "Can't talk to init");
	*b = (struct boss){.fd = fd, .fn = fn};
	LIST_INIT(&b->asks);
	serve->boss = b;
	evutil_make_socket_closeonexec(fd);
	if (evutil_make_socket_nonblocking(fd) < 0)
		return err_sys(err, errno, "Can't talk to init");
	b->ev = event_new(serve->base, fd, EV_READ | EV_PERSIST, on_readable, serve);
	if (!b->ev || event_add(b->ev, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't talk to init");
	return 0;
}

void boss_close(struct serve *serve)
{
	struct boss *b = serve->boss;

	if (!b)
		return;
	while (!LIST_EMPTY(&b->asks))
		ask_free(LIST_FIRST(&b->asks));
	if (b->ev)
		event_free(b->ev);
	close(b->fd);
	free(b);
	serve->boss = NULL;
}
