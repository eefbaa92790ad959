/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket of a process under observation, and what it says of itself. */
#ifndef NETDOJO_NETNS_WATCH_FETCH_H
#define NETDOJO_NETNS_WATCH_FETCH_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* An internet address as a program gives it to bind(2). */
union any_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* A copy of a thread's descriptor; the caller owns it. -1 when it can't be had. Its number may be
 * another thread's business by now, which harms nobody. */
int fetch_fd(int proc, pid_t pid, int fd);
/* A socket option that is a number; -1 when there is none. */
int fetch_option(int sock, int name);
/* "tcp" (MPTCP has its ports), "udp" or NULL. */
const char *fetch_proto(int sock);
/* Which network namespace the socket belongs to: 0 or a negative errno. */
int fetch_netns(int sock, uint64_t *ret);
/* The kernel's own number of the socket, never used again; 0 = unknown. */
uint64_t fetch_cookie(int sock);
/* The address (an IPv4 one in IPv6's clothes as IPv4) and port; false where it is none of the internet's. */
bool fetch_text(const union any_addr *a, size_t len, char ret[INET6_ADDRSTRLEN],
		uint16_t *ret_port);

#endif
