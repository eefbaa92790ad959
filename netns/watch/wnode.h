/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A watched node: its recorders begin and end together. */
#ifndef NETDOJO_NETNS_WATCH_WNODE_H
#define NETDOJO_NETNS_WATCH_WNODE_H

#include "base/msg.h"
#include "netns/watch/watch.h"

/*
 * Adds a node as the request says, replacing an earlier generation of it. The recorders' state for
 * the answer is *ret_state (caller owns it): {"recorders":{..},"why":{..}}. A recorder that could
 * not be had is no failure.
 */
int wnode_add(struct watch *w, struct msg *request, json_t **ret_state, struct err *err);
/* Ends a node's recorders; an unknown name is none. */
void wnode_remove(struct watch *w, const char *name);

#endif
