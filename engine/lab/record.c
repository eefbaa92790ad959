/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes what the recorders saw into the log. */
#define _GNU_SOURCE
#include "lab/record.h"

#include <string.h>

#include "lab/node.h"

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

static void take_event(struct lab *lab, json_t *e)
{
	bool of_lab = !strcmp(json_str(e, "kind", ""), "lab");

	if (of_lab && !strcmp(json_str(e, "what", ""), "synced")) {
		synced(lab, (unsigned)json_int(e, "n", 0));
		return;
	}
	if (!of_lab)
		json_object_set_new(e, "by",
				    json_string(lab_actor(lab, json_num(e, "mono", log_now()))));
	log_put(&lab->log, json_incref(e));
	if (of_lab && !strcmp(json_str(e, "what", ""), "recorders"))
		node_recorded(lab, json_str(e, "node", "")); /* after its line: "ready" may follow */
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
			lab_fail(lab, &err);
			return;
		}
		json_array_foreach(events, j, e)
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
