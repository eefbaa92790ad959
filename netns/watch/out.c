/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way out: events gathered into batches and sent to init, bounded while init is busy. */
#include "netns/watch/out.h"

#include <errno.h>

#include "base/msg.h"

enum {
	BATCH_EVENTS =
		64, /* a batch stays inside one packet: MSG_INLINE_MAX / 64 = 1 KiB an event */
	QUEUE_MESSAGES = 64, /* 4,096 events, some 2 MB at the worst; then events are dropped */
};

struct message {
	struct message *next;
	json_t *body;	/* owned */
	json_t *events; /* borrowed from body; NULL for a message that is no batch */
};

struct out {
	int sock;
	struct event *writable;
	struct message *first, *last;
	unsigned n;
	unsigned dropped;
};

static void pop(struct out *o)
{
	struct message *m = o->first;

	o->first = m->next;
	if (!o->first)
		o->last = NULL;
	o->n--;
	json_decref(m->body);
	free(m);
}

static struct message *push(struct out *o, json_t *body, json_t *events)
{
	struct message *m = calloc(1, sizeof(*m));

	if (!m) {
		json_decref(body);
		return NULL;
	}
	m->body = body;
	m->events = events;
	if (o->last)
		o->last->next = m;
	else
		o->first = m;
	o->last = m;
	o->n++;
	return m;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	out_flush(arg);
}

struct out *out_new(struct event_base *base, int sock)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->sock = sock;
	o->writable = event_new(base, sock, EV_WRITE, on_writable, o);
	if (!o->writable) {
		free(o);
		return NULL;
	}
	return o;
}

void out_free(struct out *o)
{
	if (!o)
		return;
	while (o->first)
		pop(o);
	event_free(o->writable);
	free(o);
}

/* The batch that still takes events; NULL when there is no room for another. */
static json_t *open_batch(struct out *o)
{
	json_t *events, *body;

	if (o->last && o->last->events && json_array_size(o->last->events) < BATCH_EVENTS)
		return o->last->events;
	if (o->n >= QUEUE_MESSAGES)
		return NULL;
	events = json_array();
	body = json_pack("{s:o}", "events", events);
	if (!body || !push(o, body, events))
		return NULL;
	return events;
}

/* Once there is room again, says how much was dropped. */
static void report_dropped(struct out *o, json_t *batch, const json_t *like)
{
	if (!o->dropped)
		return;
	json_array_append_new(batch, json_pack("{s:s, s:s, s:s, s:i, s:s, s:f}", "kind", "lab",
					       "what", "recorder-lost", "recorder", "queue",
					       "count", (int)o->dropped, "by", "lab", "mono",
					       json_num(like, "mono", 0)));
	o->dropped = 0;
}

void out_event(struct out *o, json_t *event)
{
	json_t *batch = event ? open_batch(o) : NULL;

	if (!batch) {
		o->dropped++;
		json_decref(event);
		return;
	}
	report_dropped(o, batch, event);
	json_array_append_new(batch, event);
}

void out_message(struct out *o, json_t *body)
{
	if (body)
		push(o, body, NULL);
}

void out_flush(struct out *o)
{
	while (o->first) {
		int rc = msg_send(o->sock, o->first->body, NULL, 0, NULL);

		if (rc == -EAGAIN) {
			event_add(o->writable, NULL);
			return;
		}
		pop(o); /* sent, or never to be: a dead peer also ends the loop at its reader */
	}
}
