/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The build port on a real kernel: network namespaces, links, addresses, routes, rules, neighbours,
 * rulesets. */
#ifndef NETDOJO_NETNS_BUILD_H
#define NETDOJO_NETNS_BUILD_H

#include "port/build.h"

/*
 * Opens the port for the calling process, which must have CAP_NET_ADMIN over its current network
 * namespace. That namespace becomes the lab's hub: bridges of segments with three members or more,
 * and their ports, live there. A thread that uses the port is in the hub before and after every
 * call.
 */
int build_open(struct build_port *ret, struct err *err);

/* Closes every namespace it holds and frees the port's memory; takes a closed or zeroed port. */
void build_close(struct build_port *port);

/*
 * Makes n network namespaces ahead, while the caller waits for something else; OP_NODE_ADD then
 * takes one, and any other operation drops those left. Best effort: fewer are made when the kernel
 * refuses.
 */
void build_prepare(struct build_port *port, size_t n);

#endif
