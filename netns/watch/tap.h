/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node's packets for the attempt's capture. */
#ifndef NETDOJO_NETNS_WATCH_TAP_H
#define NETDOJO_NETNS_WATCH_TAP_H

#include "netns/watch/watch.h"

/* netns is borrowed for the call; the watch has a capture. */
int tap_new(struct wnode *n, int netns, struct tap **ret, struct err *err);
/* Takes NULL. */
void tap_free(struct tap *t);

#endif
