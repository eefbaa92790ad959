/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Socket addresses from text. */
#include "services/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool cut_port(char *text, uint16_t *port)
{
	char *hash = strchr(text, '#');
	char *end;
	long n;

	if (!hash)
		return true;
	*hash++ = '\0';
	n = strtol(hash, &end, 10);
	if (*end || end == hash || n < 1 || n > 65535)
		return false;
	*port = (uint16_t)n;
	return true;
}

int addr_parse(struct addr *ret, const char *text, uint16_t port, struct err *err)
{
	char host[INET6_ADDRSTRLEN + 8];
	struct addr a = {0};

	if ((size_t)snprintf(host, sizeof(host), "%s", text) >= sizeof(host) ||
	    !cut_port(host, &port))
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is not an address", text);
	if (inet_pton(AF_INET, host, &a.in.sin_addr) == 1) {
		a.in.sin_family = AF_INET;
		a.in.sin_port = htons(port);
		a.len = sizeof(a.in);
	} else if (inet_pton(AF_INET6, host, &a.in6.sin6_addr) == 1) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(port);
		a.len = sizeof(a.in6);
	} else {
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is not an address", text);
	}
	*ret = a;
	return 0;
}

void addr_text(const struct addr *a, char *buf, size_t size)
{
	const void *bytes = a->sa.sa_family == AF_INET6 ? (const void *)&a->in6.sin6_addr
							: (const void *)&a->in.sin_addr;

	if (!inet_ntop(a->sa.sa_family, bytes, buf, (socklen_t)size))
		snprintf(buf, size, "?");
}

uint16_t addr_port(const struct addr *a)
{
	return ntohs(a->sa.sa_family == AF_INET6 ? a->in6.sin6_port : a->in.sin_port);
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family || addr_port(a) != addr_port(b))
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr));
}

void addr_map_v6(struct addr *a)
{
	struct sockaddr_in6 mapped = {.sin6_family = AF_INET6, .sin6_port = a->in.sin_port};

	if (a->sa.sa_family != AF_INET)
		return;
	mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&mapped.sin6_addr.s6_addr[12], &a->in.sin_addr, 4);
	a->in6 = mapped;
	a->len = sizeof(a->in6);
}
