/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host socket: what the command line may ask of a lab. */
#ifndef NETDOJO_LAB_HOST_H
#define NETDOJO_LAB_HOST_H

#include "lab/conn.h"

/* The boss connection, from the process that started us; fd is taken over. NULL when out of memory. */
struct conn *host_boss(struct lab *lab, int fd);
/* Serves the listening socket (taken over) in the state directory. */
int host_listen(struct lab *lab, int fd, struct err *err);

#endif
