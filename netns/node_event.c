/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One running node, on init's side: what its agent and its agent's children say. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "netns/node_proc.h"

static void on_ready(struct proc_event *e, struct msg *m)
{
	const struct {
		const char *name;
		int *fd;
	} slots[] = {
		{"listener", &e->listener}, {"socket", &e->node_socket}, {"etc", &e->etc_dir},
		{"wsl", &e->wsl_dir},	    {"hints", &e->hints},
	};
	json_t *name;
	size_t i;

	json_array_foreach (json_object_get(m->body, "fds"), i, name)
		for (size_t k = 0; k < ARRAY_SIZE(slots); k++)
			if (json_is_string(name) && !strcmp(json_string_value(name), slots[k].name))
				*slots[k].fd = msg_take_fd(m, i);
}

static void remember(struct proc_node *n, uint64_t id, pid_t pid)
{
	struct started *v = realloc(n->started, (n->n_started + 1) * sizeof(*v));

	if (!v)
		return;
	n->started = v;
	v[n->n_started++] = (struct started){id, pid};
}

/* 0 when unknown. */
static pid_t recall(struct proc_node *n, uint64_t id)
{
	for (size_t i = 0; i < n->n_started; i++) {
		pid_t pid = n->started[i].pid;

		if (n->started[i].id != id)
			continue;
		n->started[i] = n->started[--n->n_started];
		return pid;
	}
	return 0;
}

/* Whether the message is an event for the caller. */
static bool decode(struct proc_node *n, struct msg *m, struct proc_event *e)
{
	const char *ev = json_str(m->body, "ev", "");

	e->id = (uint64_t)json_int(m->body, "id", 0);
	if (!strcmp(ev, "started")) {
		remember(n, e->id, m->pid);
		return false;
	}
	if (!strcmp(ev, "ready")) {
		e->kind = PROC_READY;
		e->pid = m->pid;
		e->warnings = json_incref(json_object_get(m->body, "warnings"));
		on_ready(e, m);
	} else if (!strcmp(ev, "spawned")) {
		e->kind = PROC_SPAWNED;
		e->pid = recall(n, e->id);
		e->pty = msg_take_fd(m, 0);
	} else if (!strcmp(ev, "exited")) {
		e->kind = PROC_EXITED;
		e->status = (int)json_int(m->body, "status", 0);
	} else if (!strcmp(ev, "failed")) {
		e->kind = PROC_FAILED;
		recall(n, e->id);
		err_from_json(&e->err, json_object_get(m->body, "error"));
	} else if (!strcmp(ev, "result")) {
		e->kind = PROC_RESULT;
		e->result = json_incref(json_object_get(m->body, "result"));
	} else if (!strcmp(ev, "gone")) {
		e->kind = PROC_GONE;
		err_from_json(&e->err, json_object_get(m->body, "error"));
	} else {
		return false;
	}
	return true;
}

static const struct proc_event no_event = {
	.pty = -1, .listener = -1, .node_socket = -1, .etc_dir = -1, .wsl_dir = -1};

int proc_node_next(struct proc_node *n, struct proc_event *ret, struct err *err)
{
	for (;;) {
		struct proc_event e = no_event;
		auto_msg m = {0};
		int rc;

		if (n->gone)
			return 0;
		rc = msg_recv(n->sock, &m, 0, NULL);
		if (rc == -EAGAIN)
			return 0;
		if (rc < 0)
			return err_sys(err, -rc, "Can't hear a node's agent");
		if (rc == 0) {
			e.kind = PROC_GONE;
			err_set(&e.err, ERR_MACHINE, ESRCH, "The node's agent ended");
		} else if (!decode(n, &m, &e)) {
			continue;
		}
		n->gone = e.kind == PROC_GONE;
		*ret = e;
		return 1;
	}
}
