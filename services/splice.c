/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Byte streams joined. */
#include "services/splice.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "services/stream.h"

enum { SPLICE_HIGH = 256 * 1024 /* unsent bytes at which reading stops */, SPLICE_IDLE_S = 300 };

struct splice_end {
	struct splice *splice;
	struct bufferevent *bev;
	struct splice_end *to;
	struct splice_end *from;
	bool ended; /* will say no more */
	bool shut;  /* has been told that no more comes */
};

struct splice {
	LIST_ENTRY(splice) link;
	struct splice_end ends[2];
	size_t n_ends;
	struct quota *quota;
	struct event *idle;
	bool active; /* something moved since the last look */
};

static void splice_free(struct splice *s)
{
	LIST_REMOVE(s, link);
	for (size_t i = 0; i < s->n_ends; i++)
		if (s->ends[i].bev)
			bufferevent_free(s->ends[i].bev);
	if (s->idle)
		event_free(s->idle);
	quota_give(s->quota);
	free(s);
}

void splice_free_all(struct splice_list *list)
{
	while (!LIST_EMPTY(list))
		splice_free(LIST_FIRST(list));
}

/* One side failed: the other learns it as the reset it would have got without us between. */
static void splice_abort(struct splice *s)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	for (size_t i = 0; i < s->n_ends; i++)
		setsockopt(bufferevent_getfd(s->ends[i].bev), SOL_SOCKET, SO_LINGER, &now,
			   sizeof(now));
	splice_free(s);
}

static void pass_end_on(struct splice_end *to)
{
	struct splice *s = to->splice;

	shutdown(bufferevent_getfd(to->bev), SHUT_WR);
	to->shut = true;
	for (size_t i = 0; i < s->n_ends; i++)
		if (!s->ends[i].shut)
			return;
	splice_free(s);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct splice_end *e = arg;
	struct evbuffer *out = bufferevent_get_output(e->to->bev);

	e->splice->active = true;
	bufferevent_read_buffer(bev, out);
	if (evbuffer_get_length(out) > SPLICE_HIGH)
		bufferevent_disable(bev, EV_READ);
}

static void on_drained(struct bufferevent *bev, void *arg)
{
	struct splice_end *e = arg;

	(void)bev;
	e->splice->active = true;
	if (!e->from->ended)
		bufferevent_enable(e->from->bev, EV_READ);
	else if (!e->shut)
		pass_end_on(e);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct splice_end *e = arg;

	(void)bev;
	if (what & BEV_EVENT_ERROR) {
		splice_abort(e->splice);
		return;
	}
	if (!(what & BEV_EVENT_EOF))
		return;
	e->ended = true;
	if (!evbuffer_get_length(bufferevent_get_output(e->to->bev)))
		pass_end_on(e->to);
}

static void on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct splice *s = arg;

	(void)fd;
	(void)what;
	if (!s->active)
		splice_abort(s);
	else
		s->active = false;
}

static bool end_open(struct serve *serve, struct splice *s, size_t i, size_t to, int fd)
{
	struct splice_end *e = &s->ends[i];

	*e = (struct splice_end){.splice = s, .to = &s->ends[to], .from = &s->ends[to]};
	e->bev = bufferevent_socket_new(serve->base, fd, BEV_OPT_CLOSE_ON_FREE);
	s->n_ends = i + 1;
	if (!e->bev) {
		close(fd);
		return false;
	}
	bufferevent_setcb(e->bev, on_read, on_drained, on_event, e);
	return true;
}

static bool start(struct serve *serve, struct splice *s)
{
	static const struct timeval idle = {.tv_sec = SPLICE_IDLE_S};

	s->idle = event_new(serve->base, -1, EV_PERSIST, on_idle, s);
	if (!s->idle || event_add(s->idle, &idle) < 0)
		return false;
	for (size_t i = 0; i < s->n_ends; i++)
		bufferevent_enable(s->ends[i].bev, EV_READ | EV_WRITE);
	return true;
}

void splice_new(struct serve *serve, struct splice_list *list, struct quota *quota, int a, int b)
{
	struct splice *s = calloc(1, sizeof(*s));
	bool ok;

	if (!s) {
		close(a);
		fd_closep(&b);
		quota_give(quota);
		return;
	}
	s->quota = quota;
	s->active = true;
	LIST_INSERT_HEAD(list, s, link);
	ok = end_open(serve, s, 0, b < 0 ? 0 : 1, a);
	if (b >= 0)
		ok = end_open(serve, s, 1, 0, b) && ok;
	if (!ok || !start(serve, s))
		splice_free(s);
}
