/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of another network namespace; the only place where the watch process enters one. */
#define _GNU_SOURCE
#include "netns/watch/netopen.h"

#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int net_open(const struct watch *w, int netns, int domain, int type, int protocol, struct err *err)
{
	int fd, saved;

	if (setns(netns, CLONE_NEWNET) < 0)
		return err_sys(err, errno, "Can't enter the network namespace");
	fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	saved = errno;
	/* Staying in a node would let later sockets observe the wrong one: better no watch at all.
	 */
	if (setns(w->own_netns, CLONE_NEWNET) < 0)
		abort();
	if (fd < 0)
		return err_sys(err, saved, "Can't open a socket of family %d", domain);
	return fd;
}

void net_ifname(int sock, int ifindex, char ret[16])
{
	struct ifreq ifr = {.ifr_ifindex = ifindex};

	_Static_assert(IFNAMSIZ == 16, "ret holds one interface name");
	ret[0] = '\0';
	if (ifindex > 0 && ioctl(sock, SIOCGIFNAME, &ifr) == 0)
		memcpy(ret, ifr.ifr_name, IFNAMSIZ);
	ret[15] = '\0';
}
