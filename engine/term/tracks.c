/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of all shells in one terminal. */
#include "term/tracks.h"

#include <string.h>

static void on_command(void *arg, json_t *event)
{
	struct tracks_level *l = arg;
	const char *node = l->from[0] ? l->from : l->all->node;

	json_object_set_new(event, "node", json_string(node));
	l->all->sink.command(l->all->sink.arg, event);
}

static void on_ready(void *arg)
{
	struct tracks *t = ((struct tracks_level *)arg)->all;

	if (t->sink.ready)
		t->sink.ready(t->sink.arg);
}

static void begin(struct tracks *t, size_t i, const char *from, bool echoed_only)
{
	struct tracks_level *l = &t->levels[i];

	l->all = t;
	memcpy(l->from, from, strlen(from) + 1);
	track_init(&l->track,
		   &(struct track_sink){.arg = l, .command = on_command, .ready = on_ready},
		   echoed_only);
}

/* The shells above level i are gone. */
static void leave(struct tracks *t, size_t i)
{
	for (; t->top > i; t->top--) {
		track_end(&t->levels[t->top].track);
		track_done(&t->levels[t->top].track);
	}
}

/* Makes the shell the mark is from the one that has the terminal; false when it lies too deep. */
static bool enter(struct tracks *t)
{
	for (size_t i = 0; i <= t->top; i++)
		if (!strcmp(t->levels[i].from, t->osc.from)) {
			leave(t, i);
			return true;
		}
	if (t->top + 1 == TRACKS_MAX)
		return false;
	begin(t, ++t->top, t->osc.from, false);
	return true;
}

static void on_bytes(void *arg, const char *data, size_t len)
{
	struct tracks *t = arg;

	track_bytes(&t->levels[t->top].track, data, len);
	t->sink.bytes(t->sink.arg, data, len);
}

static void on_mark(void *arg, enum osc_mark m, const char *text, int status)
{
	struct tracks *t = arg;

	if (!enter(t))
		return;
	track_at(&t->levels[t->top].track, t->osc.at);
	track_mark(&t->levels[t->top].track, m, text, status);
	if (t->sink.mark)
		t->sink.mark(t->sink.arg, m);
}

void tracks_init(struct tracks *t, const char *nonce, const char *node, bool echoed_only,
		 const struct tracks_sink *sink)
{
	t->sink = *sink;
	t->node = node;
	t->top = 0;
	osc_init(&t->osc, nonce, &(struct osc_sink){.arg = t, .bytes = on_bytes, .mark = on_mark});
	begin(t, 0, "", echoed_only);
}

void tracks_feed(struct tracks *t, const char *data, size_t len)
{
	osc_feed(&t->osc, data, len);
}

void tracks_end(struct tracks *t)
{
	osc_flush(&t->osc);
	leave(t, 0);
	track_end(&t->levels[0].track);
}

void tracks_done(struct tracks *t)
{
	for (size_t i = 0; i <= t->top; i++)
		track_done(&t->levels[i].track);
	osc_done(&t->osc);
}
