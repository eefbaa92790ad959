/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which servers a DNS service asks onward: those for everything, and those for the names below a suffix. */
#ifndef NETDOJO_SERVICES_DNS_SERVERS_H
#define NETDOJO_SERVICES_DNS_SERVERS_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "services/addr.h"

enum {
	DNS_UPSTREAMS_MAX = 8,
	DNS_SUFFIXES_MAX = 32,
};

struct dns_servers {
	struct addr addrs[DNS_UPSTREAMS_MAX];
	size_t n;
};

struct dns_suffix; /* a suffix and its servers */

struct dns_upstreams {
	struct dns_servers all;
	struct dns_suffix *suffixes; /* owned */
	size_t n_suffixes;
};

/* Reads `upstream` (a list) and `suffixes` ({"corp.example": ["10.20.30.53"]}) of a config. ret is
 * whole or untouched. */
int dns_upstreams_read(const json_t *config, struct dns_upstreams *ret, struct err *err);
void dns_upstreams_done(struct dns_upstreams *u);

/* Those for a name (lower case, no final dot): the longest suffix's, else those for everything. */
const struct dns_servers *dns_upstreams_for(const struct dns_upstreams *u, const char *name);

#endif
