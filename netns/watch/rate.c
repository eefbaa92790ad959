/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bound on the events of one kind. */
#include "netns/watch/rate.h"

#include <errno.h>
#include <time.h>

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void tell_cut(struct rate *r)
{
	json_t *e;

	if (!r->cut)
		return;
	e = wnode_event(r->node, r->kind);
	json_object_set_new(e, "what", json_string("more"));
	json_object_set_new(e, "count", json_integer(r->cut));
	wnode_emit(r->node, e);
	r->cut = 0;
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	tell_cut(arg);
}

int rate_init(struct rate *r, struct wnode *n, const char *kind, unsigned max)
{
	*r = (struct rate){.node = n, .kind = kind, .max = max};
	r->second = evtimer_new(n->watch->base, on_second, r);
	return r->second ? 0 : -ENOMEM;
}

void rate_done(struct rate *r)
{
	if (!r->second)
		return;
	tell_cut(r);
	event_free(r->second);
	r->second = NULL;
}

void rate_emit(struct rate *r, json_t *event)
{
	const struct timeval second = {.tv_sec = 1};
	double t = now();

	if (t - r->began >= 1) {
		r->began = t;
		r->told = 0;
	}
	if (r->told < r->max) {
		r->told++;
		wnode_emit(r->node, event);
		return;
	}
	json_decref(event);
	if (r->cut++ == 0)
		event_add(r->second, &second);
}
