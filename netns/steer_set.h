/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set `gp` of table `ip wslcore` in the host node: the ports of a steering, for its loopback. Private to netns/. */
#ifndef NETDOJO_NETNS_STEER_SET_H
#define NETDOJO_NETNS_STEER_SET_H

#include "netns/build_node.h"
#include "port/build.h"

/* Keeps the ports for the host node, and brings the set there to them. */
int steer_set_remember(struct build *b, const struct steering *s, struct err *err);
/* The same once more, when the tables of a node were written anew; of another node: nothing. */
int steer_set_again(struct build *b, const char *node, struct err *err);

#endif
