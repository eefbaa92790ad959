/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of a node, opened in its network namespace by init and passed on. */
#ifndef NETDOJO_NETNS_SOCKET_H
#define NETDOJO_NETNS_SOCKET_H

#include "netns/build_node.h"

/* As build_port.open_socket says. */
int socket_open(struct build *b, struct build_node *n, int type, const char *address, uint16_t port,
		struct err *err);

#endif
