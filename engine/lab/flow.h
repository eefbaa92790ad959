/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose a packet is. A flow (addresses and ports, or an ICMP echo's id) belongs to whoever was at work when its
 * first packet was seen, for good: answers and retransmissions come when others are at work.
 */
#ifndef NETDOJO_LAB_FLOW_H
#define NETDOJO_LAB_FLOW_H

#include "base/json.h"

/* The newest flows; older ones are forgotten. Zero-initialise. */
enum { FLOWS_KEPT = 4096 };

struct flows {
	json_t *owner; /* "key" -> "lab", "learner" or "tool" */
	char **keys;   /* in order of coming, a ring of FLOWS_KEPT */
	unsigned next;
};

/* by: who was at work just now. Returns the flow's owner; packets of no flow (errors) are by's. */
const char *flow_owner(struct flows *f, const json_t *packet, const char *by);
void flows_done(struct flows *f);

#endif
