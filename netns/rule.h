/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy routing rules of a node. */
#ifndef NETDOJO_NETNS_RULE_H
#define NETDOJO_NETNS_RULE_H

#include "netns/build_node.h"

int rule_add(struct build *b, const struct op *op, struct err *err);
int rule_del(struct build *b, const struct op *op, struct err *err);
/* Moves "from all lookup local" of IPv4 from old_local_rule to local_rule; at no moment is there none. */
int rule_set_local(struct build *b, const struct op *op, struct err *err);

#endif
