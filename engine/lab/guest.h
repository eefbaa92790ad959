/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node socket: what a program inside a node may ask. It never names truth, rubric, steps or other labs. */
#ifndef NETDOJO_LAB_GUEST_H
#define NETDOJO_LAB_GUEST_H

#include "lab/node.h"

/* Serves the node's listening socket, which is taken over. */
int guest_listen(struct lab_node *n, int fd, struct err *err);
/* Closes it and every connection through it. */
void guest_close(struct lab_node *n);

#endif
