/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams answered from the very address they were sent to. */
#ifndef NETDOJO_SERVICES_UDP_H
#define NETDOJO_SERVICES_UDP_H

#include <netinet/in.h>
#include <sys/types.h>

#include "services/addr.h"

/* Who asked, and which of our addresses was asked. */
struct udp_peer {
	struct addr from;
	union {
		struct in_pktinfo v4;
		struct in6_pktinfo v6;
	} to;
	int to_family; /* AF_UNSPEC: not known, the kernel chooses */
};

/* Makes a bound datagram socket ready: non-blocking, and telling which address was asked. */
int udp_prepare(int fd, struct err *err);
/* One datagram; -1 with errno as recvmsg. Longer ones are cut at size. */
ssize_t udp_recv(int fd, void *buf, size_t size, struct udp_peer *ret);
/* Sends back; a failure is the network's, and is ignored as a lost packet would be. */
void udp_send(int fd, const void *buf, size_t len, const struct udp_peer *peer);

#endif
