/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and prefixes of both families, as numbers. */
#ifndef NETDOJO_MODEL_NET_H
#define NETDOJO_MODEL_NET_H

#include <stdbool.h>
#include <stdint.h>

/* An address with a prefix length; a lone address has the full length. */
struct prefix {
	int family; /* AF_INET or AF_INET6 */
	uint8_t addr[16];
	unsigned len; /* bits */
};

enum {
	PREFIX_TEXT_MAX = 64, /* an IPv6 address (46) and "/128" fit */
};

/* "10.0.0.1/24" only; false when it is nothing like that. */
bool prefix_parse(const char *cidr, struct prefix *ret);
/* "10.0.0.1" only. */
bool prefix_parse_address(const char *text, struct prefix *ret);
/* Whether a and b have one family and p's first bits are those of ip. */
bool prefix_holds(const struct prefix *p, const struct prefix *ip);
/* The same subnet: family, length and network bits. */
bool prefix_same_net(const struct prefix *a, const struct prefix *b);
bool prefix_same_address(const struct prefix *a, const struct prefix *b);
/* Bits set behind the prefix length: not a network's address. */
bool prefix_has_host_bits(const struct prefix *p);
/* The canonical text, with "/len" or without. */
void prefix_text(const struct prefix *p, bool with_len, char ret[PREFIX_TEXT_MAX]);

#endif
