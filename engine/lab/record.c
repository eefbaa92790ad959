/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes what the recorders saw into the log. */
#define _GNU_SOURCE
#include "lab/record.h"

#include <string.h>

#include "lab/node.h"
#include "lab/port_space.h"

struct record_wait {
	struct record_wait *next;
	unsigned n;
	void (*fn)(void *arg);
	void *arg;
};

void record_sync(struct lab *lab, void (*fn)(void *arg), void *arg)
{
	const struct watch_port *w = &lab->ports.watch;
	struct record_wait *wait = w->sync ? malloc(sizeof(*wait)) : NULL;

	if (!wait || w->sync(w->ctx, ++lab->next_wait, NULL) < 0) {
		free(wait);
		fn(arg);
		return;
	}
	*wait = (struct record_wait){lab->waits, lab->next_wait, fn, arg};
	lab->waits = wait;
}

static void synced(struct lab *lab, unsigned n)
{
	for (struct record_wait **p = &lab->waits; *p; p = &(*p)->next) {
		struct record_wait *wait = *p;

		if (wait->n != n)
			continue;
		*p = wait->next;
		wait->fn(wait->arg);
		free(wait);
		return;
	}
}

void record_done(struct lab *lab)
{
	while (lab->waits) {
		struct record_wait *wait = lab->waits;

		lab->waits = wait->next;
		free(wait->arg);
		free(wait);
	}
}

/* Orphans are the agent's too, whoever started them. */
static bool of_agent(struct lab *lab, const json_t *e)
{
	json_int_t ppid = json_int(e, "ppid", 0);
	struct lab_node *n;

	TAILQ_FOREACH(n, &lab->nodes, link)
	if (n->agent == ppid)
		return true;
	return ppid <= 1;
}

/*
 * Each kind is ours only while we do something that shows as that kind: a learner's damage must not hide behind a probe,
 * nor their work be lost beside one.
 */
static const char *who(struct lab *lab, const json_t *e)
{
	const char *kind = json_str(e, "kind", "");
	double mono = json_num(e, "mono", log_now());

	if (!strcmp(kind, "change") || !strcmp(kind, "file"))
		return lab_actor(lab, &lab->changing, mono);
	if (!strcmp(kind, "exec") || (!strcmp(kind, "socket") && json_object_get(e, "pid")))
		return lineage_owner(&lab->lineage, e, lab_actor(lab, &lab->running, mono),
				     of_agent(lab, e));
	if (!strcmp(kind, "packet") || !strcmp(kind, "flow") || !strcmp(kind, "socket"))
		return flow_owner(&lab->flows, e, lab_actor(lab, &lab->probing, mono));
	return lab_actor(lab, &lab->probing, mono);
}

/* A program stands still until this is answered. One of a generation that is gone takes no port, and no answer. */
static void answer_bind(struct lab *lab, const json_t *e)
{
	const struct watch_port *w = &lab->ports.watch;
	const char *name = json_str(e, "node", "");
	const struct lab_node *n = node_find(lab, name);
	unsigned gen = (unsigned)json_int(e, "gen", 0);
	int error = 0;

	if (n && n->generation == gen)
		error = port_space_bind(lab, name, json_str(e, "proto", ""),
					json_str(e, "address", ""),
					(uint16_t)json_int(e, "port", 0));
	if (w->answer)
		w->answer(w->ctx, name, gen, (unsigned)json_int(e, "n", 0), error, NULL);
}

static void take_event(struct lab *lab, json_t *e)
{
	bool of_lab = !strcmp(json_str(e, "kind", ""), "lab");

	if (of_lab && !strcmp(json_str(e, "what", ""), "bind")) {
		answer_bind(lab, e);
		return;
	}
	if (of_lab && !strcmp(json_str(e, "what", ""), "synced")) {
		synced(lab, (unsigned)json_int(e, "n", 0));
		return;
	}
	if (!of_lab)
		json_object_set_new(e, "by", json_string(who(lab, e)));
	lab_saw(lab, e);
	log_put(&lab->log, json_incref(e));
	if (of_lab && !strcmp(json_str(e, "what", ""), "recorders"))
		/* after its line: "ready" may follow */
		node_recorded(lab, json_str(e, "node", ""), (unsigned)json_int(e, "gen", 1));
}

static void on_lost(evutil_socket_t fd, short what, void *arg)
{
	struct lab *lab = arg;

	(void)fd;
	(void)what;
	lab_fail(lab, &lab->lost);
}

/*
 * While nodes start, what ends the recorder (a /proc that is masked) ends their agents too, and those say why: they
 * get a moment to.
 */
static void lost(struct lab *lab, const struct err *err)
{
	bool starting = lab->phase == LAB_BOOTING && !TAILQ_EMPTY(&lab->nodes);
	struct timeval moment = {0, 300000};

	lab->lost = *err;
	if (!starting || event_base_once(lab->base, -1, EV_TIMEOUT, on_lost, lab, &moment) < 0)
		lab_fail(lab, err);
}

static void on_watching(evutil_socket_t fd, short what, void *arg)
{
	struct lab *lab = arg;
	struct err err = {0};

	(void)fd;
	(void)what;
	for (int i = 0; i < 16; i++) {
		auto_json json_t *events = NULL;
		int rc = lab->ports.watch.next(lab->ports.watch.ctx, &events, &err);
		json_t *e;
		size_t j;

		if (rc == 0)
			return;
		if (rc < 0) {
			event_del(lab->watching);
			err_wrap(&err, "The recorder has ended");
			lost(lab, &err);
			return;
		}
		json_array_foreach (events, j, e)
			take_event(lab, e);
	}
}

int record_open(struct lab *lab, struct err *err)
{
	lab->watching = event_new(lab->base, lab->ports.watch.fd(lab->ports.watch.ctx),
				  EV_READ | EV_PERSIST, on_watching, lab);
	if (!lab->watching || event_add(lab->watching, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't read the recorder");
	return 0;
}
