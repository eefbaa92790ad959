/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One DNS question as it came, and the answers made for it. All wire format is ldns's work. */
#ifndef NETDOJO_SERVICES_DNS_QUERY_H
#define NETDOJO_SERVICES_DNS_QUERY_H

#include <ldns/ldns.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DNS_HEADER = 12,
	DNS_QUERY_MAX = 4096, /* bytes; a longer question is nobody's honest one */
	DNS_MESSAGE_MAX = 65535,
	DNS_UDP_PLAIN = 512, /* an answer's bound where the client says nothing (RFC 1035) */
	DNS_UDP_OURS = 1232, /* what we say we take (DNS flag day 2020) */
};

struct dns_query {
	uint16_t id;
	ldns_pkt_opcode opcode;
	bool recursion_desired, checking_disabled;
	ldns_rr *question; /* owned; as it came, upper and lower case kept; NULL when it could not
			      be read */
	char *name;	   /* owned; lower case, no final dot; "" is the root */
	ldns_rr_type type;
	bool edns;
	size_t udp_size;      /* what the client takes over UDP */
	ldns_pkt_rcode rcode; /* other than NOERROR: the only answer it deserves */
	bool more_records;    /* others than the question's own and EDNS */
	bool bad_version;     /* an EDNS version we don't know: BADVERS */
};

void dns_query_done(struct dns_query *q);

/* Reads a message. False: no answer at all (too short, or itself an answer). Hostile input is
 * expected. */
bool dns_query_parse(const uint8_t *wire, size_t len, struct dns_query *ret);

/* Whether a server's message answers question (name, type and class; case does not matter). */
bool dns_query_matches(const struct dns_query *q, const uint8_t *wire, size_t len);

/* An empty answer with the question in it; the caller frees it (ldns_pkt_free). NULL: out of
 * memory. */
ldns_pkt *dns_answer_new(const struct dns_query *q, ldns_pkt_rcode rcode);

/* As bytes, the caller's to free. Over limit bytes it becomes an empty one with TC set. NULL on
 * failure. */
uint8_t *dns_answer_wire(const struct dns_query *q, ldns_pkt *pkt, size_t limit, size_t *ret_len);

#endif
