/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a DNS service misbehaves, and for which names. */
#ifndef NETDOJO_SERVICES_DNS_BEHAVIOUR_H
#define NETDOJO_SERVICES_DNS_BEHAVIOUR_H

#include "base/json.h"

enum dns_behaviour_kind {
	DNS_OK,
	DNS_SILENT,
	DNS_SERVFAIL,
	DNS_NXDOMAIN,
	DNS_REFUSED,
	DNS_TRUNCATED,
	DNS_DELAY,
	DNS_WRONG,
	DNS_NO_AAAA,
	DNS_CLOSE_TCP,
	DNS_BEHAVIOURS,
};

struct dns_behaviour {
	enum dns_behaviour_kind kind;
	unsigned int delay_ms;
	char address[64]; /* what DNS_WRONG answers */
	json_t *names;	  /* owned; globs; NULL or empty: every name */
};

int dns_behaviour_read(const json_t *j, struct dns_behaviour *ret, struct err *err);
void dns_behaviour_done(struct dns_behaviour *b);

/* The kind for one name (lower case, no final dot). */
enum dns_behaviour_kind dns_behaviour_for(const struct dns_behaviour *b, const char *name);

/* Whether TCP connects are to be refused by the kernel: only where that is meant for every name. */
bool dns_behaviour_refuses_tcp(const struct dns_behaviour *b);

#endif
