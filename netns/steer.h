/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports of two nodes' one port space are the guest's. */
#ifndef NETDOJO_NETNS_STEER_H
#define NETDOJO_NETNS_STEER_H

#include "netns/build_node.h"
#include "port/build.h"

/* build_port's `steer`. */
int steer_set(struct build *b, const struct steering *s, struct err *err);
/* A new mirror's port gets the filters that its guest's steering asks for. */
int steer_join(struct build *b, const struct mirror *m, struct err *err);

void steer_done(struct build *b);

#endif
