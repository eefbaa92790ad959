/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way out: events gathered into batches and sent to init, bounded while init is busy. */
#ifndef NETDOJO_NETNS_WATCH_OUT_H
#define NETDOJO_NETNS_WATCH_OUT_H

#include <event2/event.h>

#include "base/json.h"

struct out;

/* sock is borrowed and must be non-blocking. NULL when out of memory. */
struct out *out_new(struct event_base *base, int sock);
/* Takes NULL. */
void out_free(struct out *o);
/* Adds an event (stolen) to the open batch. When the queue is full it is dropped and counted. */
void out_event(struct out *o, json_t *event);
/* Queues a whole message (stolen), in order with the events; never dropped. */
void out_message(struct out *o, json_t *body);
/* Sends what is queued; what does not fit waits for the socket. */
void out_flush(struct out *o);

#endif
