/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a node's network as the kernel announces them: links, addresses, routes, rules,
 * neighbours, rulesets, flows. */
#ifndef NETDOJO_NETNS_WATCH_CHANGES_H
#define NETDOJO_NETNS_WATCH_CHANGES_H

#include "netns/watch/watch.h"

/* netns is borrowed for the call. flows: what conntrack begins and forgets too. */
int changes_new(struct wnode *n, int netns, bool flows, struct changes **ret, struct err *err);
/* Tells of all that has been announced by now. Takes NULL. */
void changes_catch_up(struct changes *c);
/* Takes NULL. */
void changes_free(struct changes *c);

#endif
