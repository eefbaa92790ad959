/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the kernel's devices a tunnel is made of: the lab says so. */
#ifndef NETDOJO_LAB_DEVICE_H
#define NETDOJO_LAB_DEVICE_H

#include "lab/lab.h"
#include "model/plan.h"

/* After a link was added or deleted: an event for each end of a tunnel, and what device_of() says. */
void device_note(struct lab *lab, const struct op *op);

/* {"ppp0": "wireguard"} of a node's tunnels; NULL when it has none. Borrowed. */
const json_t *device_of(const struct lab *lab, const char *node);

#endif
