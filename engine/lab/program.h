/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real programs that serve in a node (git daemon, python3 -m http.server), ready when their port listens. */
#ifndef NETDOJO_LAB_PROGRAM_H
#define NETDOJO_LAB_PROGRAM_H

#include "lab/service.h"

/* config: {"argv":[..],"user":"root","cwd":"","ready":{"tcp":PORT}|{"udp":PORT}} ; without ready it is ready once it runs. */
void program_start(struct lab *lab, const struct service *s, service_done_fn done, void *arg);
/* Ends it (SIGTERM to its group); nothing when it does not run. */
void program_stop(struct lab *lab, const char *name);
void program_done(struct lab *lab);

#endif
