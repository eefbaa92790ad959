/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ends of a VPN. */
#ifndef NETDOJO_NETNS_TUNNEL_H
#define NETDOJO_NETNS_TUNNEL_H

#include "netns/build_node.h"

/*
 * Both ends at once: WireGuard devices that know each other, each made in its own node, whence its packets leave. ENOTSUP,
 * with nothing made, where the kernel has no WireGuard.
 */
int tunnel_add(struct build *b, const struct op *op, struct err *err);
/* The end in op->peer_node, which does not go with the other as a pair's does. */
void tunnel_del_peer(struct build *b, const struct op *op);
/* Whether the interface has no link layer, so neither MAC nor neighbours. */
bool tunnel_is_bare(const struct build_node *n, const char *dev);

#endif
