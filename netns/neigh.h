/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Permanent neighbours of a node. */
#ifndef NETDOJO_NETNS_NEIGH_H
#define NETDOJO_NETNS_NEIGH_H

#include "netns/build_node.h"

int neigh_add(struct build *b, const struct op *op, struct err *err);
int neigh_del(struct build *b, const struct op *op, struct err *err);

#endif
