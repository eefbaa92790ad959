/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings the kernel from one model to another.
 *
 * Theory of operation. Operations run in plan order; those the kernel answers at once (links, addresses, rulesets)
 * are done when apply() returns, those an agent or a service answers (roots, files, services) are counted in
 * `pending`, and the change is done when all were issued and none is pending. The journal is the plan itself: what
 * stands before `next` was executed. On the first failure no more are issued; when the pending ones have answered, the executed ones
 * are undone, newest first.
 */
#define _GNU_SOURCE
#include "lab/change.h"

#include <string.h>

#include "lab/node.h"
#include "lab/service.h"
#include "model/plan.h"

struct change {
	struct lab *lab;
	struct model *to;
	struct plan plan;
	size_t next;	/* the first operation not executed */
	int pending;	/* executed, not answered */
	int nodes_done; /* for progress */
	int nodes;
	bool issuing;
	struct err err; /* the first failure; code 0 and msg "" = none */
	change_progress_fn progress;
	change_done_fn done;
	void *arg;
	TAILQ_ENTRY(change) link;
};

TAILQ_HEAD(change_queue, change);

static void begin(struct change *c);

static bool failed(const struct change *c)
{
	return c->err.msg[0] != '\0';
}

static void fail(struct change *c, const struct err *err)
{
	if (!failed(c))
		c->err = *err;
}

static void undo_file(struct change *c, const struct op *op)
{
	const struct node *old = c->lab->now ? model_node(c->lab->now, op->node->name) : NULL;
	struct lab_node *n = node_find(c->lab, op->node->name);
	const struct file *f = op->file;

	for (size_t i = 0; old && i < old->n_files; i++)
		if (!strcmp(old->files[i].path, op->file->path))
			f = &old->files[i];
	if (n)
		node_file(n, f, f == op->file && op->kind == OP_FILE_SET, NULL, NULL);
}

static void undo_one(struct change *c, const struct op *op)
{
	struct lab *lab = c->lab;
	struct lab_node *n;

	switch (op->kind) {
	case OP_NODE_ADD:
		n = node_find(lab, op->node->name);
		if (n)
			node_stop(n);
		break;
	case OP_FILE_SET:
	case OP_FILE_DEL:
		undo_file(c, op);
		return;
	case OP_SERVICE_START:
		service_stop(lab, op->service, NULL, NULL);
		return;
	default:
		break;
	}
	lab->ports.build.undo(lab->ports.build.ctx, op);
}

static void finish(struct change *c)
{
	struct lab *lab = c->lab;
	struct err err = c->err;
	bool bad = failed(c);
	change_done_fn done = c->done;
	void *arg = c->arg;

	if (bad)
		while (c->next > 0)
			undo_one(c, &c->plan.ops[--c->next]);
	else
		lab->now = c->to;
	plan_done(&c->plan);
	TAILQ_REMOVE(lab->changes, c, link);
	free(c);
	done(arg, bad ? &err : NULL);
	if (lab->changes && !TAILQ_EMPTY(lab->changes))
		begin(TAILQ_FIRST(lab->changes));
}

static void settle(struct change *c)
{
	if (!c->issuing && c->pending == 0)
		finish(c);
}

static void on_node(void *arg, const struct err *err)
{
	struct change *c = arg;

	c->pending--;
	c->nodes_done++;
	if (err)
		fail(c, err);
	else if (c->progress)
		c->progress(c->arg, "nodes", c->nodes_done, c->nodes);
	settle(c);
}

static void on_file(void *arg, json_t *result, const struct err *err)
{
	struct change *c = arg;
	struct err local = {0};

	c->pending--;
	if (!err && !json_flag(result, "ok", false)) {
		err_set(&local, ERR_MACHINE, EIO, "Can't write a file of a node: %s",
			json_str(result, "error", "no reason given"));
		err = &local;
	}
	if (err)
		fail(c, err);
	settle(c);
}

static void on_service(void *arg, const struct err *err)
{
	struct change *c = arg;

	c->pending--;
	if (err)
		fail(c, err);
	settle(c);
}

/* A new node's files are written by its agent as it makes the root. */
static bool node_is_new(const struct change *c, const struct node *n)
{
	for (size_t i = 0; i < c->plan.n; i++)
		if (c->plan.ops[i].kind == OP_NODE_ADD && c->plan.ops[i].node == n)
			return true;
	return false;
}

static int apply_node(struct change *c, const struct op *op, struct err *err)
{
	struct lab *lab = c->lab;
	int rc;

	if (op->kind == OP_NODE_DEL) {
		struct lab_node *n = node_find(lab, op->node->name);

		if (n)
			node_stop(n);
		return lab->ports.build.apply(lab->ports.build.ctx, op, err);
	}
	rc = lab->ports.build.apply(lab->ports.build.ctx, op, err);
	if (rc < 0)
		return rc;
	c->pending++;
	rc = node_start(lab, op->node, on_node, c, err);
	if (rc < 0)
		c->pending--;
	return rc;
}

static int apply_file(struct change *c, const struct op *op, struct err *err)
{
	struct lab_node *n = node_find(c->lab, op->node->name);

	if (op->kind == OP_FILE_SET && node_is_new(c, op->node))
		return 0;
	if (!n)
		return err_set(err, ERR_MACHINE, ENOENT, "There is no node '%s'", op->node->name);
	c->pending++;
	node_file(n, op->file, op->kind == OP_FILE_DEL || op->file->remove, on_file, c);
	return 0;
}

static int apply_one(struct change *c, const struct op *op, struct err *err)
{
	struct lab *lab = c->lab;

	switch (op->kind) {
	case OP_NODE_ADD:
	case OP_NODE_DEL:
		return apply_node(c, op, err);
	case OP_FILE_SET:
	case OP_FILE_DEL:
		return apply_file(c, op, err);
	case OP_SERVICE_START:
		c->pending++;
		service_start(lab, op->service, on_service, c);
		return 0;
	case OP_SERVICE_SET:
		c->pending++;
		service_set(lab, op->service, on_service, c);
		return 0;
	case OP_SERVICE_STOP:
		c->pending++;
		service_stop(lab, op->service, on_service, c);
		return 0;
	default:
		return lab->ports.build.apply(lab->ports.build.ctx, op, err);
	}
}

static void run(struct change *c)
{
	struct err err = {0};

	c->issuing = true;
	while (c->next < c->plan.n && !failed(c)) {
		if (apply_one(c, &c->plan.ops[c->next], &err) < 0) {
			fail(c, &err);
			break;
		}
		c->next++;
	}
	c->issuing = false;
	settle(c);
}

/* Plans only now: an earlier change may have moved lab->now since this one was asked for. */
static void begin(struct change *c)
{
	struct err err = {0};

	if (plan_make(c->lab->now, c->to, &c->plan, &err) < 0)
		fail(c, &err);
	for (size_t i = 0; i < c->plan.n; i++)
		c->nodes += c->plan.ops[i].kind == OP_NODE_ADD;
	run(c);
}

void change_start(struct lab *lab, struct model *to, change_progress_fn progress, change_done_fn done,
		  void *arg)
{
	struct change *c = calloc(1, sizeof(*c));
	struct err err = {0};
	bool idle;

	if (!lab->changes) {
		lab->changes = calloc(1, sizeof(*lab->changes));
		if (lab->changes)
			TAILQ_INIT(lab->changes);
	}
	if (!c || !lab->changes) {
		free(c);
		err_sys(&err, ENOMEM, "Can't change the lab");
		done(arg, &err);
		return;
	}
	*c = (struct change){.lab = lab, .to = to, .progress = progress, .done = done, .arg = arg};
	idle = TAILQ_EMPTY(lab->changes);
	TAILQ_INSERT_TAIL(lab->changes, c, link);
	if (idle)
		begin(c);
}

static void on_later(void *arg, const struct err *err)
{
	if (err)
		lab_fail(arg, err);
}

void change_later(struct lab *lab, struct model *to)
{
	struct model **grown = realloc(lab->owned, (lab->n_owned + 1) * sizeof(*grown));

	if (!grown) {
		model_free(to);
		return;
	}
	lab->owned = grown;
	lab->owned[lab->n_owned++] = to;
	change_start(lab, to, NULL, on_later, lab);
}

void change_done(struct lab *lab)
{
	struct change *c;

	if (!lab->changes)
		return;
	while ((c = TAILQ_FIRST(lab->changes))) {
		TAILQ_REMOVE(lab->changes, c, link);
		plan_done(&c->plan);
		free(c);
	}
	free(lab->changes);
	lab->changes = NULL;
}
