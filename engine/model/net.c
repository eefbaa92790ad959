/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and prefixes of both families, as numbers. */
#include "model/net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static unsigned full_len(int family)
{
	return family == AF_INET ? 32 : 128;
}

bool prefix_parse_address(const char *text, struct prefix *ret)
{
	struct prefix p = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};

	if (inet_pton(p.family, text, p.addr) != 1)
		return false;
	p.len = full_len(p.family);
	*ret = p;
	return true;
}

/* "0" to "128", no sign, no space, no leading zero. */
static bool parse_len(const char *text, unsigned most, unsigned *ret)
{
	unsigned n = 0;
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 3 || text[digits] || (digits > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (unsigned)(text[i] - '0');
	if (n > most)
		return false;
	*ret = n;
	return true;
}

bool prefix_parse(const char *cidr, struct prefix *ret)
{
	char addr[PREFIX_TEXT_MAX];
	const char *slash = strchr(cidr, '/');
	struct prefix p;

	if (!slash || (size_t)(slash - cidr) >= sizeof(addr))
		return false;
	memcpy(addr, cidr, (size_t)(slash - cidr));
	addr[slash - cidr] = '\0';
	if (!prefix_parse_address(addr, &p) || !parse_len(slash + 1, p.len, &p.len))
		return false;
	*ret = p;
	return true;
}

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	if (memcmp(a, b, whole) != 0)
		return false;
	return !rest || !((a[whole] ^ b[whole]) & mask);
}

bool prefix_holds(const struct prefix *p, const struct prefix *ip)
{
	return p->family == ip->family && same_bits(p->addr, ip->addr, p->len);
}

bool prefix_same_net(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && prefix_holds(a, b);
}

bool prefix_same_address(const struct prefix *a, const struct prefix *b)
{
	return a->family == b->family && same_bits(a->addr, b->addr, full_len(a->family));
}

bool prefix_has_host_bits(const struct prefix *p)
{
	for (unsigned bit = p->len; bit < full_len(p->family); bit++)
		if (p->addr[bit / 8] & (0x80u >> (bit % 8)))
			return true;
	return false;
}

void prefix_text(const struct prefix *p, bool with_len, char ret[PREFIX_TEXT_MAX])
{
	char addr[INET6_ADDRSTRLEN] = "";

	inet_ntop(p->family, p->addr, addr, sizeof(addr));
	if (with_len)
		snprintf(ret, PREFIX_TEXT_MAX, "%s/%u", addr, p->len);
	else
		snprintf(ret, PREFIX_TEXT_MAX, "%s", addr);
}
