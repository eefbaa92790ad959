/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node while it runs. */
#define _GNU_SOURCE
#include "lab/node.h"

#include <string.h>

#include "lab/guest.h"
#include "lab/port_space.h"

struct node_call {
	TAILQ_ENTRY(node_call) link;
	uint64_t id;
	node_result_fn result;		    /* of a probe or file operation */
	const struct node_spawn_fns *spawn; /* of a spawn */
	void *arg;
};

struct lab_node *node_find(struct lab *lab, const char *name)
{
	struct lab_node *n;

	TAILQ_FOREACH(n, &lab->nodes, link)
	if (!strcmp(n->name, name))
		return n;
	return NULL;
}

static struct node_call *call_find(struct lab_node *n, uint64_t id)
{
	struct node_call *c;

	TAILQ_FOREACH(c, &n->calls, link)
	if (c->id == id)
		return c;
	return NULL;
}

static struct node_call *call_new(struct lab_node *n, void *arg)
{
	struct node_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->id = ++n->lab->next_exec;
	c->arg = arg;
	TAILQ_INSERT_TAIL(&n->calls, c, link);
	return c;
}

static void call_end(struct lab_node *n, struct node_call *c)
{
	TAILQ_REMOVE(&n->calls, c, link);
	free(c);
}

static void call_fail(struct lab_node *n, struct node_call *c, const struct err *err)
{
	struct node_call copy = *c;

	call_end(n, c);
	if (copy.result)
		copy.result(copy.arg, NULL, err);
	else if (copy.spawn)
		copy.spawn->failed(copy.arg, err);
}

static void tell_ready(struct lab_node *n, const struct err *err)
{
	node_ready_fn ready = n->ready;

	n->ready = NULL;
	if (ready)
		ready(n->ready_arg, err);
}

/* The agent's root stands: hand the recorders their descriptors and open the node's own door. */
static void on_ready(struct lab_node *n, struct proc_event *e)
{
	struct lab *lab = n->lab;
	struct watch_node w = {.name = n->name,
			       .generation = n->generation,
			       .netns = lab->ports.build.netns_fd(lab->ports.build.ctx, n->name),
			       .listener = e->listener,
			       .etc_dir = e->etc_dir,
			       .wsl_dir = e->wsl_dir,
			       .hints = e->hints,
			       .kernel = n->kernel,
			       .hostname = n->hostname,
			       .observed = n->observed && !lab->unrecorded,
			       .binds = n->binds,
			       .flows = n->flows && !lab->unrecorded,
			       .sockets = n->sockets && !lab->unrecorded,
			       .capture = n->sockets && lab->captures};
	struct err err = {0};
	int rc = 0;

	n->agent = e->pid;
	json_decref(n->warnings);
	n->warnings = json_incref(e->warnings);
	if (e->node_socket >= 0)
		rc = guest_listen(n, fd_steal(&e->node_socket), &err);
	if (rc == 0 && (w.observed || w.binds || w.listener >= 0)) {
		rc = lab->ports.watch.add(lab->ports.watch.ctx, &w, &err);
		n->watched = rc == 0;
		if (n->watched)
			return; /* ready when the recorders stand */
	}
	tell_ready(n, rc < 0 ? &err : NULL);
}

void node_recorded(struct lab *lab, const char *name, unsigned generation)
{
	struct lab_node *n = node_find(lab, name);

	/* what was said of a node that is gone is not its successor's */
	if (n && n->generation == generation)
		tell_ready(n, NULL);
}

/* why: what the agent said of its end, if it could. */
static void on_gone(struct lab_node *n, const struct err *why)
{
	struct err err = *why;

	event_del(n->readable);
	if (err.msg[0])
		err_wrap(&err, "Node '%s'", n->name);
	else
		err_set(&err, ERR_MACHINE, ESRCH, "Node '%s' has ended unexpectedly", n->name);
	if (n->ready)
		tell_ready(n, &err);
	else
		lab_fail(n->lab, &err);
}

static void give_result(node_result_fn fn, void *arg, json_t *result)
{
	struct err err = {0};

	if (result) {
		fn(arg, result, NULL);
		return;
	}
	err_set(&err, ERR_MACHINE, EPROTO, "A node gave no result");
	fn(arg, NULL, &err);
}

static void on_call_event(struct lab_node *n, struct node_call *c, struct proc_event *e)
{
	void *arg = c->arg;

	if (e->kind == PROC_SPAWNED && c->spawn) {
		c->spawn->spawned(arg, e->pid, fd_steal(&e->pty));
	} else if (e->kind == PROC_EXITED) {
		const struct node_spawn_fns *fns = c->spawn;

		call_end(n, c);
		if (fns) /* else forgotten by its starter */
			fns->exited(arg, e->status);
	} else if (e->kind == PROC_FAILED) {
		call_fail(n, c, &e->err);
	} else if (e->kind == PROC_RESULT && c->result) {
		node_result_fn fn = c->result;

		call_end(n, c);
		give_result(fn, arg, e->result);
	}
}

static void take_event(struct lab_node *n, struct proc_event *e)
{
	struct node_call *c;

	if (e->kind == PROC_READY) {
		on_ready(n, e);
		return;
	}
	c = call_find(n, e->id);
	if (c)
		on_call_event(n, c, e);
}

static void node_free(struct lab_node *n)
{
	free(n->name);
	free(n->user);
	free(n->kernel);
	free(n->hostname);
	json_decref(n->warnings);
	free(n);
}

/* One event; false when there is none, or no more is to be taken. */
static bool read_one(struct lab_node *n)
{
	struct proc_event e = {
		.pty = -1, .listener = -1, .node_socket = -1, .etc_dir = -1, .wsl_dir = -1};
	struct err err = {0};
	int rc = n->lab->ports.proc.next(n->proc, &e, &err);

	if (rc == 0)
		return false;
	if (rc < 0)
		on_gone(n, &err);
	else if (e.kind == PROC_GONE)
		on_gone(n, &e.err);
	else
		take_event(n, &e);
	rc = rc > 0 && e.kind != PROC_GONE;
	proc_event_done(&e);
	return rc && !n->stopped && n->lab->phase != LAB_ENDING;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct lab_node *n = arg;
	int i = 0;

	(void)fd;
	(void)what;
	n->busy = true;
	while (i++ < 32 && read_one(n))
		;
	n->busy = false;
	if (n->stopped)
		node_free(n);
}

/* The first is 1; a node made anew is the next. */
static unsigned next_generation(struct lab *lab, const char *name)
{
	json_int_t g = json_int(lab->generations, name, 0) + 1;

	json_object_set_new(lab->generations, name, json_integer(g));
	return (unsigned)g;
}

static struct lab_node *node_new(struct lab *lab, const struct node *n)
{
	struct lab_node *out = calloc(1, sizeof(*out));

	if (!out)
		return NULL;
	out->lab = lab;
	TAILQ_INIT(&out->calls);
	TAILQ_INSERT_TAIL(&lab->nodes, out, link);
	out->name = strdup(n->name);
	out->user = strdup(n->user);
	out->kernel = strdup(n->kernel);
	out->hostname = strdup(n->hostname);
	out->role = n->role;
	out->observed = n->observed;
	out->binds = proc_asks_binds(n);
	out->sockets = proc_tells_sockets(n);
	out->flows = n->role == ROLE_WINDOWS || n->role == ROLE_ROUTER || n->role == ROLE_WSL;
	out->generation = next_generation(lab, n->name);
	if (!out->name || !out->user || !out->kernel || !out->hostname) {
		node_stop(out);
		return NULL;
	}
	return out;
}

int node_start(struct lab *lab, const struct node *n, node_ready_fn ready, void *arg,
	       struct err *err)
{
	int netns = lab->ports.build.netns_fd(lab->ports.build.ctx, n->name);
	struct lab_node *out = node_new(lab, n);
	int rc;

	if (!out)
		return err_sys(err, ENOMEM, "%s", n->name);
	rc = port_space_begin(lab, n, err);
	if (rc == 0)
		rc = lab->ports.proc.start(lab->ports.proc.ctx, n, netns, &out->proc, err);
	if (rc < 0) {
		node_stop(out);
		return err_wrap(err, "%s", n->name);
	}
	out->ready = ready;
	out->ready_arg = arg;
	out->readable = event_new(lab->base, lab->ports.proc.fd(out->proc), EV_READ | EV_PERSIST,
				  on_readable, out);
	if (!out->readable || event_add(out->readable, NULL) < 0) {
		node_stop(out);
		return err_sys(err, ENOMEM, "%s", n->name);
	}
	return 0;
}

void node_stop(struct lab_node *n)
{
	struct err err = {0};
	struct node_call *c;

	if (!n)
		return;
	TAILQ_REMOVE(&n->lab->nodes, n, link);
	err_set(&err, ERR_MACHINE, ESRCH, "Node '%s' was stopped", n->name ? n->name : "");
	while ((c = TAILQ_FIRST(&n->calls)))
		call_fail(n, c, &err);
	if (n->watched && n->lab->phase != LAB_ENDING) /* else its own end is near */
		n->lab->ports.watch.remove(n->lab->ports.watch.ctx, n->name);
	guest_close(n);
	if (n->name)
		port_space_end(n->lab, n->name);
	if (n->readable)
		event_free(n->readable);
	n->readable = NULL;
	n->lab->ports.proc.stop(n->lab->ports.proc.ctx, n->proc);
	n->proc = NULL;
	n->stopped = true;
	if (!n->busy)
		node_free(n);
}

void node_probe(struct lab_node *n, const char *kind, const json_t *args, node_result_fn fn,
		void *arg)
{
	struct node_call *c = call_new(n, arg);
	struct err err = {0};

	if (!c) {
		err_sys(&err, ENOMEM, "%s", n->name);
		fn(arg, NULL, &err);
		return;
	}
	c->result = fn;
	if (n->lab->ports.proc.probe(n->proc, kind, args, c->id, &err) < 0)
		call_fail(n, c, &err);
}

void node_file(struct lab_node *n, const struct file *f, bool remove, node_result_fn fn, void *arg)
{
	struct node_call *c = call_new(n, arg);
	struct err err = {0};

	if (!c) {
		err_sys(&err, ENOMEM, "%s", n->name);
		fn(arg, NULL, &err);
		return;
	}
	c->result = fn;
	if (n->lab->ports.proc.file(n->proc, f, remove, c->id, &err) < 0)
		call_fail(n, c, &err);
}

void node_install(struct lab_node *n, int fd, const char *path, uint32_t mode, node_result_fn fn,
		  void *arg)
{
	struct node_call *c = call_new(n, arg);
	struct err err = {0};

	if (!c) {
		err_sys(&err, ENOMEM, "%s", n->name);
		fn(arg, NULL, &err);
		return;
	}
	c->result = fn;
	if (n->lab->ports.proc.install(n->proc, fd, path, mode, c->id, &err) < 0)
		call_fail(n, c, &err);
}

void node_spawn(struct lab_node *n, const struct proc_spawn *s, const struct node_spawn_fns *fns,
		void *arg, uint64_t *ret_id)
{
	struct node_call *c = call_new(n, arg);
	struct err err = {0};

	if (!c) {
		err_sys(&err, ENOMEM, "%s", n->name);
		fns->failed(arg, &err);
		return;
	}
	*ret_id = c->id;
	c->spawn = fns;
	if (n->lab->ports.proc.spawn(n->proc, s, c->id, &err) < 0)
		call_fail(n, c, &err);
}

int node_signal(struct lab_node *n, uint64_t id, int sig, struct err *err)
{
	return n->lab->ports.proc.signal(n->proc, id, sig, err);
}

void node_forget(struct lab_node *n, uint64_t id)
{
	struct node_call *c = call_find(n, id);

	if (c)
		c->spawn = NULL;
}
