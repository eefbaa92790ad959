/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From "boot" to ready: load the scenario, make the models, build, and tell the boss. */
#ifndef NETDOJO_LAB_BOOT_H
#define NETDOJO_LAB_BOOT_H

#include "lab/conn.h"

/* The boss's first request; answered with the `up` document when every service answers. */
void boot_start(struct conn *c, uint64_t id, struct msg *m);
/* What `info` tells. Caller owns it. */
json_t *boot_info(const struct lab *lab);

#endif
