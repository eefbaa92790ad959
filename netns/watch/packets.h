/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of a node that say something: errors, echoes, DNS, and how connections begin and are
 * refused. */
#ifndef NETDOJO_NETNS_WATCH_PACKETS_H
#define NETDOJO_NETNS_WATCH_PACKETS_H

#include "netns/watch/watch.h"

/* netns is borrowed for the call. */
int packets_new(struct wnode *n, int netns, struct packets **ret, struct err *err);
/*
 * Takes NULL. Emits what was merged or cut off up to now, before its second is over; a flood from
 * before takes no room from what follows.
 */
void packets_catch_up(struct packets *p);
/* Takes NULL. Emits what was merged and not yet said. */
void packets_free(struct packets *p);

#endif
