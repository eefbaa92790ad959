/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of an interface. */
#ifndef NETDOJO_NETNS_ADDRESS_H
#define NETDOJO_NETNS_ADDRESS_H

#include "netns/build_node.h"

int address_add(struct build *b, const struct op *op, struct err *err);
int address_del(struct build *b, const struct op *op, struct err *err);

#endif
