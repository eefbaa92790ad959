/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verbs that the host's side and a node's side share. */
#define _GNU_SOURCE
#include "lab/answers.h"

#include <string.h>

#include "lab/node.h"
#include "lab/probing.h"
#include "lab/scripting.h"
#include "model/draw.h"

/* An answer that comes later: the connection may be gone by then, so it is found again by its peer. */
struct later {
	struct lab *lab;
	struct peer *peer;
	uint64_t id;
};

static struct later *later_new(struct conn *c, uint64_t id)
{
	struct later *l = malloc(sizeof(*l));

	if (l)
		*l = (struct later){c->lab, c->peer, id};
	return l;
}

/* The peer if its connection still stands. */
static struct peer *later_peer(const struct later *l)
{
	struct conn *c;

	TAILQ_FOREACH (c, &l->lab->conns, link)
		if (c->peer == l->peer)
			return c->peer;
	return NULL;
}

void answer_task(struct conn *c, uint64_t id, struct msg *m)
{
	static const char *const keys[] = {"title", "ticket", "goals"};
	json_t *out = json_object();

	(void)m;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set(out, keys[i], json_object_get(c->lab->meta, keys[i]));
	peer_answer(c->peer, id, out, NULL, 0);
}

/* Passes the script's answer on as it is. */
static void on_script(void *arg, struct msg *m, const struct err *err)
{
	struct later *l = arg;
	struct peer *p = later_peer(l);

	if (p && err)
		peer_answer_err(p, l->id, err);
	else if (p)
		peer_answer(p, l->id, json_incref(m->body), NULL, 0);
	free(l);
}

void answer_hint(struct conn *c, uint64_t id, struct msg *m)
{
	struct lab *lab = c->lab;
	unsigned of = (unsigned)json_int(lab->meta, "hints", 0);
	struct later *l = later_new(c, id);
	struct err err = {0};

	(void)m;
	if (!l || of == 0) {
		free(l);
		err_set(&err, ERR_USAGE, ENOENT, "This scenario has no hints");
		peer_answer_err(c->peer, id, &err);
		return;
	}
	if (lab->hints < of) {
		lab->hints++;
		lab_event(lab, "hint", c->node ? c->node->name : NULL, "learner",
			  json_pack("{s:i}", "n", (int)lab->hints));
	}
	scripting_call(lab, json_pack("{s:s, s:i}", "do", "hint", "n", (int)lab->hints), on_script, l);
}

void answer_map(struct conn *c, uint64_t id, struct msg *m)
{
	bool ascii = !strcmp(json_str(m->body, "format", ""), "ascii");
	auto_free char *text = draw_model(c->lab->healthy, ascii ? DRAW_ASCII : DRAW_TEXT);

	peer_answer(c->peer, id, json_pack("{s:s}", "text", text ? text : ""), NULL, 0);
}

static void on_checked(void *arg, const json_t *probes, const struct err *err)
{
	struct later *l = arg;
	struct peer *p = later_peer(l);
	json_t *out = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(probes, i, one) {
		const json_t *title = json_object_get(one, "title");

		if (!strcmp(json_str(one, "set", ""), "symptoms"))
			continue;
		json_array_append_new(out, json_pack("{s:O, s:O}", "name",
						     title ? title : json_object_get(one, "name"), "ok",
						     json_object_get(one, "ok")));
	}
	if (p && err)
		peer_answer_err(p, l->id, err);
	else if (p)
		peer_answer(p, l->id, json_pack("{s:O}", "probes", out), NULL, 0);
	json_decref(out);
	free(l);
}

void answer_check(struct conn *c, uint64_t id, struct msg *m)
{
	struct later *l = later_new(c, id);

	(void)m;
	if (l)
		probing_run(c->lab, "fixed,controls", false, on_checked, l);
}

void answer_diagnose(struct conn *c, uint64_t id, struct msg *m)
{
	const json_t *answers = json_object_get(m->body, "answers");
	const char *node = c->node ? c->node->name : NULL;
	struct err err = {0};
	json_t *e = NULL;

	if (json_flag(m->body, "none", false))
		e = json_pack("{s:b}", "none", 1);
	else if (json_array_size(answers) > 0 && json_array_size(answers) <= 8)
		e = json_pack("{s:O}", "answers", answers);
	if (!e) {
		err_set(&err, ERR_USAGE, EINVAL, "A diagnosis names a layer, and a cause if you know it");
		err_mend(&err, "Say for example: dojo diagnose L2 CAUSE, or dojo diagnose none");
		peer_answer_err(c->peer, id, &err);
		return;
	}
	lab_event(c->lab, "answer", node, "learner", e);
	peer_answer(c->peer, id, NULL, NULL, 0);
}

void answer_causes(struct conn *c, uint64_t id, struct msg *m)
{
	struct later *l = later_new(c, id);

	(void)m;
	if (l)
		scripting_call(c->lab, json_pack("{s:s}", "do", "causes"), on_script, l);
}
