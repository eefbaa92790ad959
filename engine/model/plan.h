/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The planner: two models in, an ordered list of operations out. Nothing else decides what
 * touches the kernel.
 *
 * plan_make(NULL, m) builds a lab, plan_make(m, NULL) takes it down, plan_make(a, b) changes a
 * running one. It emits only what differs, so what a learner changed by hand and no model names
 * is left alone. An operation borrows from the two models, which must outlive the plan.
 * Operations are idempotent where the kernel allows: setting what is set succeeds, removing what
 * is gone succeeds (a learner may have been there first).
 *
 * Order. Everything that goes, goes before anything comes, from the outside in:
 *
 *	SERVICE_STOP  ROUTE_DEL  NEIGH_DEL  RULE_DEL  ADDR_DEL  LINK_DEL  SEGMENT_DEL  NODE_DEL
 *	NODE_ADD  SEGMENT_ADD  LINK_ADD  SEGMENT_SET  SYSCTL_SET  LINK_SET  MIRROR_SET  ADDR_ADD
 *	NEIGH_ADD  ROUTE_ADD  LOCAL_RULE_SET  RULE_ADD  RULESET_SET  FILE_DEL  FILE_SET
 *	SERVICE_START  SERVICE_SET
 *
 * so that a new default route never meets the old one (EEXIST), a moved address never stands
 * twice, and a link is deleted from the side that survives, before the namespace of the other
 * side. What the kernel drops on its own when a link or an address goes (fate.h lists it) is put
 * back when it is still in the model. Addresses of one interface go last first and come in the
 * model's order, since the first of a subnet is its primary. Links are made down; sysctls come
 * before they are up, ip_forward first because switching it resets others. Routes without a
 * gateway come before those with one, and rules after all, since a gateway is looked up by them.
 * An interface that mirrors another is made after all others and goes before them. The switch's
 * ruleset is set after LINK_ADD, and anew with an interface it names.
 * What the kernel could not hold (a route by an interface that is down) is not asked for; it
 * comes when the interface does. A sysctl that a later model no longer names keeps its value:
 * nobody knows what it was before. A node whose role, host name, kernel, trees, disk, volumes or
 * interop change is another node: deleted and made anew. A service goes and comes with its node
 * and with the one in `via`. `windows` makes no operation.
 */
#ifndef NETDOJO_MODEL_PLAN_H
#define NETDOJO_MODEL_PLAN_H

#include "model/model.h"

/* In the order a build runs them: each kind may rely on those above it. A change: see above. */
enum op_kind {
	OP_NODE_ADD,	/* node: namespaces, root, hostname, agent; lo up */
	OP_SEGMENT_ADD, /* segment; nothing to make unless segment_is_bridge() */
	OP_LINK_ADD,	/* node, iface; of a two-member segment one for the pair, peer_* set */
	OP_SEGMENT_SET, /* segment: what its cable does to frames, on every port it has now */
	OP_SYSCTL_SET,	/* node, sysctl; before links go up */
	OP_LINK_SET,	/* node, iface: mac, mtu, up/down as the iface says */
	OP_MIRROR_SET,	/* node, iface, which mirrors: what leads its frames to peer_*, the host's
			   interface of the loopback segment (NULL: none) */
	OP_ADDR_ADD,	/* node, iface, address */
	OP_NEIGH_ADD,	/* node, neigh */
	OP_ROUTE_ADD,	/* node, route */
	OP_LOCAL_RULE_SET, /* node; local_rule (new), old_local_rule: "from all lookup local" moves */
	OP_RULE_ADD,	   /* node, rule */
	OP_RULESET_SET,	   /* node (NULL: the switch), ruleset (new), old_ruleset (old or ""),
			      rebind: one transaction */
	OP_FILE_SET,	   /* node, file */
	OP_SERVICE_START,
	OP_SERVICE_SET, /* same sockets, new config */
	OP_SERVICE_STOP,
	OP_FILE_DEL,
	OP_ROUTE_DEL,
	OP_NEIGH_DEL,
	OP_RULE_DEL,
	OP_ADDR_DEL,
	OP_LINK_DEL, /* of a pair one, from the end whose node stays; peer_* set */
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
	bool rebind; /* with a ruleset: interfaces it may name are new */
	uint32_t local_rule, old_local_rule;
};

/* Whether a segment with that many members is a bridge, not a pair: by its word, its members, or a
 * cable that does something to frames, which takes ports to do it on. NULL: false. */
bool segment_is_bridge(const struct segment *s, size_t members);
/* Whether its cable does anything to frames. */
bool segment_is_impaired(const struct segment *s);

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
