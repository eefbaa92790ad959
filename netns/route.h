/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes of a node. */
#ifndef NETDOJO_NETNS_ROUTE_H
#define NETDOJO_NETNS_ROUTE_H

#include "netns/build_node.h"

int route_add(struct build *b, const struct op *op, struct err *err);
int route_del(struct build *b, const struct op *op, struct err *err);

#endif
