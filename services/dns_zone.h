/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records a DNS service answers by itself. */
#ifndef NETDOJO_SERVICES_DNS_ZONE_H
#define NETDOJO_SERVICES_DNS_ZONE_H

#include "base/json.h"
#include "services/dns_query.h"

struct dns_zone;

/*
 * records: {"name": {"A": ["192.0.2.1"], "CNAME": "other", ...}}; types A, AAAA, CNAME, NS, PTR,
 * TXT; one value or a list. A name "*.x" answers for what is below x. wildcard: every name answers
 * for what is below it, too.
 */
int dns_zone_new(const json_t *records, bool wildcard, uint32_t ttl, struct dns_zone **ret,
		 struct err *err);
void dns_zone_free(struct dns_zone *z);
bool dns_zone_empty(const struct dns_zone *z);

/* Whether the zone knows q's name; then what it has of q's type is in answer, a chain of CNAMEs
 * followed. */
bool dns_zone_answer(const struct dns_zone *z, const struct dns_query *q, ldns_pkt *answer);

/* Adds one record for q's own name; the address's family must be the type's. */
bool dns_zone_push_address(const struct dns_query *q, ldns_pkt *answer, const char *address);

#endif
