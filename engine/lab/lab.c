/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's init: its loop, its events, its end. */
#define _GNU_SOURCE
#include "lab/lab.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "lab/change.h"
#include "lab/conn.h"
#include "lab/exec.h"
#include "lab/hold.h"
#include "lab/host.h"
#include "lab/localhost.h"
#include "lab/node.h"
#include "lab/port_space.h"
#include "lab/record.h"
#include "lab/scripting.h"
#include "lab/service.h"
#include "lab/told.h"
#include "lab/trust.h"
#include "lab/windows.h"

/*
 * An event is told within a few milliseconds; what comes this long after an exec ended is not its doing. Our own stretches
 * end when the recorders have told everything.
 */
#define ACTOR_LINGER 0.05

const char *lab_actor(const struct lab *lab, const struct actor_span *ours, double mono)
{
	if (actor_covers(ours, mono, 0))
		return "lab";
	if (actor_covers(&lab->learner, mono, ACTOR_LINGER))
		return "learner";
	if (actor_covers(&lab->tool, mono, ACTOR_LINGER))
		return "tool";
	return "lab";
}

void lab_saw(struct lab *lab, const json_t *event)
{
	static const char *const kinds[] = {"change", "file", "windows"};
	const char *kind = json_str(event, "kind", "");

	if (!strcmp(json_str(event, "by", "lab"), "lab"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		lab->touched |= !strcmp(kinds[i], kind);
}

uint64_t lab_event(struct lab *lab, const char *kind, const char *node, const char *by,
		   json_t *more)
{
	json_t *e = json_pack("{s:s}", "kind", kind);

	if (node)
		json_object_set_new(e, "node", json_string(node));
	if (node && json_int(lab->generations, node, 1) > 1)
		json_object_set(e, "gen", json_object_get(lab->generations, node));
	if (by)
		json_object_set_new(e, "by", json_string(by));
	json_object_update_missing(e, more);
	json_decref(more);
	lab_saw(lab, e);
	return log_put(&lab->log, e);
}

void lab_end(struct lab *lab, const char *why, int exit_code)
{
	if (lab->phase == LAB_ENDING)
		return;
	lab->phase = LAB_ENDING;
	lab->exit_code = exit_code;
	if (lab->boot)
		lab_event(lab, "lab", NULL, "lab",
			  json_pack("{s:s, s:s}", "what", "end", "why", why));
	/* now, not after what else is waiting: that would act on a lab which has said its last word */
	event_base_loopbreak(lab->base);
}

static void tell_boss(struct lab *lab, const struct err *err)
{
	struct conn *c;

	TAILQ_FOREACH(c, &lab->conns, link)
	if (c->boss)
		peer_answer_err(c->peer, lab->boot_id, err);
}

void lab_fail(struct lab *lab, const struct err *err)
{
	if (lab->phase == LAB_ENDING)
		return;
	if (!lab->boot) {
		if (!lab->early_err.msg[0])
			lab->early_err = *err;
		return;
	}
	lab_event(lab, "lab", NULL, "lab",
		  json_pack("{s:s, s:o}", "what", "died", "why", json_text(err->msg)));
	if (lab->phase == LAB_BOOTING)
		tell_boss(lab, err);
	lab_end(lab, "failed", err->kind);
}

/* As PID 1 we inherit every orphan; the helpers' deaths are noticed by their sockets. */
static void on_child(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	(void)arg;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void on_terminate(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	lab_end(arg, "terminated", 0);
}

static int open_loop(struct lab *lab, struct err *err)
{
	lab->base = event_base_new();
	lab->generations = json_object();
	lab->devices = json_object();
	if (!lab->base || !lab->generations || !lab->devices)
		return err_sys(err, ENOMEM, "Can't make the event loop");
	lab->children = evsignal_new(lab->base, SIGCHLD, on_child, lab);
	lab->terminate = evsignal_new(lab->base, SIGTERM, on_terminate, lab);
	if (!lab->children || !lab->terminate || event_add(lab->children, NULL) < 0 ||
	    event_add(lab->terminate, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't watch for signals");
	return 0;
}

int lab_open(struct lab *lab, int boss, const struct lab_ports *ports, struct err *err)
{
	int rc;

	*lab = (struct lab){
		.ports = *ports, .attempt_dir = -1, .windows_program = -1, .log = {.fd = -1}};
	TAILQ_INIT(&lab->nodes);
	TAILQ_INIT(&lab->conns);
	lab->booted = log_now();
	rc = open_loop(lab, err);
	if (rc == 0 && !host_boss(lab, boss))
		rc = err_sys(err, ENOMEM, "Can't serve the command line");
	if (rc == 0)
		rc = scripting_open(lab, err);
	if (rc == 0)
		rc = service_open(lab, err);
	if (rc == 0)
		rc = record_open(lab, err);
	return rc;
}

static void free_event(struct event *ev)
{
	if (ev)
		event_free(ev);
}

static void free_models(struct lab *lab)
{
	model_free(lab->healthy);
	model_free(lab->faulty);
	model_free(lab->now_owned);
	model_free(lab->early);
}

/* Whoever waits for something hears that it will not come, while all that an answer touches still stands. */
static void close_doors(struct lab *lab)
{
	struct lab_node *n;
	struct conn *c;

	conn_unlisten(lab->listener);
	while ((n = TAILQ_FIRST(&lab->nodes)))
		node_stop(n);
	while ((c = TAILQ_FIRST(&lab->conns)))
		conn_free(c);
	peer_free(lab->script);
	peer_free(lab->serve);
	told_done(lab);
	trust_done(lab);
	record_done(lab);
	change_done(lab);
	windows_done(lab);
	localhost_done(lab);
	port_space_done(lab);
	exec_done(lab);
	hold_done(lab);
	flows_done(&lab->flows);
	lineage_done(&lab->lineage);
	service_done(lab);
}

void lab_close(struct lab *lab)
{
	lab->phase = LAB_ENDING;
	close_doors(lab);
	fd_closep(&lab->ports.script);
	fd_closep(&lab->ports.serve);
	free_event(lab->script_timer);
	free_event(lab->watching);
	free_event(lab->children);
	free_event(lab->terminate);
	if (lab->base)
		event_base_free(lab->base);
	log_done(&lab->log);
	fd_closep(&lab->attempt_dir);
	fd_closep(&lab->windows_program);
	free_models(lab);
	json_decref(lab->generations);
	json_decref(lab->devices);
	json_decref(lab->boot);
	json_decref(lab->meta);
}

int lab_run(int boss, const struct lab_ports *ports)
{
	struct err err = {0};
	struct lab lab;
	int code;

	if (lab_open(&lab, boss, ports, &err) < 0)
		lab.exit_code = err.kind;
	else
		event_base_dispatch(lab.base);
	code = lab.exit_code;
	lab_close(&lab);
	return code;
}
