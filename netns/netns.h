/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network namespace as a descriptor: making one, and being in one for the length of a block. */
#ifndef NETDOJO_NETNS_NETNS_H
#define NETDOJO_NETNS_NETNS_H

#include "base/cleanup.h"
#include "base/err.h"

/* The caller's network namespace, found without procfs (a container may mask it). Caller owns the
 * descriptor. */
int netns_current(struct err *err);

/* A new network namespace; the caller is back in home when this returns. Caller owns the
 * descriptor. */
int netns_make(int home, struct err *err);

/*
 * Being inside another namespace. Declare `auto_visit v = NETNS_AT_HOME;`, then netns_enter(&v, ns,
 * home): the end of the block leads home, whichever way it is left. Nothing but opening sockets and
 * rule contexts is done inside.
 */
struct netns_visit {
	int home; /* borrowed; -1 = not away */
};
#define NETNS_AT_HOME                                                                              \
	{                                                                                          \
		.home = -1                                                                         \
	}
int netns_enter(struct netns_visit *v, int ns, int home, struct err *err);
void netns_leave(struct netns_visit *v);
#define auto_visit nd_cleanup(netns_leave) struct netns_visit

#endif
