/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces that share another node's port of a segment (docs/decisions/0009-mirrored-mode.md). */
#ifndef NETDOJO_NETNS_MIRROR_H
#define NETDOJO_NETNS_MIRROR_H

#include "netns/build_node.h"

/* The interface in its node, and in the hub what leads to the port it shares. */
int mirror_add(struct build *b, const struct op *op, struct build_node *n, struct err *err);
/* What is of it in the hub; nothing there is fine. */
void mirror_del(struct build *b, const char *node, const char *iface);
/* OP_MIRROR_SET: which frames are for the host itself. */
int mirror_set(struct build *b, const struct op *op, struct err *err);
/* Has the kernel see now that the hub's links are up. */
void mirror_settle(struct build *b);

#endif
