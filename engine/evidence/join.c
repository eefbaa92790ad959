/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which command led to what the kernel saw. */
#include "evidence/join.h"

#include <stdbool.h>
#include <string.h>

/* When a command ran, widened by what a mark may be late. */
struct window {
	const char *node, *session; /* borrowed from the events */
	json_int_t seq;
	double started, ended; /* as marked */
	struct {
		double from, to;
	} of[2]; /* the stretch of what is stamped as it happens, and as it is read */
};

enum { AT_ONCE, LATE };

struct windows {
	struct window *v;
	size_t n;
};

static bool joined_kind(const char *kind)
{
	static const char *const kinds[] = {"exec", "packet", "change", "file", "socket", "flow"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

/* The kernel tells of changes, and of files, when the recorder asks. */
static bool told_late(const char *kind)
{
	return strcmp(kind, "change") == 0 || strcmp(kind, "file") == 0;
}

/*
 * What lies between two commands of one session is the later one's, whose mark may be late; where the event itself is,
 * the earlier one's.
 */
static void part(struct window *before, struct window *me)
{
	if (me->of[AT_ONCE].from < before->ended)
		me->of[AT_ONCE].from = before->ended;
	if (before->of[AT_ONCE].to > me->of[AT_ONCE].from)
		before->of[AT_ONCE].to = me->of[AT_ONCE].from;
	if (before->of[LATE].to > me->started)
		before->of[LATE].to = me->started;
	if (me->of[LATE].from < before->of[LATE].to)
		me->of[LATE].from = before->of[LATE].to;
}

/* Widens window i backwards to the one before it in its session, at most by the slack. */
static void widen(struct windows *w, size_t i)
{
	struct window *me = &w->v[i];

	for (int how = AT_ONCE; how <= LATE; how++) {
		me->of[how].from = me->started - JOIN_SLACK;
		me->of[how].to = me->ended + JOIN_SLACK;
	}
	for (size_t k = i; k-- > 0;) {
		struct window *before = &w->v[k];

		if (strcmp(before->session, me->session) != 0 ||
		    strcmp(before->node, me->node) != 0)
			continue;
		part(before, me);
		return;
	}
}

static void collect(const json_t *events, struct windows *w)
{
	const json_t *e;
	size_t i;

	json_array_foreach (events, i, e) {
		double t = json_num(e, "t", 0);

		if (strcmp(json_str(e, "kind", ""), "command") != 0)
			continue;
		w->v[w->n] = (struct window){.node = json_str(e, "node", ""),
					     .session = json_str(e, "session", ""),
					     .seq = json_int(e, "seq", 0),
					     .started = json_num(e, "started", t),
					     .ended = json_num(e, "ended", t)};
		widen(w, w->n++);
	}
}

/* The seq of the command that the event belongs to; 0 = none. */
static json_int_t owner(const struct windows *w, const json_t *e)
{
	int how = told_late(json_str(e, "kind", "")) ? LATE : AT_ONCE;
	const char *node = json_str(e, "node", "");
	double t = json_num(e, "t", -1);
	const struct window *best = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const struct window *c = &w->v[i];

		if (t < c->of[how].from || t > c->of[how].to || strcmp(c->node, node) != 0)
			continue;
		if (!best || c->started > best->started)
			best = c;
	}
	return best ? best->seq : 0;
}

void evidence_join(json_t *events)
{
	struct windows w = {.v = calloc(json_array_size(events) + 1, sizeof(struct window))};
	json_t *e;
	size_t i;

	if (!w.v)
		return;
	collect(events, &w);
	json_array_foreach (events, i, e) {
		json_int_t seq;

		if (!joined_kind(json_str(e, "kind", "")) || json_object_get(e, "cause") ||
		    strcmp(json_str(e, "by", ""), "lab") == 0)
			continue;
		seq = owner(&w, e);
		if (seq)
			json_object_set_new(e, "cause", json_integer(seq));
	}
	free(w.v);
}
