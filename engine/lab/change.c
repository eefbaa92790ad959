/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings the kernel from one model to another.
 *
 * Theory of operation. Operations run in plan order; those the kernel answers at once (links, addresses, rulesets)
 * are done when apply() returns, those an agent or a service answers (roots, files, services) are counted in
 * `pending`, and the change is done when all were issued and none is pending. The journal is the plan itself: what
 * stands before `next` was executed. On the first failure no more are issued; when the pending ones have answered, a plan for the
 * way back (rollback.c) takes the plan's place and runs in the same manner, but past its failures: a learner may have been
 * there, and what can be put right is. Only a node, segment or link that can't be put back ends the lab.
 *
 * A change is over when the recorders have told all they saw of it: what they see after that is not the lab's.
 *
 * Once the lab is ending nothing is finished or begun any more; change_done frees what there is.
 */
#define _GNU_SOURCE
#include "lab/change.h"

#include <string.h>

#include "lab/device.h"
#include "lab/localhost.h"
#include "lab/node.h"
#include "lab/port_space.h"
#include "lab/record.h"
#include "lab/rollback.h"
#include "lab/service.h"
#include "model/plan.h"

struct change {
	struct lab *lab;
	struct model *to;
	bool owned; /* `to` is ours */
	struct plan plan;
	size_t next;	/* the first operation not executed */
	int pending;	/* executed, not answered */
	int stops;	/* those of them that stop a service */
	int nodes_done; /* for progress */
	int nodes;
	bool issuing;
	bool back;	 /* on the way back */
	struct err err;	 /* the first failure; msg "" = none */
	struct err lost; /* what of the way back can't be done without, and failed */
	change_progress_fn progress;
	change_done_fn done;
	void *arg;
	TAILQ_ENTRY(change) link;
};

TAILQ_HEAD(change_queue, change);

static void begin(struct change *c);
static void run(struct change *c);

static bool failed(const struct change *c)
{
	return c->err.msg[0] != '\0';
}

static void fail(struct change *c, const struct err *err)
{
	if (!failed(c))
		c->err = *err;
}

/* A failure of something without which the rest has no place to be. */
static void fail_grave(struct change *c, const struct err *err)
{
	fail(c, err);
	if (c->back && !c->lost.msg[0])
		c->lost = *err;
}

static void change_free(struct change *c)
{
	TAILQ_REMOVE(c->lab->changes, c, link);
	plan_done(&c->plan);
	if (c->owned)
		model_free(c->to);
	free(c);
}

/* `to` is what stands; the model before it is nobody's any more, unless the lab's own. */
static void take_place(struct change *c)
{
	struct lab *lab = c->lab;

	plan_done(&c->plan); /* borrows from both */
	model_free(lab->now_owned);
	lab->now_owned = c->owned ? c->to : NULL;
	lab->now = c->to;
	c->owned = false;
}

static void turn_back(struct change *c)
{
	struct plan forth = c->plan;
	size_t n = c->next;

	c->plan = (struct plan){0};
	c->next = 0;
	c->back = true;
	if (rollback_plan(c->lab->now, c->to, &forth, n, &c->plan, &c->lost) < 0)
		err_wrap(&c->lost, "No way back");
	plan_done(&forth);
	run(c);
}

/* arg: the change. Nothing of it is left to be done, of the relays that follow from it neither. */
static void finished(void *arg)
{
	struct change *c = arg;
	struct lab *lab = c->lab;
	struct err err = c->err, lost = c->lost;
	change_done_fn done = c->done;
	void *done_arg = c->arg;
	bool bad = failed(c);

	change_free(c);
	done(done_arg, bad ? &err : NULL);
	if (lost.msg[0]) {
		err_wrap(&lost, "The lab could not be brought back to what it was");
		lab_fail(lab, &lost);
	}
	if (lab->phase != LAB_ENDING && !TAILQ_EMPTY(lab->changes))
		begin(TAILQ_FIRST(lab->changes));
}

static void complete(struct change *c)
{
	struct lab *lab = c->lab;
	bool bad = failed(c);

	actor_end(&lab->changing);
	if (!bad) {
		service_retry(lab);
		localhost_update(lab);
	}
	/* Whoever asked for it may try Windows' localhost at once. */
	if (bad || !localhost_settle(lab, finished, c))
		finished(c);
}

/* Waits until the recorders have told what we did; the change itself is the queue's. */
struct telling {
	struct change *c;
};

static void on_told(void *arg)
{
	struct change *c = ((struct telling *)arg)->c;

	free(arg);
	if (c->lab->phase != LAB_ENDING)
		complete(c);
}

/* What comes after our own doing is somebody else's, however soon. */
static void finish(struct change *c)
{
	struct telling *t = malloc(sizeof(*t));

	if (!failed(c))
		take_place(c);
	port_space_update(c->lab); /* after a way back too: a node may be another */
	if (!t) {
		complete(c);
		return;
	}
	t->c = c;
	record_sync(c->lab, on_told, t);
}

/* Always a caller's last step: the change may be gone after it. */
static void settle(struct change *c)
{
	if (c->issuing || c->pending > 0 || c->lab->phase == LAB_ENDING)
		return;
	if (failed(c) && !c->back && c->next > 0)
		turn_back(c);
	else
		finish(c);
}

static void on_node(void *arg, const struct err *err)
{
	struct change *c = arg;

	c->pending--;
	c->nodes_done++;
	if (err)
		fail_grave(c, err);
	else if (c->progress && !c->back)
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

/* Who waits for its address may have it now. */
static void on_stopped(void *arg, const struct err *err)
{
	struct change *c = arg;

	c->stops--;
	c->pending--;
	if (err)
		fail(c, err);
	if (c->stops == 0 && !c->issuing && c->lab->phase != LAB_ENDING)
		run(c);
}

/* A new node's files are written by its agent as it makes the root. */
static bool node_is_new(const struct change *c, const struct node *n)
{
	for (size_t i = 0; i < c->plan.n; i++)
		if (c->plan.ops[i].kind == OP_NODE_ADD && c->plan.ops[i].node == n)
			return true;
	return false;
}

/* Its namespace stands when this fails half-way, and the operation is none of those that ran: so it goes here. */
static int add_node(struct change *c, const struct op *op, struct err *err)
{
	const struct build_port *b = &c->lab->ports.build;
	int rc = b->apply(b->ctx, op, err);

	if (rc < 0)
		return rc;
	c->pending++;
	rc = node_start(c->lab, op->node, on_node, c, err);
	if (rc == 0)
		return 0;
	c->pending--;
	b->undo(b->ctx, op);
	return rc;
}

/* The agent last: where the namespace can't be let go, the node is whole. */
static int remove_node(struct change *c, const struct op *op, struct err *err)
{
	const struct build_port *b = &c->lab->ports.build;
	int rc = b->apply(b->ctx, op, err);

	if (rc == 0)
		node_stop(node_find(c->lab, op->node->name));
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

static int apply_service(struct change *c, const struct op *op)
{
	c->pending++;
	c->stops += op->kind == OP_SERVICE_STOP;
	if (op->kind == OP_SERVICE_START)
		service_start(c->lab, op->service, on_service, c);
	else if (op->kind == OP_SERVICE_SET)
		service_set(c->lab, op->service, on_service, c);
	else
		service_stop(c->lab, op->service, on_stopped, c);
	return 0;
}

static int apply_plain(struct change *c, const struct op *op, struct err *err)
{
	const struct build_port *b = &c->lab->ports.build;
	int rc = b->apply(b->ctx, op, err);

	if (rc == 0)
		device_note(c->lab, op);
	return rc;
}

static int apply_one(struct change *c, const struct op *op, struct err *err)
{
	switch (op->kind) {
	case OP_NODE_ADD:
		return add_node(c, op, err);
	case OP_NODE_DEL:
		return remove_node(c, op, err);
	case OP_FILE_SET:
	case OP_FILE_DEL:
		return apply_file(c, op, err);
	case OP_SERVICE_START:
	case OP_SERVICE_SET:
	case OP_SERVICE_STOP:
		return apply_service(c, op);
	default:
		return apply_plain(c, op, err);
	}
}

static bool is_grave(enum op_kind k)
{
	return k == OP_NODE_ADD || k == OP_SEGMENT_ADD || k == OP_LINK_ADD;
}

static void run(struct change *c)
{
	c->issuing = true;
	while (c->next < c->plan.n && (c->back || !failed(c))) {
		const struct op *op = &c->plan.ops[c->next];
		struct err err = {0};

		if (op->kind == OP_SERVICE_START && c->stops > 0)
			break; /* on_stopped goes on: the address may be another's until then */
		if (apply_one(c, op, &err) < 0) {
			if (is_grave(op->kind))
				fail_grave(c, &err);
			else
				fail(c, &err);
			if (!c->back)
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

	actor_begin(&c->lab->changing);
	if (plan_make(c->lab->now, c->to, &c->plan, &err) < 0)
		fail(c, &err);
	for (size_t i = 0; i < c->plan.n; i++)
		c->nodes += c->plan.ops[i].kind == OP_NODE_ADD;
	run(c);
}

static struct change *change_new(struct lab *lab, struct model *to)
{
	struct change *c = calloc(1, sizeof(*c));

	if (!lab->changes) {
		lab->changes = calloc(1, sizeof(*lab->changes));
		if (lab->changes)
			TAILQ_INIT(lab->changes);
	}
	if (!c || !lab->changes) {
		free(c);
		return NULL;
	}
	c->lab = lab;
	c->to = to;
	return c;
}

static void enqueue(struct change *c)
{
	bool idle = TAILQ_EMPTY(c->lab->changes);

	TAILQ_INSERT_TAIL(c->lab->changes, c, link);
	if (idle)
		begin(c);
}

void change_start(struct lab *lab, struct model *to, change_progress_fn progress,
		  change_done_fn done, void *arg)
{
	struct change *c = change_new(lab, to);
	struct err err = {0};

	if (!c) {
		err_sys(&err, ENOMEM, "Can't change the lab");
		done(arg, &err);
		return;
	}
	c->progress = progress;
	c->done = done;
	c->arg = arg;
	enqueue(c);
}

void change_take(struct lab *lab, struct model *to, change_done_fn done, void *arg)
{
	struct change *c = change_new(lab, to);
	struct err err = {0};

	if (!c) {
		model_free(to);
		err_sys(&err, ENOMEM, "Can't change the lab");
		done(arg, &err);
		return;
	}
	c->owned = true;
	c->done = done;
	c->arg = arg;
	enqueue(c);
}

static void on_later(void *arg, const struct err *err)
{
	if (err)
		lab_fail(arg, err);
}

/* The newest that waits and is ours to replace. The first of the queue does not wait. */
static struct change *replaceable(const struct lab *lab)
{
	struct change *c = TAILQ_LAST(lab->changes, change_queue);

	return c && c != TAILQ_FIRST(lab->changes) && c->done == on_later ? c : NULL;
}

static void replace(struct model **place, struct model *to)
{
	model_free(*place);
	*place = to;
}

void change_later(struct lab *lab, struct model *to)
{
	struct change *c;
	struct err err = {0};

	if (lab->phase == LAB_ENDING) {
		model_free(to);
	} else if (!lab->changes) {
		replace(&lab->early, to);
	} else if ((c = replaceable(lab))) {
		replace(&c->to, to);
	} else if ((c = change_new(lab, to))) {
		c->owned = true;
		c->done = on_later;
		c->arg = lab;
		enqueue(c);
	} else {
		model_free(to);
		err_sys(&err, ENOMEM, "Can't change the lab");
		lab_fail(lab, &err);
	}
}

void change_early(struct lab *lab)
{
	if (lab->early)
		change_later(lab, ptr_steal(lab->early));
}

bool change_under_way(const struct lab *lab)
{
	return lab->changes && !TAILQ_EMPTY(lab->changes);
}

void change_done(struct lab *lab)
{
	if (!lab->changes)
		return;
	while (!TAILQ_EMPTY(lab->changes))
		change_free(TAILQ_FIRST(lab->changes));
	free(lab->changes);
	lab->changes = NULL;
}
