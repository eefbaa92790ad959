/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links: veth pairs moved straight into place, bridges, dummies. Every call is idempotent. */
#ifndef NETDOJO_NETNS_LINK_H
#define NETDOJO_NETNS_LINK_H

#include "model/plan.h"
#include "netns/build_node.h"

/* The bridge of a segment with three members or more, in the hub; nothing to do for a smaller one.
 */
int link_add_segment(struct build *b, const struct op *op, struct err *err);
int link_del_segment(struct build *b, const struct op *op, struct err *err);

/* op->iface in its node, by its kind; with a peer, both ends at once. */
int link_add(struct build *b, const struct op *op, struct err *err);
int link_del(struct build *b, const struct op *op, struct err *err);
/* MAC, MTU and up or down, in one request. */
int link_set(struct build *b, const struct op *op, struct err *err);
/* Once all links of a plan are up: returns when they pass packets. */
void link_settle(struct build *b);

/* The hub's end of that number. */
void link_port_name(char ret[IFNAMSIZ], unsigned int number);
/* For mirror.c and carry.c: links of the hub, a port of the bridge (0: none), of a group that goes at once (0: none). */
struct hub_end {
	const char *name;
	unsigned int bridge, group;
};
int link_add_bridge(struct rtsock *rt, const struct hub_end *end, struct err *err);
/* Two ends of one pair, both up. */
int link_add_hub_pair(struct rtsock *rt, const struct hub_end *a, const struct hub_end *z,
		      struct err *err);
/* A node's interface, with its end in the hub. */
int link_add_port(struct build *b, const struct iface *i, const struct hub_end *end,
		  struct build_node *n, struct err *err);
/* Each deletion waits for the kernel's grace periods; so does that of a group, once. */
void link_del_group(struct rtsock *rt, unsigned int group);
/* For tunnel.c: an interface without a MAC, made where it stays. */
int link_add_bare(struct build_node *n, const struct iface *i, const char *kind, struct err *err);
int link_del_index(struct rtsock *rt, unsigned int index, struct err *err);

int link_set_flag_up(struct rtsock *rt, unsigned int index, bool up, struct err *err);
/* Every link that can be deleted in a node. */
int link_del_all(struct build_node *n, int home, struct err *err);

#endif
