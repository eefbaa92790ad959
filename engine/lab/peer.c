/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message connection of init's. */
#define _GNU_SOURCE
#include "lab/peer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/time.h>

enum { PEER_MAX_BACKLOG = 4096 }; /* messages; a peer that reads none of them is cut off */

struct outgoing {
	TAILQ_ENTRY(outgoing) link;
	json_t *body;
	int fds[MSG_MAX_FDS];
	size_t n_fds;
};

struct call {
	TAILQ_ENTRY(call) link;
	uint64_t id;
	peer_answer_fn fn;
	void *arg;
};

struct peer {
	int fd;
	struct event *readable, *writable, *second;
	const struct peer_owner *owner;
	void *arg;
	struct peer_limits limits;
	unsigned this_second;
	uint64_t next_id;
	size_t backlog;
	bool busy; /* inside a function of the owner's: freeing waits */
	bool dead;
	TAILQ_HEAD(, outgoing) out;
	TAILQ_HEAD(, call) calls;
};

static void outgoing_free(struct outgoing *o)
{
	json_decref(o->body);
	for (size_t i = 0; i < o->n_fds; i++)
		close(o->fds[i]);
	free(o);
}

static void peer_destroy(struct peer *p)
{
	struct outgoing *o;
	struct call *c;

	while ((o = TAILQ_FIRST(&p->out))) {
		TAILQ_REMOVE(&p->out, o, link);
		outgoing_free(o);
	}
	while ((c = TAILQ_FIRST(&p->calls))) {
		TAILQ_REMOVE(&p->calls, c, link);
		free(c);
	}
	if (p->readable)
		event_free(p->readable);
	if (p->writable)
		event_free(p->writable);
	if (p->second)
		event_free(p->second);
	fd_closep(&p->fd);
	free(p);
}

void peer_free(struct peer *p)
{
	if (!p)
		return;
	p->dead = true;
	if (!p->busy)
		peer_destroy(p);
}

/* Answers every call under way with "gone", then tells the owner. The peer may be freed on return. */
static void peer_closed(struct peer *p)
{
	struct err gone = {0};
	struct call *c;

	if (p->dead)
		return;
	event_del(p->readable);
	event_del(p->writable);
	err_set(&gone, ERR_MACHINE, EPIPE, "The other process has gone");
	while (!p->dead && (c = TAILQ_FIRST(&p->calls))) {
		TAILQ_REMOVE(&p->calls, c, link);
		if (c->fn)
			c->fn(c->arg, NULL, &gone);
		free(c);
	}
	if (!p->dead)
		p->owner->closed(p->arg, p);
}

static void take_answer(struct peer *p, uint64_t id, struct msg *m)
{
	const json_t *error = json_object_get(m->body, "error");
	struct err err = {0};
	struct call *c;

	TAILQ_FOREACH (c, &p->calls, link)
		if (c->id == id)
			break;
	if (!c)
		return;
	TAILQ_REMOVE(&p->calls, c, link);
	if (error)
		err_from_json(&err, error);
	if (c->fn)
		c->fn(c->arg, m, error ? &err : NULL);
	free(c);
}

static bool over_rate(struct peer *p)
{
	struct timeval tv = {1, 0};

	if (!p->limits.per_second)
		return false;
	if (++p->this_second == 1)
		event_add(p->second, &tv);
	if (p->this_second < p->limits.per_second)
		return false;
	event_del(p->readable);
	return true;
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;

	(void)fd;
	(void)what;
	p->this_second = 0;
	event_add(p->readable, NULL);
}

static void dispatch(struct peer *p, struct msg *m)
{
	json_int_t re = json_int(m->body, "re", 0);

	if (re)
		take_answer(p, (uint64_t)re, m);
	else
		p->owner->request(p->arg, p, json_str(m->body, "do", ""),
				  (uint64_t)json_int(m->body, "id", 0), m);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;

	(void)what;
	p->busy = true;
	for (int i = 0; i < 32 && !p->dead; i++) {
		struct err err = {0};
		auto_msg m = {0};
		int rc = msg_recv(fd, &m, p->limits.message, &err);

		if (rc == -EAGAIN)
			break;
		if (rc <= 0) {
			peer_closed(p);
			break;
		}
		if (!json_is_object(m.body)) {
			peer_closed(p);
			break;
		}
		dispatch(p, &m);
		if (!p->dead && over_rate(p))
			break;
	}
	p->busy = false;
	if (p->dead)
		peer_destroy(p);
}

/* Writes what waits; 0 when the backlog is empty or the socket is full, negative when the peer has gone. */
static int flush_out(struct peer *p)
{
	struct outgoing *o;

	while ((o = TAILQ_FIRST(&p->out))) {
		int rc = msg_send(p->fd, o->body, o->fds, o->n_fds, NULL);

		if (rc == -EAGAIN || rc == -ETOOMANYREFS || rc == -ENOBUFS) {
			event_add(p->writable, NULL);
			return 0;
		}
		TAILQ_REMOVE(&p->out, o, link);
		outgoing_free(o);
		p->backlog--;
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;
	int rc;

	(void)fd;
	(void)what;
	p->busy = true;
	rc = flush_out(p);
	if (rc < 0)
		peer_closed(p);
	p->busy = false;
	if (p->dead)
		peer_destroy(p);
}

/* Queues a message (body stolen) and writes what can be written; a dead peer is found by its read side. */
static void push(struct peer *p, json_t *body, const int *fds, size_t n_fds)
{
	struct outgoing *o = calloc(1, sizeof(*o));

	if (!o || p->dead || p->backlog >= PEER_MAX_BACKLOG) {
		free(o);
		json_decref(body);
		return;
	}
	o->body = body;
	for (size_t i = 0; i < n_fds && i < MSG_MAX_FDS; i++)
		o->fds[o->n_fds++] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
	TAILQ_INSERT_TAIL(&p->out, o, link);
	if (++p->backlog == 1)
		flush_out(p);
}

void peer_call(struct peer *p, json_t *body, const int *fds, size_t n_fds, peer_answer_fn fn,
	       void *arg)
{
	struct call *c = calloc(1, sizeof(*c));

	if (!c) {
		json_decref(body);
		return;
	}
	c->id = ++p->next_id;
	c->fn = fn;
	c->arg = arg;
	TAILQ_INSERT_TAIL(&p->calls, c, link);
	json_object_set_new(body, "id", json_integer((json_int_t)c->id));
	push(p, body, fds, n_fds);
}

void peer_answer(struct peer *p, uint64_t id, json_t *body, const int *fds, size_t n_fds)
{
	if (!body)
		body = json_object();
	if (!id) {
		json_decref(body);
		return;
	}
	json_object_set_new(body, "re", json_integer((json_int_t)id));
	push(p, body, fds, n_fds);
}

void peer_answer_err(struct peer *p, uint64_t id, const struct err *err)
{
	peer_answer(p, id, json_pack("{s:o}", "error", err_to_json(err)), NULL, 0);
}

void peer_notice(struct peer *p, json_t *body)
{
	push(p, body, NULL, 0);
}

int peer_fd(const struct peer *p)
{
	return p->fd;
}

bool peer_backlog(const struct peer *p)
{
	return p->backlog > 0;
}

int peer_new(struct event_base *base, int fd, const struct peer_owner *owner, void *arg,
	     const struct peer_limits *limits, struct peer **ret, struct err *err)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (!p) {
		close(fd);
		return err_sys(err, ENOMEM, "Can't watch a connection");
	}
	p->fd = fd;
	p->owner = owner;
	p->arg = arg;
	if (limits)
		p->limits = *limits;
	TAILQ_INIT(&p->out);
	TAILQ_INIT(&p->calls);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	p->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, p);
	p->writable = event_new(base, fd, EV_WRITE, on_writable, p);
	p->second = evtimer_new(base, on_second, p);
	if (!p->readable || !p->writable || !p->second || event_add(p->readable, NULL) < 0) {
		peer_destroy(p);
		return err_sys(err, ENOMEM, "Can't watch a connection");
	}
	*ret = p;
	return 0;
}
