/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ports that WSL shares with Windows (ports.h decides), while it runs: asked about, looked after, steered. */
#ifndef NETDOJO_LAB_PORT_SPACE_H
#define NETDOJO_LAB_PORT_SPACE_H

#include "lab/lab.h"

/* A node starts: where it shares its ports, nothing of them is its own yet. */
int port_space_begin(struct lab *lab, const struct node *n, struct err *err);
/* A node has gone, and what was its own is free. */
void port_space_end(struct lab *lab, const char *node);
/* The lab has changed: what is the guest's is steered to it again, for its interfaces may be new. */
void port_space_update(struct lab *lab);
/* Looks at the guest's sockets, as it does twice a second. */
void port_space_look(struct lab *lab);
/* Somebody in a node, or a service of ours there, binds: 0 or the errno to refuse it with. */
int port_space_bind(struct lab *lab, const char *node, const char *proto, const char *address,
		    uint16_t port);
/* The guest whose ports are relayed on its host: a node's name; NULL when there is none. */
const char *port_space_relayed(const struct lab *lab);
/* The lab ends. */
void port_space_done(struct lab *lab);

#endif
