/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of another network namespace; the only place where the watch process enters one. */
#ifndef NETDOJO_NETNS_WATCH_NETOPEN_H
#define NETDOJO_NETNS_WATCH_NETOPEN_H

#include "netns/watch/watch.h"

/* socket(2) inside netns (borrowed), non-blocking and close-on-exec. Caller owns it; negative errno
 * on failure. */
int net_open(const struct watch *w, int netns, int domain, int type, int protocol, struct err *err);
/* The interface's name in the namespace the socket belongs to; "" when there is none. */
void net_ifname(int sock, int ifindex, char ret[16]);

#endif
