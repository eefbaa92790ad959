/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenario's process as init sees it. */
#define _GNU_SOURCE
#include "lab/scripting.h"

#include <string.h>
#include <time.h>

#include "lab/change.h"
#include "lab/intent.h"
#include "lab/interop.h"
#include "lab/node.h"
#include "lab/trust.h"
#include "lab/wsl_life.h"

/*
 * How long a script may compute before it has to answer or ask: seconds of processor time, for on a busy machine others take most of what
 * passes; and how long in any case. Lua's own hook stops a loop of instructions; this stops what no hook sees, such as one pattern
 * match that backtracks for minutes.
 */
enum { SCRIPT_SECONDS = 5, SCRIPT_PATIENCE = 120 };

/* One answered call of ours, wrapped to keep the timer right. */
struct script_call {
	struct lab *lab;
	peer_answer_fn fn;
	void *arg;
};

/* A probe the script waits for. */
struct probe_wait {
	struct lab *lab;
	uint64_t id;
	bool runs; /* a program */
};

/* What the script has used of a processor, seconds; what has passed where that can't be told. */
static double cpu_used(const struct lab *lab)
{
	struct timespec ts;
	clockid_t clock;

	if (!lab->ports.script_pid || clock_getcpuclockid(lab->ports.script_pid, &clock) != 0 ||
	    clock_gettime(clock, &ts) < 0)
		return log_now();
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void timer_set(struct lab *lab)
{
	struct timeval tv = {SCRIPT_SECONDS, 0};

	if (lab->script_calls == 0 || lab->script_waits > 0) {
		event_del(lab->script_timer);
		return;
	}
	lab->script_cpu = cpu_used(lab);
	lab->script_began = log_now();
	event_add(lab->script_timer, &tv);
}

/* It did not get a processor for as long as it may have one: false when it has had its time, or nobody could wait longer. */
static bool may_go_on(struct lab *lab)
{
	double left = SCRIPT_SECONDS - (cpu_used(lab) - lab->script_cpu);
	struct timeval tv = {(time_t)left, (suseconds_t)((left - (double)(time_t)left) * 1e6)};

	if (left < 0.01 || log_now() - lab->script_began > SCRIPT_PATIENCE)
		return false;
	event_add(lab->script_timer, &tv);
	return true;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct lab *lab = arg;
	struct err err = {0};

	(void)fd;
	(void)what;
	if (may_go_on(lab))
		return;
	err_set(&err, ERR_USAGE, ETIMEDOUT, "The scenario computed for over %d s without an answer",
		SCRIPT_SECONDS);
	err_mend(&err, "Look for an endless loop or a costly pattern in the scenario");
	lab_fail(lab, &err);
}

static void on_answer(void *arg, struct msg *m, const struct err *err)
{
	struct script_call call = *(struct script_call *)arg;

	free(arg);
	call.lab->script_calls--;
	timer_set(call.lab);
	call.fn(call.arg, m, err);
}

void scripting_call(struct lab *lab, json_t *body, peer_answer_fn fn, void *arg)
{
	struct script_call *call = malloc(sizeof(*call));

	struct err err = {0};

	if (!call) {
		json_decref(body);
		err_sys(&err, ENOMEM, "Can't ask the scenario");
		fn(arg, NULL, &err);
		return;
	}
	*call = (struct script_call){lab, fn, arg};
	lab->script_calls++;
	timer_set(lab);
	peer_call(lab->script, body, NULL, 0, on_answer, call);
}

static void on_probed(void *arg, json_t *result, const struct err *err)
{
	struct probe_wait w = *(struct probe_wait *)arg;

	if (w.runs)
		actor_end(&w.lab->running);

	free(arg);
	w.lab->script_waits--;
	timer_set(w.lab);
	if (err)
		peer_answer_err(w.lab->script, w.id, err);
	else
		peer_answer(w.lab->script, w.id, json_pack("{s:O}", "result", result), NULL, 0);
}

static void probe_now(struct lab *lab, uint64_t id, struct lab_node *n, const json_t *body)
{
	struct probe_wait *w = malloc(sizeof(*w));
	struct err err = {0};

	if (!w) {
		err_sys(&err, ENOMEM, "Can't probe");
		peer_answer_err(lab->script, id, &err);
		return;
	}
	*w = (struct probe_wait){lab, id, !strcmp(json_str(body, "kind", ""), "run")};
	if (w->runs)
		actor_begin(&lab->running);
	if (w->runs && n->role == ROLE_WINDOWS &&
	    interop_is_program(json_object_get(json_object_get(body, "args"), "argv")))
		interop_prepare(n, NULL); /* where that fails, so does what needs it */
	lab->script_waits++;
	timer_set(lab);
	node_probe(n, json_str(body, "kind", ""), json_object_get(body, "args"), on_probed, w);
}

/* A probe that waits for the lab's certificates. */
struct held_probe {
	struct lab *lab;
	uint64_t id;
	json_t *body; /* owned */
};

static void on_trusted(void *arg, const struct err *err)
{
	struct held_probe *h = arg;
	struct lab_node *n = node_find(h->lab, json_str(h->body, "node", ""));
	struct err gone = {0};

	err_set(&gone, ERR_MACHINE, ESRCH, "The node is gone");
	if (err || !n)
		peer_answer_err(h->lab->script, h->id, err ? err : &gone);
	else
		probe_now(h->lab, h->id, n, h->body);
	json_decref(h->body);
	free(h);
}

/* Only a program may look at the lab's certificates. */
static void do_probe(struct lab *lab, uint64_t id, struct lab_node *n, const json_t *body)
{
	bool program = !strcmp(json_str(body, "kind", ""), "run");
	struct held_probe *h = program ? malloc(sizeof(*h)) : NULL;

	if (!h) {
		probe_now(lab, id, n, body);
		return;
	}
	*h = (struct held_probe){lab, id, json_incref((json_t *)body)};
	trust_when(lab, on_trusted, h);
}

static void do_read(struct lab *lab, uint64_t id, struct lab_node *n, const json_t *body)
{
	int what = read_what_from_name(json_str(body, "what", ""));
	auto_json json_t *value = NULL;
	struct err err = {0};
	int rc;

	if (what < 0)
		rc = err_set(&err, ERR_USAGE, EINVAL, "There is no state named '%.64s' to read",
			     json_str(body, "what", ""));
	else
		rc = lab->ports.build.read(lab->ports.build.ctx, n->name, (enum read_what)what,
					   json_str(body, "arg", ""), &value, &err);
	if (rc < 0)
		peer_answer_err(lab->script, id, &err);
	else
		peer_answer(lab->script, id, json_pack("{s:O}", "value", value), NULL, 0);
}

/* A timed part of the fault: the scenario's model has changed while the lab runs. */
static void do_model(struct lab *lab, const json_t *j)
{
	struct model *m = NULL;
	struct err err = {0};

	if (intent_model(lab, j, "The scenario's timed fault", &m, &err) < 0) {
		lab_fail(lab, &err);
		return;
	}
	change_later(lab, m);
}

static void on_request(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m)
{
	struct lab *lab = arg;
	const json_t *model = json_object_get(m->body, "model");
	struct lab_node *n = node_find(lab, json_str(m->body, "node", ""));
	struct err err = {0};

	if (lab->phase == LAB_ENDING)
		return;
	if (!id && model) {
		do_model(lab, model);
		return;
	}
	if (!n && wsl_is_stopped(lab, json_str(m->body, "node", "")))
		wsl_stopped_err(&err);
	else if (!n)
		err_set(&err, ERR_USAGE, ENOENT, "There is no node '%.64s'",
			json_str(m->body, "node", ""));
	else if (!strcmp(verb, "node.probe")) {
		do_probe(lab, id, n, m->body);
		return;
	} else if (!strcmp(verb, "node.read")) {
		do_read(lab, id, n, m->body);
		return;
	} else
		err_set(&err, ERR_USAGE, EINVAL, "Unknown request '%.64s'", verb);
	peer_answer_err(p, id, &err);
}

static const char script_gone[] = "The scenario's process has ended";

static void on_closed(void *arg, struct peer *p)
{
	struct lab *lab = arg;
	struct err err = {0};

	(void)p;
	if (lab->phase == LAB_ENDING)
		return;
	err_set(&err, ERR_MACHINE, EPIPE, "%s", script_gone);
	lab_fail(lab, &err);
}

static const struct peer_owner script_owner = {on_request, on_closed, script_gone};

int scripting_open(struct lab *lab, struct err *err)
{
	int fd = fd_steal(&lab->ports.script);

	lab->script_timer = evtimer_new(lab->base, on_timer, lab);
	if (!lab->script_timer) {
		close(fd);
		return err_sys(err, ENOMEM, "Can't watch the scenario's process");
	}
	return peer_new(lab->base, fd, &script_owner, lab, NULL, &lab->script, err);
}
