/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WireGuard's generic netlink (linux/wireguard.h): one device's settings, one peer's. */
#ifndef NETDOJO_NETNS_WIREGUARD_H
#define NETDOJO_NETNS_WIREGUARD_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { WIREGUARD_KEY = 32, WIREGUARD_MESSAGE = 1024 };

struct nlmsghdr;

/* Where a peer is found; family 0 = it comes to us. */
union wireguard_endpoint {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "203.0.113.50:51820", "[2001:db8::1]:51820"; false for anything else. */
bool wireguard_parse_endpoint(const char *text, union wireguard_endpoint *ret);

/* Messages, in buf of WIREGUARD_MESSAGE bytes, to the generic netlink family of that number. Port 0: the kernel's choice. */
struct nlmsghdr *wireguard_put_device(void *buf, uint16_t family, const char *dev,
				      const uint8_t key[WIREGUARD_KEY], uint16_t port);
/* The one peer, for whatever it says or is sent. */
struct nlmsghdr *wireguard_put_peer(void *buf, uint16_t family, const char *dev,
				    const uint8_t public[WIREGUARD_KEY],
				    const union wireguard_endpoint *at);

/* Both run where the caller is: the namespace of the device. */

/* Gives the device a private key of its own, drawn now and kept nowhere; its public one as the kernel says it. */
int wireguard_init(const char *dev, uint16_t port, uint8_t ret_public[WIREGUARD_KEY],
		   struct err *err);
int wireguard_set_peer(const char *dev, const uint8_t public[WIREGUARD_KEY],
		       const union wireguard_endpoint *at, struct err *err);

#endif
