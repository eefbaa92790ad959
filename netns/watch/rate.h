/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bound on the events of one kind: what is over it is counted, and told as one event "more" when the second is over. */
#ifndef NETDOJO_NETNS_WATCH_RATE_H
#define NETDOJO_NETNS_WATCH_RATE_H

#include "netns/watch/watch.h"

struct rate {
	struct wnode *node;
	const char *kind; /* of the events; static */
	unsigned max;	  /* a second */
	unsigned told, cut;
	double began;
	struct event *second;
};

/* 0 or -ENOMEM. */
int rate_init(struct rate *r, struct wnode *n, const char *kind, unsigned max);
/* Tells of what was cut and not yet said. Takes one that was never begun (all zero). */
void rate_done(struct rate *r);
/* Emits the event (stolen) or counts it. */
void rate_emit(struct rate *r, json_t *event);

#endif
