/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back from a change that failed in the middle. */
#include "lab/rollback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first operations of a plan, which ran. */
struct ran {
	const struct op *ops;
	size_t n;
};

static bool same_end(const struct node *a, const struct iface *f, const struct node *b,
		     const struct iface *g)
{
	return a && b && f && g && !strcmp(a->name, b->name) && !strcmp(f->name, g->name);
}

/* Two operations on one link: a pair may be named from either end. */
static bool same_link(const struct op *a, const struct op *b)
{
	return same_end(a->node, a->iface, b->node, b->iface) ||
	       same_end(a->node, a->iface, b->peer_node, b->peer_iface) ||
	       same_end(a->peer_node, a->peer_iface, b->node, b->iface);
}

static bool ran_on_link(const struct ran *r, enum op_kind kind, const struct op *op)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->ops[i].kind == kind && same_link(&r->ops[i], op))
			return true;
	return false;
}

static const char *name_of(const struct op *op)
{
	switch (op->kind) {
	case OP_NODE_ADD:
	case OP_NODE_DEL:
		return op->node->name;
	case OP_SEGMENT_ADD:
	case OP_SEGMENT_DEL:
		return op->segment->name;
	case OP_SERVICE_START:
	case OP_SERVICE_STOP:
		return op->service->name;
	default:
		return "";
	}
}

static bool ran_on(const struct ran *r, enum op_kind kind, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->ops[i].kind == kind && !strcmp(name_of(&r->ops[i]), name))
			return true;
	return false;
}

/* A link goes with its node: no operation says so. */
static bool link_went(const struct ran *r, const struct op *op)
{
	return ran_on_link(r, OP_LINK_DEL, op) || ran_on(r, OP_NODE_DEL, op->node->name) ||
	       (op->peer_node && ran_on(r, OP_NODE_DEL, op->peer_node->name));
}

/* Whether it is to be done on the way back. */
static bool wanted(const struct ran *r, const struct op *op)
{
	static const enum op_kind opposite[N_OP_KINDS] = {
		[OP_NODE_ADD] = OP_NODE_DEL,	      [OP_NODE_DEL] = OP_NODE_ADD,
		[OP_SEGMENT_ADD] = OP_SEGMENT_DEL,    [OP_SEGMENT_DEL] = OP_SEGMENT_ADD,
		[OP_SERVICE_START] = OP_SERVICE_STOP, [OP_SERVICE_STOP] = OP_SERVICE_START,
	};

	if (op->kind == OP_LINK_ADD)
		return link_went(r, op);
	if (op->kind == OP_LINK_DEL)
		return ran_on_link(r, OP_LINK_ADD, op);
	/* OP_NODE_ADD is 0, and the opposite of none but OP_NODE_DEL */
	if (op->kind != OP_NODE_DEL && opposite[op->kind] == OP_NODE_ADD)
		return true;
	return ran_on(r, opposite[op->kind], name_of(op));
}

/* Whether it puts up again what the kernel drops by itself when a link or an address changes. */
static bool is_dropped_kind(enum op_kind k)
{
	return k == OP_ADDR_ADD || k == OP_RULE_ADD || k == OP_NEIGH_ADD || k == OP_ROUTE_ADD;
}

static bool is_touched(const struct ran *r, const struct node *n)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct op *op = &r->ops[i];

		if ((op->node && !strcmp(op->node->name, n->name)) ||
		    (op->peer_node && !strcmp(op->peer_node->name, n->name)))
			return true;
	}
	return false;
}

/* Files and services need the network. */
static bool needs_net(enum op_kind k)
{
	return k == OP_FILE_DEL || k == OP_FILE_SET || k == OP_SERVICE_START || k == OP_SERVICE_SET;
}

static void keep(struct plan *p, const struct op *op)
{
	p->ops[p->n++] = *op;
}

/*
 * Puts `whole`'s operations that restore what the kernel may have dropped in nodes that were touched between those of `back` that
 * come before and after. Both models may name it, so that `back` says nothing: the plan that failed would have put it up again.
 */
static int merge(const struct ran *r, const struct plan *back, const struct plan *whole,
		 struct plan *ret, struct err *err)
{
	struct plan out = {.ops = calloc(back->n + whole->n + 1, sizeof(struct op))};
	size_t i = 0;

	if (!out.ops)
		return err_sys(err, ENOMEM, "Can't plan the way back");
	for (; i < back->n && !needs_net(back->ops[i].kind); i++)
		if (wanted(r, &back->ops[i]))
			keep(&out, &back->ops[i]);
	for (size_t k = 0; k < whole->n; k++)
		if (is_dropped_kind(whole->ops[k].kind) && is_touched(r, whole->ops[k].node))
			keep(&out, &whole->ops[k]);
	for (; i < back->n; i++)
		if (wanted(r, &back->ops[i]))
			keep(&out, &back->ops[i]);
	*ret = out;
	return 0;
}

int rollback_plan(const struct model *from, const struct model *to, const struct plan *forth,
		  size_t n, struct plan *ret, struct err *err)
{
	struct ran ran = {forth->ops, n};
	auto_plan back = {0}, whole = {0};
	int rc = plan_make(to, from, &back, err);

	if (rc == 0 && from)
		rc = plan_make(NULL, from, &whole, err);
	return rc < 0 ? rc : merge(&ran, &back, &whole, ret, err);
}
