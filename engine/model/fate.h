/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of each thing when one model turns into another: does the kernel object made for
 * `from` stand in `to`? Pure questions over the two models; the planner emits operations for
 * whatever does not stand.
 *
 * The kernel takes more than it is told to take (tests/netns/test_plan_kernel.c asks it):
 * - deleting one end of a veth pair deletes both;
 * - a link going down, or losing its last IPv4 address, flushes its IPv4 routes in every table and
 *   its neighbours, permanent ones too; going down also takes its IPv6 addresses;
 * - deleting a primary IPv4 address takes the later ones of its subnet (promote_secondaries is 0);
 * - deleting an address takes the IPv4 routes with that source, and blanks it in IPv6 ones;
 * - setting a MAC, even to what it is, flushes the neighbours.
 */
#ifndef NETDOJO_MODEL_FATE_H
#define NETDOJO_MODEL_FATE_H

#include "model/model.h"

/* Two models; NULL = the empty lab. */
struct change {
	const struct model *from, *to;
};

/* How an interface is joined: its segment, and the other end where the segment is a pair. */
struct wire {
	const struct segment *segment;
	size_t members;
	const struct node *peer_node;
	const struct iface *peer_iface;
};

struct wire wire_of(const struct model *m, const struct node *n, const struct iface *f);
/* Without those that only mirror a member. */
size_t segment_members(const struct model *m, const char *segment);

/* The same node, segment or link, before and after, is one kernel object. */
bool fate_node_stays(const struct change *c, const char *node);
bool fate_segment_stays(const struct change *c, const char *segment);
bool fate_link_stays(const struct change *c, const char *node, const char *iface);
/* The frames for the host itself of an interface that mirrors must be led anew. */
bool fate_mirror_differs(const struct change *c, const struct node *to, const struct iface *f);
/* An interface of `to` must be set: it was otherwise, or is new, with the kernel's own settings. */
bool fate_link_differs(const struct change *c, const struct node *to, const struct iface *f);
/* A segment of `to` needs its ports told what its cable does: it did otherwise, or a port is new. */
bool fate_cable_differs(const struct change *c, const struct segment *to);
bool fate_service_stays(const struct change *c, const struct service *from);

/* Address i of an interface of `from` (or, for _stood, of `to`) is never taken away on the way. */
bool fate_address_stays(const struct change *c, const struct node *from, const struct iface *f,
			size_t i);
bool fate_address_stood(const struct change *c, const struct node *to, const struct iface *f,
			size_t i);

/* A thing of `to` that already is in the kernel and stays there throughout. */
bool fate_route_stood(const struct change *c, const struct node *to, const struct route *r);
/* The priority of the rule "from all lookup local" of a node of `to` before. */
uint32_t fate_local_rule_was(const struct change *c, const struct node *to);
bool fate_rule_stood(const struct change *c, const struct node *to, const struct rule *r);
bool fate_neigh_stood(const struct change *c, const struct node *to, const struct neigh *a);

/* A thing of `from` that must be taken away by name: it is in the kernel, nothing else takes it,
 * `to` has it not so. */
bool fate_route_goes(const struct change *c, const struct node *from, const struct route *r);
bool fate_rule_goes(const struct change *c, const struct node *from, const struct rule *r);
bool fate_neigh_goes(const struct change *c, const struct node *from, const struct neigh *a);

/* The kernel can hold it in that node: its interface is up (or it needs none). */
bool fate_route_can_be(const struct node *n, const struct route *r);
bool fate_neigh_can_be(const struct node *n, const struct neigh *a);

/* The MTU an interface has when the model says 0. */
uint32_t fate_mtu(const struct iface *f);

#endif
