/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounds on what clients may hold at once, so that a flood from one node can't starve the process.
 */
#ifndef NETDOJO_SERVICES_QUOTA_H
#define NETDOJO_SERVICES_QUOTA_H

#include <stdbool.h>

enum {
	QUOTA_TOTAL = 384, /* connections of the whole process; each holds one or two descriptors of
			      1024 */
	QUOTA_SERVICE = 96, /* connections of one service */
	QUOTA_DNS_PENDING =
		256 /* questions of one DNS service that wait for an upstream or a delay */
};

/* A bound, and the wider one it also counts against (may be NULL). */
struct quota {
	struct quota *parent;
	unsigned int used, max;
};

/* Takes one from q and from all its parents, or from none and returns false. */
bool quota_take(struct quota *q);
void quota_give(struct quota *q);

#endif
