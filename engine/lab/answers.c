/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verbs that the host's side and a node's side share. */
#define _GNU_SOURCE
#include "lab/answers.h"

#include <string.h>

#include "grade/diagnosis.h"
#include "lab/node.h"
#include "lab/probing.h"
#include "lab/scripting.h"
#include "lab/verify.h"
#include "lab/told.h"
#include "model/draw.h"

enum {
	DIAGNOSIS_MAX = 8,	 /* answers */
	DIAGNOSIS_WORD_MAX = 64, /* bytes of a cause's name */
};

/* An answer that comes later: the connection may be gone by then. */
struct later {
	struct lab *lab;
	uint64_t conn; /* its serial */
	uint64_t id;
};

/* NULL when there is no memory, which has then been answered. */
static struct later *later_new(struct conn *c, uint64_t id)
{
	struct later *l = malloc(sizeof(*l));
	struct err err = {0};

	if (l) {
		*l = (struct later){c->lab, c->serial, id};
		return l;
	}
	err_sys(&err, ENOMEM, "Can't answer");
	peer_answer_err(c->peer, id, &err);
	return NULL;
}

/* Answers, if its connection still stands, and frees; body is stolen. */
static void later_answer(struct later *l, json_t *body, const struct err *err)
{
	struct conn *c = conn_find(l->lab, l->conn);

	if (c && err)
		peer_answer_err(c->peer, l->id, err);
	else if (c)
		peer_answer(c->peer, l->id, json_incref(body), NULL, 0);
	json_decref(body);
	free(l);
}

/* Only these keys: whatever else the scenario may say is not a learner's to know. */
static json_t *only(const json_t *from, const char *const *keys, size_t n)
{
	json_t *out = json_object();

	for (size_t i = 0; i < n; i++)
		json_object_set(out, keys[i], json_object_get(from, keys[i]));
	return out;
}

void answer_task(struct conn *c, uint64_t id, struct msg *m)
{
	static const char *const keys[] = {"title", "ticket", "goals"};

	(void)m;
	peer_answer(c->peer, id, only(c->lab->meta, keys, ARRAY_SIZE(keys)), NULL, 0);
}

static void on_hint(void *arg, struct msg *m, const struct err *err)
{
	static const char *const keys[] = {"n", "of", "price", "text"};

	later_answer(arg, err ? NULL : only(m->body, keys, ARRAY_SIZE(keys)), err);
}

/* What the next one would cost, and nothing of what it says. */
static void on_price(void *arg, struct msg *m, const struct err *err)
{
	static const char *const keys[] = {"n", "of", "price"};

	later_answer(arg, err ? NULL : only(m->body, keys, ARRAY_SIZE(keys)), err);
}

static void on_causes(void *arg, struct msg *m, const struct err *err)
{
	static const char *const keys[] = {"causes"};

	later_answer(arg, err ? NULL : only(m->body, keys, ARRAY_SIZE(keys)), err);
}

void answer_hint(struct conn *c, uint64_t id, struct msg *m)
{
	struct lab *lab = c->lab;
	unsigned of = (unsigned)json_int(lab->meta, "hints", 0);
	json_int_t again = json_int(m->body, "n", 0);
	bool peek = json_flag(m->body, "peek", false);
	struct later *l;
	struct err err = {0};

	if (json_flag(lab->boot, "healthy", false))
		err_set(&err, ERR_USAGE, ENOENT,
			"This lab was started healthy: there is nothing to find");
	else if (of == 0)
		err_set(&err, ERR_USAGE, ENOENT, "This scenario has no hints");
	else if (again < 0 || again > (json_int_t)lab->hints)
		err_set(&err, ERR_USAGE, EINVAL, "That hint was not given yet");
	else if (peek && lab->hints == of) {
		peer_answer(c->peer, id, json_pack("{s:i, s:i}", "n", 0, "of", (int)of), NULL, 0);
		return;
	}
	if (err.kind) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	l = later_new(c, id);
	if (!l)
		return;
	if (peek || again) {
		scripting_call(lab,
			       json_pack("{s:s, s:i}", "do", "hint", "n",
					 peek ? (int)lab->hints + 1 : (int)again),
			       peek ? on_price : on_hint, l);
		return;
	}
	if (lab->hints < of) {
		lab->hints++;
		lab_event(lab, "hint", c->node ? c->node->name : NULL, "learner",
			  json_pack("{s:i}", "n", (int)lab->hints));
	}
	scripting_call(lab, json_pack("{s:s, s:i}", "do", "hint", "n", (int)lab->hints), on_hint,
		       l);
}

void answer_map(struct conn *c, uint64_t id, struct msg *m)
{
	auto_json json_t *proved = told_proved(c->lab);
	json_int_t columns = json_int(m->body, "columns", 0);
	struct draw_look look = {
		.format = draw_format_from_name(json_str(m->body, "format", "text")),
		.columns = columns > 0 && columns < UINT16_MAX ? (unsigned)columns : 0,
		.color = json_flag(m->body, "color", false),
		.ja = !strcmp(json_str(m->body, "lang", ""), "ja"),
		.proved = proved};
	auto_free char *text = NULL;
	json_t *answer;

	if (look.format == N_DRAW_FORMATS)
		look.format = DRAW_TEXT;
	text = draw_look(c->lab->healthy, &look);
	answer = json_pack("{s:s}", "text", text ? text : "");
	if (proved)
		json_object_set(answer, "proved", proved);
	peer_answer(c->peer, id, answer, NULL, 0);
}

void answer_said(struct conn *c, uint64_t id, struct msg *m)
{
	(void)m;
	peer_answer(c->peer, id, json_pack("{s:o}", "said", told_answers(c->lab)), NULL, 0);
}

/*
 * Where nothing is wrong, what the user complains of stands among what fails, as it does elsewhere: that
 * all is well is for the learner to find out.
 */
static const char *checked_sets(const struct lab *lab)
{
	return json_array_size(json_object_get(lab->meta, "truth")) ? "fixed,controls"
								    : "symptoms,fixed,controls";
}

/* A probe may be in two sets. */
static bool told_before(const json_t *probes, size_t i)
{
	const char *name = json_str(json_array_get(probes, i), "name", "");

	for (size_t k = 0; k < i; k++)
		if (!strcmp(json_str(json_array_get(probes, k), "name", ""), name))
			return true;
	return false;
}

static void on_checked(void *arg, const json_t *probes, const struct err *err)
{
	struct later *l = arg;
	json_t *out = json_array();
	const json_t *one;
	size_t i;

	l->lab->checking = false;
	json_array_foreach (probes, i, one) {
		const json_t *title = json_object_get(one, "title");

		if (told_before(probes, i))
			continue;
		json_array_append_new(out, json_pack("{s:O, s:O}", "name",
						     title ? title : json_object_get(one, "name"),
						     "ok", json_object_get(one, "ok")));
	}
	later_answer(l, json_pack("{s:o}", "probes", out), err);
}

/* One at a time: its probes take seconds, and the grade's would wait behind them. */
void answer_check(struct conn *c, uint64_t id, struct msg *m)
{
	struct err err = {0};
	struct later *l;

	(void)m;
	if (c->lab->checking) {
		err_set(&err, ERR_USAGE, EBUSY, "A check is under way");
		peer_answer_err(c->peer, id, &err);
		return;
	}
	l = later_new(c, id);
	if (!l)
		return;
	c->lab->checking = true;
	probing_run(c->lab, checked_sets(c->lab), on_checked, l);
}

/*
 * One answer as it goes into the log: known keys, the layer's own name, a short word; a cause may stand alone.
 * NULL when it is none, which err then says.
 */
static json_t *answer_of(const json_t *said, struct err *err)
{
	const char *layer = json_str(said, "layer", ""), *cause = json_str(said, "cause", "");
	const char *normal = layer[0] ? layer_normal(layer) : "";
	json_t *one;

	if (!normal || !(layer[0] || cause[0]) || strlen(cause) > DIAGNOSIS_WORD_MAX) {
		err_set(err, ERR_USAGE, EINVAL,
			"A diagnosis names one layer (L1, L2, L2.5, L3, L4, L5, 4/5 or other), "
			"and a cause if you know it");
		err_mend(err, "Say for example: dojo diagnose L2 CAUSE, or dojo diagnose none");
		return NULL;
	}
	one = json_pack("{s:s}", "layer", normal);
	if (cause[0])
		json_object_set_new(one, "cause", json_string(cause));
	return one;
}

/* NULL when one of them is no answer, or there is none or too many. */
static json_t *answers_of(const json_t *said, struct err *err)
{
	auto_json json_t *out = json_array();
	json_t *one;
	size_t n = json_array_size(said);

	for (size_t i = 0; i < (n ? n : 1); i++) {
		one = i < DIAGNOSIS_MAX ? answer_of(json_array_get(said, i), err) : NULL;
		if (!one && !err->kind)
			err_set(err, ERR_USAGE, EINVAL, "At most %d diagnoses at once",
				DIAGNOSIS_MAX);
		if (!one)
			return NULL;
		json_array_append_new(out, one);
	}
	return json_incref(out);
}

static void on_watched(void *arg)
{
	later_answer(arg, json_object(), NULL);
}

void answer_diagnose(struct conn *c, uint64_t id, struct msg *m)
{
	const char *node = c->node ? c->node->name : NULL;
	struct err err = {0};
	json_t *answers, *e = NULL;
	struct later *l;

	if (json_flag(m->body, "none", false))
		e = json_pack("{s:b}", "none", 1);
	else if ((answers = answers_of(json_object_get(m->body, "answers"), &err)))
		e = json_pack("{s:o}", "answers", answers);
	if (!e) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	lab_event(c->lab, "answer", node, "learner", e);
	l = later_new(c, id);
	if (l)
		verify_watch(c->lab, on_watched, l);
}

void answer_causes(struct conn *c, uint64_t id, struct msg *m)
{
	struct later *l = later_new(c, id);

	(void)m;
	if (l)
		scripting_call(c->lab, json_pack("{s:s}", "do", "causes"), on_causes, l);
}
