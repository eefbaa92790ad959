/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node's links and addresses were: the kernel announces them again when nobody changed anything. */
#ifndef NETDOJO_NETNS_WATCH_KNOWN_H
#define NETDOJO_NETNS_WATCH_KNOWN_H

#include "base/json.h"

/* Zero-initialise. */
struct known {
	json_t *links;	   /* by index: what somebody set, without what follows from it */
	json_t *addresses; /* by their own text */
};
void known_done(struct known *k);

/*
 * Takes a `change` event's keys in (borrowed) and says whether they are news. A link's action becomes "add" or "set" by whether it
 * was there. What is neither link nor address is always news.
 */
bool known_news(struct known *k, json_t *change);

#endif
