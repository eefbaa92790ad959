/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which command led to what the kernel saw. */
#include "evidence/join.h"

#include <stdbool.h>
#include <string.h>

/* When a command ran, widened by what a mark may be late. */
struct window {
	const char *node, *session; /* borrowed from the events */
	json_int_t seq;
	double started; /* as marked */
	double from, to;
};

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

/* Widens window i backwards to the end of the one before it in its session, at most by the slack.
 */
static void widen(struct windows *w, size_t i, double ended)
{
	struct window *me = &w->v[i];

	me->from = me->started - JOIN_SLACK;
	me->to = ended + JOIN_SLACK;
	for (size_t k = i; k-- > 0;) {
		struct window *before = &w->v[k];

		if (strcmp(before->session, me->session) != 0 ||
		    strcmp(before->node, me->node) != 0)
			continue;
		/* Between two commands of one session the later one's start parts them. */
		if (me->from < before->to - JOIN_SLACK)
			me->from = before->to - JOIN_SLACK;
		if (before->to > me->from)
			before->to = me->from;
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
					     .started = json_num(e, "started", t)};
		widen(w, w->n, json_num(e, "ended", t));
		w->n++;
	}
}

/* The seq of the command that t in node belongs to; 0 = none. */
static json_int_t owner(const struct windows *w, const char *node, double t)
{
	const struct window *best = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const struct window *c = &w->v[i];

		if (t < c->from || t > c->to || strcmp(c->node, node) != 0)
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
		seq = owner(&w, json_str(e, "node", ""), json_num(e, "t", -1));
		if (seq)
			json_object_set_new(e, "cause", json_integer(seq));
	}
	free(w.v);
}
