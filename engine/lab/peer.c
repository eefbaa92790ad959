/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One message connection of init's.
 *
 * Theory of operation. Everything runs from the event loop. While a function of the owner's runs (`busy`), the peer may be
 * freed by it: peer_free then only marks it, and who entered destroys it on leaving. What can't be written waits in `out`; a
 * peer that reads nothing of thousands is cut off by shutdown(), which our own read side then sees as its end.
 */
#define _GNU_SOURCE
#include "lab/peer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
	PEER_MAX_BACKLOG = 4096, /* messages; a peer that reads none of them is cut off */
	PEER_BATCH = 32,	 /* messages read before others have their turn */
	PEER_RETRY_US = 10000,
};

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
	struct event *readable, *writable, *second, *retry;
	const struct peer_owner *owner;
	void *arg;
	struct peer_limits limits;
	unsigned this_second;
	unsigned under_way; /* their requests, not answered */
	uint64_t next_id;
	size_t backlog;
	bool busy;   /* inside a function of the owner's: freeing waits */
	bool dead;   /* to be destroyed */
	bool closed; /* the other side has gone */
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

static void drop_out(struct peer *p)
{
	struct outgoing *o;

	while ((o = TAILQ_FIRST(&p->out))) {
		TAILQ_REMOVE(&p->out, o, link);
		outgoing_free(o);
	}
	p->backlog = 0;
}

static void free_event(struct event *ev)
{
	if (ev)
		event_free(ev);
}

static void peer_destroy(struct peer *p)
{
	drop_out(p);
	free_event(p->readable);
	free_event(p->writable);
	free_event(p->second);
	free_event(p->retry);
	fd_closep(&p->fd);
	free(p);
}

static bool enter(struct peer *p)
{
	bool was = p->busy;

	p->busy = true;
	return was;
}

static void leave(struct peer *p, bool was)
{
	p->busy = was;
	if (!was && p->dead)
		peer_destroy(p);
}

static void call_end(struct peer *p, struct call *c, struct msg *m, const struct err *err)
{
	TAILQ_REMOVE(&p->calls, c, link);
	if (c->fn)
		c->fn(c->arg, m, err);
	free(c);
}

/* Answers every call under way with "gone". */
static void fail_calls(struct peer *p)
{
	struct err gone = {0};
	struct call *c;

	err_set(&gone, ERR_MACHINE, EPIPE, "%s",
		p->owner->gone ? p->owner->gone : "The other process has gone");
	while ((c = TAILQ_FIRST(&p->calls)))
		call_end(p, c, NULL, &gone);
}

void peer_free(struct peer *p)
{
	bool was;

	if (!p || p->dead)
		return;
	p->dead = true;
	was = enter(p);
	fail_calls(p);
	leave(p, was);
}

/* Answers every call under way, then tells the owner, which may free the peer. Only while busy. */
static void peer_closed(struct peer *p)
{
	if (p->dead || p->closed)
		return;
	p->closed = true;
	event_del(p->readable);
	event_del(p->writable);
	event_del(p->second);
	event_del(p->retry);
	drop_out(p);
	fail_calls(p);
	if (!p->dead)
		p->owner->closed(p->arg, p);
}

/* --- reading */

static bool may_read(const struct peer *p)
{
	const struct peer_limits *l = &p->limits;

	if (p->dead || p->closed)
		return false;
	if (l->per_second && p->this_second >= l->per_second)
		return false;
	return !l->under_way || (p->under_way < l->under_way && p->backlog <= l->under_way);
}

/* After whatever may have changed may_read(). */
static void regulate(struct peer *p)
{
	if (may_read(p))
		event_add(p->readable, NULL);
	else
		event_del(p->readable);
}

static void count_rate(struct peer *p)
{
	struct timeval tv = {1, 0};

	if (p->limits.per_second && ++p->this_second == 1)
		event_add(p->second, &tv);
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;

	(void)fd;
	(void)what;
	p->this_second = 0;
	regulate(p);
}

static void take_answer(struct peer *p, uint64_t id, struct msg *m)
{
	const json_t *error = json_object_get(m->body, "error");
	struct err err = {0};
	struct call *c;

	TAILQ_FOREACH(c, &p->calls, link)
	if (c->id == id)
		break;
	if (!c)
		return;
	if (error)
		err_from_json(&err, error);
	call_end(p, c, m, error ? &err : NULL);
}

static void dispatch(struct peer *p, struct msg *m)
{
	int64_t re = json_int(m->body, "re", 0), id = json_int(m->body, "id", 0);

	if (re > 0) {
		take_answer(p, (uint64_t)re, m);
		return;
	}
	if (id < 0)
		id = 0;
	if (id)
		p->under_way++;
	p->owner->request(p->arg, p, json_str(m->body, "do", ""), (uint64_t)id, m);
}

/* One message; false when there is none, or no more may be read. */
static bool read_one(struct peer *p)
{
	auto_msg m = {0};
	int rc = msg_recv(p->fd, &m, p->limits.message, NULL);

	if (rc == -EAGAIN)
		return false;
	if (rc <= 0 || !json_is_object(m.body)) {
		peer_closed(p);
		return false;
	}
	count_rate(p);
	dispatch(p, &m);
	return may_read(p);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;
	bool was = enter(p);
	int n = 0;

	(void)fd;
	(void)what;
	while (n++ < PEER_BATCH && read_one(p))
		;
	if (!p->dead)
		regulate(p);
	leave(p, was);
}

/* --- writing */

static int send_first(struct peer *p)
{
	struct outgoing *o = TAILQ_FIRST(&p->out);

	for (size_t i = 0; i < o->n_fds; i++)
		if (o->fds[i] < 0)
			return -EMFILE;
	return msg_send(p->fd, o->body, o->fds, o->n_fds, NULL);
}

/* Turns an answer that can't be sent (no descriptors left, say) into one that can; false when there is none to be had. */
static bool excuse(struct outgoing *o, int rc)
{
	json_t *re = json_object_get(o->body, "re");
	json_t *body = re && !json_object_get(o->body, "error")
			       ? json_pack("{s:O, s:{s:s, s:i}}", "re", re, "error", "message",
					   "The lab can't send its answer", "code", -rc)
			       : NULL;

	if (!body)
		return false;
	json_decref(o->body);
	o->body = body;
	for (size_t i = 0; i < o->n_fds; i++)
		fd_closep(&o->fds[i]);
	o->n_fds = 0;
	return true;
}

/* A message that will never be sent: whoever waits for its answer is told. */
static void drop_first(struct peer *p, int rc)
{
	struct outgoing *o = TAILQ_FIRST(&p->out);
	uint64_t id = (uint64_t)json_int(o->body, "id", 0);
	struct err err = {0};
	struct call *c;

	TAILQ_REMOVE(&p->out, o, link);
	p->backlog--;
	outgoing_free(o);
	if (rc == 0 || !id)
		return;
	err_sys(&err, -rc, "Can't send a request");
	TAILQ_FOREACH(c, &p->calls, link)
	if (c->id == id)
		break;
	if (c)
		call_end(p, c, NULL, &err);
}

/*
 * True when the first message is to be tried again later. Too many descriptors in flight, or no buffers, is no matter of
 * this socket, which stays writable meanwhile: so a timer, as waiting for it would spin.
 */
static bool not_now(struct peer *p, int rc)
{
	struct timeval tv = {0, PEER_RETRY_US};

	if (rc == -EAGAIN)
		event_add(p->writable, NULL);
	else if (rc == -ETOOMANYREFS || rc == -ENOBUFS)
		event_add(p->retry, &tv);
	else
		return false;
	return true;
}

/* Writes what can be written; a peer that has gone is found by its read side. Only while busy. */
static void flush_out(struct peer *p)
{
	while (!TAILQ_EMPTY(&p->out) && !p->dead) {
		int rc = send_first(p);

		if (rc < 0 && not_now(p, rc))
			return;
		if (rc == 0 || !excuse(TAILQ_FIRST(&p->out), rc))
			drop_first(p, rc);
	}
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;
	bool was = enter(p);

	(void)fd;
	(void)what;
	flush_out(p);
	if (!p->dead)
		regulate(p);
	leave(p, was);
}

static struct outgoing *outgoing_new(json_t *body, const int *fds, size_t n_fds)
{
	struct outgoing *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->body = body;
	for (size_t i = 0; i < n_fds && i < MSG_MAX_FDS; i++)
		o->fds[o->n_fds++] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
	return o;
}

/* Queues a message (body stolen, not NULL) and writes what can be written. */
static void push(struct peer *p, json_t *body, const int *fds, size_t n_fds)
{
	bool full = p->backlog >= PEER_MAX_BACKLOG, was;
	struct outgoing *o = full || p->dead || p->closed ? NULL : outgoing_new(body, fds, n_fds);

	if (!o) {
		json_decref(body);
		/* Its end answers what it was asked; a silent loss would leave somebody waiting for ever. */
		shutdown(p->fd, SHUT_RDWR);
		return;
	}
	was = enter(p);
	TAILQ_INSERT_TAIL(&p->out, o, link);
	if (++p->backlog == 1)
		flush_out(p);
	if (!p->dead && p->limits.under_way)
		regulate(p);
	leave(p, was);
}

static void refuse_call(struct peer *p, json_t *body, peer_answer_fn fn, void *arg)
{
	struct err err = {0};

	if (p->closed || p->dead)
		err_set(&err, ERR_MACHINE, EPIPE, "%s",
			p->owner->gone ? p->owner->gone : "The other process has gone");
	else if (!body)
		err_set(&err, ERR_USAGE, EILSEQ,
			"A request is not UTF-8, or there is no memory for it");
	else
		err_sys(&err, ENOMEM, "Can't ask");
	json_decref(body);
	if (fn)
		fn(arg, NULL, &err);
}

void peer_call(struct peer *p, json_t *body, const int *fds, size_t n_fds, peer_answer_fn fn,
	       void *arg)
{
	struct call *c = body && !p->dead && !p->closed ? calloc(1, sizeof(*c)) : NULL;

	if (!c) {
		refuse_call(p, body, fn, arg);
		return;
	}
	c->id = ++p->next_id;
	c->fn = fn;
	c->arg = arg;
	TAILQ_INSERT_TAIL(&p->calls, c, link);
	json_object_set_new(body, "id", json_integer((json_int_t)c->id));
	push(p, body, fds, n_fds);
}

/* A text no part of which comes from elsewhere, so that it can always be told. */
static json_t *no_answer(void)
{
	return json_pack("{s:{s:s, s:i, s:i}}", "error", "message",
			 "The lab can't put its answer together", "code", EIO, "kind",
			 (int)ERR_MACHINE);
}

void peer_answer(struct peer *p, uint64_t id, json_t *body, const int *fds, size_t n_fds)
{
	if (!body) {
		body = no_answer();
		n_fds = 0;
	}
	if (!id || p->closed) {
		json_decref(body);
		return;
	}
	if (p->under_way)
		p->under_way--;
	if (!body) {
		shutdown(p->fd, SHUT_RDWR);
		return;
	}
	json_object_set_new(body, "re", json_integer((json_int_t)id));
	push(p, body, fds, n_fds);
}

void peer_answer_ok(struct peer *p, uint64_t id)
{
	peer_answer(p, id, json_object(), NULL, 0);
}

void peer_answer_err(struct peer *p, uint64_t id, const struct err *err)
{
	peer_answer(p, id, json_pack("{s:o}", "error", err_to_json(err)), NULL, 0);
}

void peer_notice(struct peer *p, json_t *body)
{
	if (body)
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

static int make_events(struct peer *p, struct event_base *base)
{
	p->readable = event_new(base, p->fd, EV_READ | EV_PERSIST, on_readable, p);
	p->writable = event_new(base, p->fd, EV_WRITE, on_writable, p);
	p->second = evtimer_new(base, on_second, p);
	p->retry = evtimer_new(base, on_writable, p);
	if (!p->readable || !p->writable || !p->second || !p->retry)
		return -ENOMEM;
	return event_add(p->readable, NULL) < 0 ? -ENOMEM : 0;
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
	if (make_events(p, base) < 0) {
		peer_destroy(p);
		return err_sys(err, ENOMEM, "Can't watch a connection");
	}
	*ret = p;
	return 0;
}
