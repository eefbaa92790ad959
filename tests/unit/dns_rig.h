/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to a DNS service, and what its answers say. */
#ifndef NETDOJO_TESTS_DNS_RIG_H
#define NETDOJO_TESTS_DNS_RIG_H

#include <ldns/ldns.h>

#include "serve_rig.h"

enum { TCP = 1 };

int dns_udp_to(uint16_t port);
/* The bytes of a question; how many. */
size_t dns_question(const char *name, ldns_rr_type type, uint16_t id, uint16_t edns, uint8_t *buf);
/* NULL: no answer (the socket's time-out, or the connection's end). */
ldns_pkt *dns_ask_tcp(uint16_t port, const uint8_t *q, size_t n);
ldns_pkt *dns_ask_edns(uint16_t port, const char *name, ldns_rr_type type, int how, uint16_t edns);
ldns_pkt *dns_ask(uint16_t port, const char *name, ldns_rr_type type, int how);
/* The answer section as text: "A 192.0.2.1 CNAME host." in order; or the rcode's name when empty
 * and not NOERROR. Takes p over. */
const char *dns_said(ldns_pkt *p, char *buf, size_t size);

#define dns_expect(port, name, type, how, want)                                                    \
	do {                                                                                       \
		char said_[2048];                                                                  \
		ck_assert_str_eq(dns_said(dns_ask(port, name, LDNS_RR_TYPE_##type, how), said_,    \
					  sizeof(said_)),                                          \
				 want);                                                            \
	} while (0)

/* A service with the usual records, and more keys of its config; its port. */
uint16_t dns_start(struct rig *r, const char *name, const char *more, int what);
void dns_set(struct rig *r, const char *more);

#endif
