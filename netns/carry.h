/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tunnel whose packets really travel, on a kernel without WireGuard. */
#ifndef NETDOJO_NETNS_CARRY_H
#define NETDOJO_NETNS_CARRY_H

#include "netns/build_node.h"

/* Both ends. What the kernel refuses, it refuses: nothing else would carry them. */
int carry_add(struct build *b, const struct op *op, struct err *err);
/* What the hub has of an end; nothing there is fine. */
void carry_del(struct build *b, const struct node *node, const struct iface *f);

#endif
