/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's fixed points. */
#define _GNU_SOURCE
#include "lab/verify.h"

#include <string.h>

#include "lab/change.h"
#include "lab/hold.h"
#include "lab/intent.h"
#include "lab/probing.h"
#include "lab/record.h"
#include "lab/scripting.h"

/* A request that waits for probes or a change; its connection may have gone meanwhile. */
struct asker {
	struct lab *lab;
	uint64_t conn; /* its serial; 0 = nobody's */
	uint64_t id;
	json_t *probes; /* owned; of the end, until all they did is in the log */
};

/* c may be NULL. NULL when there is no memory, which has then been answered. */
static struct asker *asker_new(struct lab *lab, struct conn *c, uint64_t id)
{
	struct asker *a = malloc(sizeof(*a));
	struct err err = {0};

	if (a) {
		*a = (struct asker){.lab = lab, .conn = c ? c->serial : 0, .id = id};
		return a;
	}
	err_sys(&err, ENOMEM, "Can't answer");
	if (c)
		peer_answer_err(c->peer, id, &err);
	return NULL;
}

/* Answers (body stolen) or refuses, and frees the asker. */
static void reply(struct asker *a, json_t *body, const struct err *err)
{
	struct conn *c = conn_find(a->lab, a->conn);

	if (c && err)
		peer_answer_err(c->peer, a->id, err);
	else if (c)
		peer_answer(c->peer, a->id, json_incref(body), NULL, 0);
	json_decref(body);
	json_decref(a->probes);
	free(a);
}

static void on_probed(void *arg, const json_t *probes, const struct err *err)
{
	reply(arg, err ? NULL : json_pack("{s:O}", "probes", probes), err);
}

void verify_probe(struct conn *c, uint64_t id, struct msg *m)
{
	struct asker *a = asker_new(c->lab, c, id);

	if (a)
		probing_run(c->lab, json_str(m->body, "set", "all"), on_probed, a);
}

/* A fault that could not be put in may be tried again. */
static void give_up_fault(struct lab *lab)
{
	model_free(lab->faulty);
	lab->faulty = NULL;
	lab->fault_asked = false;
}

static void on_faulty(void *arg, const struct err *err)
{
	struct asker *a = arg;

	if (err)
		give_up_fault(a->lab);
	reply(a, err ? NULL : json_object(), err);
}

static void on_fault_model(void *arg, struct msg *m, const struct err *err)
{
	struct asker *a = arg;
	struct lab *lab = a->lab;
	struct err bad = {0};

	if (!err && intent_model(lab, json_object_get(m->body, "model"), "The scenario's fault",
				 &lab->faulty, &bad) < 0)
		err = &bad;
	if (err) {
		give_up_fault(lab);
		reply(a, NULL, err);
	} else
		change_start(lab, lab->faulty, NULL, on_faulty, a);
}

void verify_fault(struct conn *c, uint64_t id, struct msg *m)
{
	struct asker *a = asker_new(c->lab, c, id);
	struct err err = {0};

	(void)m;
	if (!a)
		return;
	if (c->lab->faulty || c->lab->fault_asked) {
		err_set(&err, ERR_USAGE, EALREADY, "The fault is in already");
		reply(a, NULL, &err);
		return;
	}
	c->lab->fault_asked = true;
	scripting_call(c->lab, json_pack("{s:s}", "do", "fault"), on_fault_model, a);
}

/* Where the learner has changed something by the time the probes end, what they saw is no word about the lab as it was built. */
static void log_verified(struct lab *lab, bool shows, bool controls)
{
	if (shows || !lab->touched)
		lab_event(lab, "lab", NULL, "lab",
			  json_pack("{s:s, s:b, s:b}", "what", "fault-verified", "shows", shows,
				    "controls", controls));
}

static void on_verified(void *arg, const json_t *probes, const struct err *err)
{
	struct asker *a = arg;
	bool shows = probing_all(probes, "symptoms", false);
	bool controls = probing_all(probes, "controls", true);

	if (err) {
		reply(a, NULL, err);
		return;
	}
	log_verified(a->lab, shows, controls);
	reply(a,
	      json_pack("{s:b, s:b, s:O}", "shows", shows, "controls", controls, "probes", probes),
	      NULL);
}

void verify_verify(struct conn *c, uint64_t id, struct msg *m)
{
	struct asker *a = asker_new(c->lab, c, id);

	(void)m;
	if (a)
		probing_run(c->lab, "symptoms,controls", on_verified, a);
}

struct watching {
	struct lab *lab;
	void (*fn)(void *arg);
	void *arg;
};

static void on_watched(void *arg, const json_t *probes, const struct err *err)
{
	struct watching w = *(struct watching *)arg;

	free(arg);
	if (!err && !w.lab->touched)
		lab_event(w.lab, "lab", NULL, "lab",
			  json_pack("{s:s, s:b}", "what", "fault-watched", "shows",
				    probing_all(probes, "symptoms", false)));
	w.fn(w.arg);
}

void verify_watch(struct lab *lab, void (*fn)(void *arg), void *arg)
{
	bool wanted = lab->faulty && !lab->watched && !lab->touched && !lab->finished &&
		      !json_flag(lab->boot, "private", false) &&
		      json_array_size(json_object_get(lab->meta, "symptoms")) > 0;
	struct watching *w = wanted ? malloc(sizeof(*w)) : NULL;

	if (!w) {
		fn(arg);
		return;
	}
	lab->watched = true;
	*w = (struct watching){lab, fn, arg};
	probing_run(lab, "symptoms", on_watched, w);
}

static void on_verified_alone(void *arg, const json_t *probes, const struct err *err)
{
	struct lab *lab = ((struct asker *)arg)->lab;

	on_verified(arg, probes, err);
	hold_end(lab);
}

void verify_alone(struct lab *lab)
{
	struct asker *a = asker_new(lab, NULL, 0);

	if (!a)
		return;
	hold_begin(lab);
	probing_run(lab, "symptoms,controls", on_verified_alone, a);
}

/* What the probes of the end left with the recorders tells whom they reached; nothing after `finished` counts. */
static void on_all_written(void *arg)
{
	struct asker *a = arg;

	lab_event(a->lab, "lab", NULL, "lab",
		  json_pack("{s:s, s:b, s:b}", "what", "finished", "fixed",
			    probing_all(a->probes, "fixed", true), "controls",
			    probing_all(a->probes, "controls", true)));
	a->lab->finished = true;
	reply(a,
	      json_pack("{s:s, s:O}", "attempt", json_str(a->lab->boot, "attempt", ""), "probes",
			a->probes),
	      NULL);
}

static void on_finished(void *arg, const json_t *probes, const struct err *err)
{
	struct asker *a = arg;

	if (err) {
		reply(a, NULL, err);
		return;
	}
	a->probes = json_incref((json_t *)probes);
	record_sync(a->lab, on_all_written, a);
}

static void on_all_seen(void *arg)
{
	struct asker *a = arg;

	lab_event(a->lab, "lab", NULL, "lab", json_pack("{s:s}", "what", "finishing"));
	probing_run(a->lab, "fixed,controls", on_finished, a);
}

int verify_unrecorded(const struct lab *lab, struct err *err)
{
	bool ja = !strcmp(json_str(lab->boot, "lang", "en"), "ja");

	return err_set(err, ERR_USAGE, ENODATA, "%s",
		       ja ? "何も記録していない (--no-record) ため、採点できません"
			  : "Nothing was recorded (--no-record), so there is nothing to grade");
}

void verify_finish(struct conn *c, uint64_t id, struct msg *m)
{
	struct lab *lab = c->lab;
	struct err err = {0};
	struct asker *a;

	(void)m;
	if (lab->unrecorded) {
		verify_unrecorded(lab, &err);
		peer_answer_err(c->peer, id, &err);
		return;
	}
	/* What is done after the card was shown changes nothing: asked again, the attempt is the same. */
	if (lab->finished) {
		peer_answer(c->peer, id,
			    json_pack("{s:s}", "attempt", json_str(lab->boot, "attempt", "")), NULL,
			    0);
		return;
	}
	a = asker_new(lab, c, id);
	if (a)
		record_sync(lab, on_all_seen, a);
}
