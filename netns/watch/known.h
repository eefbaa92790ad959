/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node's links, addresses and permanent neighbours were: the kernel announces them again
 * when nobody changed anything. */
#ifndef NETDOJO_NETNS_WATCH_KNOWN_H
#define NETDOJO_NETNS_WATCH_KNOWN_H

#include "base/json.h"

/* Zero-initialise. */
struct known {
	json_t *links;	   /* by index: what somebody set, without what follows from it */
	json_t *addresses; /* by their own text */
	json_t *neighs;	   /* the permanent ones: hardware address by "device address" */
};
void known_done(struct known *k);

/*
 * Takes a `change` event's keys in (borrowed) and says whether they are news. The action of a link
 * or neighbour becomes "add", "set" or "del" by what was known of it. Routes and rules are always
 * news.
 */
bool known_news(struct known *k, json_t *change);

#endif
