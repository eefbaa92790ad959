/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody changes on the Windows side. */
#define _GNU_SOURCE
#include "lab/windows.h"

#include <string.h>

#include "lab/change.h"
#include "lab/intent.h"
#include "lab/node.h"
#include "lab/scripting.h"
#include "lab/wsl_life.h"

/* One operation, from its request to its answer. Only the first of the queue is under way. */
struct op_run {
	TAILQ_ENTRY(op_run) link;
	struct lab *lab;
	char *op;
	json_t *args;
	const char *by;	 /* static */
	json_t *result;	 /* the script's, once it gave one */
	json_t *error;	 /* why it failed */
	char *detail;	 /* the same in our own words, for the log */
	json_int_t undo; /* what the script has to be told to take it back */
	windows_done_fn done;
	void *arg;
};

struct windows {
	TAILQ_HEAD(op_queue, op_run) queue;
};

static void begin(struct op_run *r);

const json_t *windows_wsl(const struct lab *lab)
{
	return lab->now ? json_object_get(lab->now->windows, "wsl") : NULL;
}

const struct node *windows_node(const struct lab *lab)
{
	const struct model *m = lab->now ? lab->now : lab->healthy;

	for (size_t i = 0; m && i < m->n_nodes; i++)
		if (m->nodes[i].role == ROLE_WINDOWS)
			return &m->nodes[i];
	return NULL;
}

static void run_free(struct op_run *r)
{
	TAILQ_REMOVE(&r->lab->windows->queue, r, link);
	free(r->op);
	json_decref(r->args);
	json_decref(r->result);
	json_decref(r->error);
	free(r->detail);
	free(r);
}

/* The error that a learner may see: of what the script says, these keys. The code may be a name. */
static json_t *error_of(const json_t *said, const struct err *err)
{
	static const char *const keys[] = {"message", "mend", "code"};
	json_t *out = said ? json_object() : err_to_json(err);

	for (size_t i = 0; said && i < ARRAY_SIZE(keys); i++)
		if (json_object_get(said, keys[i]))
			json_object_set(out, keys[i], json_object_get(said, keys[i]));
	return out;
}

static void log_run(const struct op_run *r)
{
	const struct node *n = windows_node(r->lab);
	json_t *e = json_pack("{s:s, s:O, s:b}", "what", r->op, "args", r->args, "ok", !r->error);

	if (r->error)
		json_object_set(e, "error", json_object_get(r->error, "message"));
	if (r->detail)
		json_object_set_new(e, "detail", json_string(r->detail));
	lab_event(r->lab, "windows", n ? n->name : NULL, r->by, e);
}

/* A WSL that was to be woken and stood already is no event. */
static bool did_something(const struct op_run *r)
{
	const json_t *started = json_object_get(r->result, "started");

	return r->error || !started || json_is_true(started);
}

/* What its disk kept from the WSL that was started: said where the script's own warnings are, in WSL's manner. */
static void add_warnings(struct op_run *r)
{
	const char *name = wsl_name(r->lab);
	const struct lab_node *n = name ? node_find(r->lab, name) : NULL;
	json_t *say = json_object_get(r->result, "warnings"), *one;
	size_t i;

	if (!n || !n->warnings || !json_is_true(json_object_get(r->result, "started")))
		return;
	if (!json_is_array(say)) {
		say = json_array();
		json_object_set_new(r->result, "warnings", say);
	}
	json_array_foreach (n->warnings, i, one)
		json_array_append_new(say, json_sprintf("wsl: %s", json_string_value(one)));
}

/* Always a caller's last step. */
static void finish(struct op_run *r)
{
	struct lab *lab = r->lab;
	windows_done_fn done = r->done;
	void *arg = r->arg;
	auto_json json_t *error = json_incref(r->error), *result = NULL;
	struct op_run *next;

	add_warnings(r);
	if (!error)
		result = r->result ? json_incref(r->result) : json_object();
	if (lab->phase != LAB_ENDING && did_something(r))
		log_run(r);
	run_free(r);
	done(arg, result, error);
	next = lab->windows && lab->phase != LAB_ENDING ? TAILQ_FIRST(&lab->windows->queue) : NULL;
	if (next)
		begin(next);
}

static void fail(struct op_run *r, const json_t *said, const struct err *err)
{
	r->error = error_of(said, err);
	finish(r);
}

static void on_undone(void *arg, struct msg *m, const struct err *err)
{
	struct op_run *r = arg;

	(void)m;
	/* a script that can't go back describes another lab than there is */
	if (err && r->lab->phase != LAB_ENDING)
		lab_fail(r->lab, err);
	finish(r);
}

/* What Windows, or WSL, says of a failure it has no better words for. */
static const char *plain_words(const char *op)
{
	return strncmp(op, "wsl.", 4)
		       ? "The parameter is incorrect."
		       : "Catastrophic failure\nError code: Wsl/Service/E_UNEXPECTED";
}

/*
 * The kernel stands as before, and the script is told. Why the kernel or the model's reader refused is in words of this
 * program's, which nobody at a Windows prompt should meet: those are for the log.
 */
static void take_back(struct op_run *r, const struct err *err)
{
	r->error = json_pack("{s:s, s:s}", "message", plain_words(r->op), "code", "Failed");
	r->detail = strdup(err->msg);
	scripting_call(r->lab, json_pack("{s:s, s:I}", "do", "windows.undo", "undo", r->undo),
		       on_undone, r);
}

static void on_told(void *arg, struct msg *m, const struct err *err)
{
	struct lab *lab = arg;

	(void)m;
	if (err && lab->phase != LAB_ENDING)
		lab_fail(lab, err);
}

/* The asker need not wait for it: the script does nothing else before. */
static void tell_done(const struct op_run *r)
{
	if (r->lab->phase != LAB_ENDING)
		scripting_call(r->lab,
			       json_pack("{s:s, s:I}", "do", "windows.done", "undo", r->undo),
			       on_told, r->lab);
}

static void on_changed(void *arg, const struct err *err)
{
	if (err) {
		take_back(arg, err);
	} else {
		tell_done(arg);
		finish(arg);
	}
}

static void on_said(void *arg, struct msg *m, const struct err *err)
{
	struct op_run *r = arg;
	const json_t *given = m ? json_object_get(m->body, "model") : NULL;
	struct model *to = NULL;
	struct err bad = {0};

	if (err || r->lab->phase == LAB_ENDING) {
		if (!err)
			err_set(&bad, ERR_MACHINE, ECANCELED, "The lab has ended");
		fail(r, m && err ? json_object_get(m->body, "error") : NULL, err ? err : &bad);
		return;
	}
	r->result = json_incref(json_object_get(m->body, "result"));
	r->undo = json_int(m->body, "undo", 0);
	if (!given)
		finish(r);
	else if (intent_model(r->lab, given, "What was changed on Windows", &to, &bad) < 0)
		take_back(r, &bad);
	else
		change_take(r->lab, to, on_changed, r);
}

/* Only now: the script's answer builds on what the operations before it left. */
static void begin(struct op_run *r)
{
	scripting_call(r->lab,
		       json_pack("{s:s, s:s, s:O}", "do", "windows", "op", r->op, "args", r->args),
		       on_said, r);
}

static struct windows *windows_of(struct lab *lab)
{
	if (!lab->windows) {
		lab->windows = calloc(1, sizeof(*lab->windows));
		if (lab->windows)
			TAILQ_INIT(&lab->windows->queue);
	}
	return lab->windows;
}

static const char *known_by(const char *by)
{
	return !strcmp(by, "tool") ? "tool" : !strcmp(by, "lab") ? "lab" : "learner";
}

void windows_change(struct lab *lab, const char *op, json_t *args, const char *by,
		    windows_done_fn done, void *arg)
{
	struct windows *w = windows_of(lab);
	struct op_run *r = w ? calloc(1, sizeof(*r)) : NULL;
	auto_json json_t *own = args, *error = NULL;
	struct err err = {0};
	bool idle;

	if (r)
		r->op = strdup(op);
	if (!r || !r->op) {
		free(r);
		err_sys(&err, ENOMEM, "Can't change Windows");
		error = err_to_json(&err);
		done(arg, NULL, error);
		return;
	}
	r->lab = lab;
	r->args = own ? json_incref(own) : json_object();
	r->by = known_by(by);
	r->done = done;
	r->arg = arg;
	idle = TAILQ_EMPTY(&w->queue);
	TAILQ_INSERT_TAIL(&w->queue, r, link);
	if (idle)
		begin(r);
}

void windows_done(struct lab *lab)
{
	struct err err = {0};

	if (!lab->windows)
		return;
	err_set(&err, ERR_MACHINE, ECANCELED, "The lab has ended");
	while (!TAILQ_EMPTY(&lab->windows->queue))
		fail(TAILQ_FIRST(&lab->windows->queue), NULL, &err);
	free(lab->windows);
	lab->windows = NULL;
}
