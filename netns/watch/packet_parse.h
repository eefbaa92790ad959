/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One packet's headers as an event's keys. Pure: bytes in, JSON out. */
#ifndef NETDOJO_NETNS_WATCH_PACKET_PARSE_H
#define NETDOJO_NETNS_WATCH_PACKET_PARSE_H

#include <stdint.h>

#include "base/json.h"

/*
 * An IPv4 or IPv6 packet from its network header on, perhaps cut short. The keys of
 * docs/protocol.md's `packet` event, without if, dir and the common ones; NULL when it is none of
 * the kinds named there. Caller owns it.
 */
json_t *packet_parse(const uint8_t *data, size_t len);

/* Adds qid, qname, qtype and for answers rcode and answers to obj; false when it is no DNS message.
 */
bool dns_parse(json_t *obj, const uint8_t *data, size_t len);

#endif
