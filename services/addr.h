/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Socket addresses from text. */
#ifndef NETDOJO_SERVICES_ADDR_H
#define NETDOJO_SERVICES_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/err.h"

struct addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t len;
};

/* "192.0.2.1", "fd00::1"; "192.0.2.1#5353" overrides port. */
int addr_parse(struct addr *ret, const char *text, uint16_t port, struct err *err);
/* The address alone as text; always terminated. */
void addr_text(const struct addr *a, char *buf, size_t size);
uint16_t addr_port(const struct addr *a);
/* Same family, address and port. */
bool addr_equal(const struct addr *a, const struct addr *b);
/* Rewrites an IPv4 address as ::ffff:a.b.c.d, for use on an IPv6 socket. */
void addr_map_v6(struct addr *a);

#endif
