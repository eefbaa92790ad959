/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The planner: two models in, an ordered list of operations out. Nothing else decides what touches the kernel.
 *
 * plan_make(NULL, m) builds a lab, plan_make(m, NULL) takes it down, plan_make(a, b) changes a running one. It
 * emits only what differs, so what a learner changed by hand and no model names is left alone. An operation borrows from
 * the two models, which must outlive the plan. Operations are idempotent where the kernel allows: setting what is
 * set succeeds, removing what is gone succeeds (a learner may have been there first).
 */
#ifndef NETDOJO_MODEL_PLAN_H
#define NETDOJO_MODEL_PLAN_H

#include "model/model.h"

/* In the order a build runs them: each kind's operations may rely on those of the kinds above it. */
enum op_kind {
	OP_NODE_ADD,	 /* node: namespaces, root, hostname, agent */
	OP_SEGMENT_ADD,	 /* segment; bridge when members > 2 */
	OP_LINK_ADD,	 /* node, iface (and, for the first op of a two-member segment, peer_node + peer_iface) */
	OP_SYSCTL_SET,	 /* node, sysctl; before links go up */
	OP_LINK_SET,	 /* node, iface: mac, mtu, up/down as the iface says */
	OP_ADDR_ADD,	 /* node, iface, address */
	OP_RULE_ADD,	 /* node, rule */
	OP_NEIGH_ADD,	 /* node, neigh */
	OP_ROUTE_ADD,	 /* node, route */
	OP_RULESET_SET,	 /* node, ruleset (new text), old_ruleset (old text or ""): one transaction */
	OP_FILE_SET,	 /* node, file */
	OP_SERVICE_START, /* service */
	OP_SERVICE_SET,	 /* service: same sockets, new config */
	OP_SERVICE_STOP, /* service */
	OP_FILE_DEL,
	OP_ROUTE_DEL,
	OP_NEIGH_DEL,
	OP_RULE_DEL,
	OP_ADDR_DEL,
	OP_LINK_DEL,
	OP_SEGMENT_DEL,
	OP_NODE_DEL,
	N_OP_KINDS,
};

/* One operation. Pointers are borrowed from the models; those a kind does not use are NULL. */
struct op {
	enum op_kind kind;
	const struct node *node;
	const struct segment *segment;
	size_t segment_members;
	const struct iface *iface;
	const struct node *peer_node;
	const struct iface *peer_iface;
	const struct address *address;
	const struct route *route;
	const struct rule *rule;
	const struct neigh *neigh;
	const struct sysctl *sysctl;
	const struct file *file;
	const struct service *service;
	const char *ruleset, *old_ruleset;
};

struct plan {
	struct op *ops;
	size_t n;
};

/* Either model may be NULL (the empty lab). Caller frees with plan_done. */
int plan_make(const struct model *from, const struct model *to, struct plan *ret, struct err *err);
void plan_done(struct plan *p);
#define auto_plan nd_cleanup(plan_done) struct plan

/* One line for people, as `up --dry-run` prints it: "wsl: link eth0 up, mtu 1500". Caller frees. */
char *op_describe(const struct op *op);
/* {"op":"addr-add","node":"wsl","iface":"eth0",...}; caller owns. */
json_t *op_to_json(const struct op *op);
const char *op_kind_name(enum op_kind k);

#endif
