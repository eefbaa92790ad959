/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back from a change that failed in the middle. */
#include "lab/rollback.h"

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
		[OP_NODE_ADD] = OP_NODE_DEL,	       [OP_NODE_DEL] = OP_NODE_ADD,
		[OP_SEGMENT_ADD] = OP_SEGMENT_DEL,     [OP_SEGMENT_DEL] = OP_SEGMENT_ADD,
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

int rollback_plan(const struct model *from, const struct model *to, const struct plan *forth, size_t n,
		  struct plan *ret, struct err *err)
{
	struct ran ran = {forth->ops, n};
	struct plan back = {0};
	size_t kept = 0;
	int rc = plan_make(to, from, &back, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < back.n; i++)
		if (wanted(&ran, &back.ops[i]))
			back.ops[kept++] = back.ops[i];
	back.n = kept;
	*ret = back;
	return 0;
}
