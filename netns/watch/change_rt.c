/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink announcements as an event's keys, named as `ip -json` does. */
#include "netns/watch/change_rt.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "netns/watch/netopen.h"

#ifndef IFA_PROTO /* Linux 5.18: who made the address, 0 = somebody by hand */
#define IFA_PROTO 11
#endif

struct number_name {
	int number;
	const char *name;
};

static const struct number_name protocols[] = {
	{RTPROT_UNSPEC, "unspec"}, {RTPROT_REDIRECT, "redirect"}, {RTPROT_KERNEL, "kernel"},
	{RTPROT_BOOT, "boot"},	   {RTPROT_STATIC, "static"},	  {RTPROT_RA, "ra"},
	{RTPROT_DHCP, "dhcp"},
};
static const struct number_name scopes[] = {
	{RT_SCOPE_UNIVERSE, "global"}, {RT_SCOPE_SITE, "site"},	      {RT_SCOPE_LINK, "link"},
	{RT_SCOPE_HOST, "host"},       {RT_SCOPE_NOWHERE, "nowhere"},
};
static const struct number_name types[] = {
	{RTN_UNICAST, "unicast"},     {RTN_LOCAL, "local"},
	{RTN_BROADCAST, "broadcast"}, {RTN_ANYCAST, "anycast"},
	{RTN_MULTICAST, "multicast"}, {RTN_BLACKHOLE, "blackhole"},
	{RTN_PROHIBIT, "prohibit"},   {RTN_UNREACHABLE, "unreachable"},
	{RTN_THROW, "throw"},
};
static const struct number_name operstates[] = {
	{0, "UNKNOWN"}, {1, "NOTPRESENT"}, {2, "DOWN"}, {3, "LOWERLAYERDOWN"},
	{4, "TESTING"}, {5, "DORMANT"},	   {6, "UP"},
};
static const struct number_name link_flags[] = {
	{IFF_LOOPBACK, "LOOPBACK"},
	{IFF_BROADCAST, "BROADCAST"},
	{IFF_POINTOPOINT, "POINTOPOINT"},
	{IFF_MULTICAST, "MULTICAST"},
	{IFF_NOARP, "NOARP"},
	{IFF_PROMISC, "PROMISC"},
	{IFF_UP, "UP"},
	{IFF_LOWER_UP, "LOWER_UP"},
};
static const struct number_name neigh_states[] = {
	{NUD_INCOMPLETE, "INCOMPLETE"}, {NUD_REACHABLE, "REACHABLE"}, {NUD_STALE, "STALE"},
	{NUD_DELAY, "DELAY"},		{NUD_PROBE, "PROBE"},	      {NUD_FAILED, "FAILED"},
	{NUD_NOARP, "NOARP"},		{NUD_PERMANENT, "PERMANENT"},
};
static const struct number_name route_flags[] = {
	{RTNH_F_DEAD, "dead"},
	{RTNH_F_ONLINK, "onlink"},
	{RTNH_F_LINKDOWN, "linkdown"},
};

static void set_str(json_t *obj, const char *key, const char *value)
{
	json_object_set_new(obj, key, json_string(value));
}

static void set_int(json_t *obj, const char *key, json_int_t value)
{
	json_object_set_new(obj, key, json_integer(value));
}

static void set_name(json_t *obj, const char *key, int number, const struct number_name *t,
		     size_t n)
{
	char plain[16];

	for (size_t i = 0; i < n; i++)
		if (t[i].number == number) {
			set_str(obj, key, t[i].name);
			return;
		}
	snprintf(plain, sizeof(plain), "%d", number);
	set_str(obj, key, plain);
}

static void set_bits(json_t *obj, const char *key, unsigned bits, const struct number_name *t,
		     size_t n)
{
	json_t *names = json_array();

	for (size_t i = 0; i < n; i++)
		if (bits & (unsigned)t[i].number)
			json_array_append_new(names, json_string(t[i].name));
	json_object_set_new(obj, key, names);
}

/* Attributes of one message by number; a type beyond the table is not of interest. */
struct attrs {
	const struct nlattr *v[64];
};

static void attrs_read(struct attrs *ret, const struct nlmsghdr *h, size_t header)
{
	const struct nlattr *a;

	memset(ret, 0, sizeof(*ret));
	mnl_attr_for_each(a, h, header) if (mnl_attr_get_type(a) < ARRAY_SIZE(ret->v))
		ret->v[mnl_attr_get_type(a)] = a;
}

static bool has_u32(const struct attrs *at, int type)
{
	return at->v[type] && mnl_attr_get_payload_len(at->v[type]) >= sizeof(uint32_t);
}

static void set_u32(json_t *obj, const char *key, const struct attrs *at, int type)
{
	if (has_u32(at, type))
		set_int(obj, key, mnl_attr_get_u32(at->v[type]));
}

static void set_text(json_t *obj, const char *key, const struct nlattr *a)
{
	if (a && mnl_attr_get_payload_len(a))
		json_object_set_new(obj, key,
				    json_stringn(mnl_attr_get_payload(a),
						 strnlen(mnl_attr_get_payload(a),
							 mnl_attr_get_payload_len(a))));
}

static void set_dev(json_t *obj, const char *key, int sock, int ifindex)
{
	char name[16];

	net_ifname(sock, ifindex, name);
	if (name[0])
		set_str(obj, key, name);
}

/* An address, with "/bits" where bits is not negative. */
static void set_addr(json_t *obj, const char *key, int family, const struct nlattr *a, int bits)
{
	char text[INET6_ADDRSTRLEN + 4];
	size_t need = family == AF_INET ? 4 : 16;

	if (!a || mnl_attr_get_payload_len(a) < need ||
	    !inet_ntop(family, mnl_attr_get_payload(a), text, INET6_ADDRSTRLEN))
		return;
	if (bits >= 0 && bits < (int)need * 8)
		snprintf(text + strlen(text), 5, "/%d", bits);
	set_str(obj, key, text);
}

static void set_mac(json_t *obj, const char *key, const struct nlattr *a)
{
	const uint8_t *m;
	char text[18];

	if (!a || mnl_attr_get_payload_len(a) != 6)
		return;
	m = mnl_attr_get_payload(a);
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	set_str(obj, key, text);
}

static const char *family_name(int family)
{
	return family == AF_INET6 ? "inet6" : "inet";
}

static json_t *change(const char *what, bool gone, bool changed)
{
	return json_pack("{s:s, s:s}", "what", what, "action",
			 gone	   ? "del"
			 : changed ? "set"
				   : "add");
}

static json_t *link_change(const struct nlmsghdr *h, int sock)
{
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(h);
	struct attrs at;
	json_t *c;

	(void)sock;
	/* A bridge tells of its ports in messages of its own family. */
	if (m->ifi_family == AF_BRIDGE)
		return NULL;
	attrs_read(&at, h, sizeof(*m));
	c = change("link", h->nlmsg_type == RTM_DELLINK, false);
	set_text(c, "ifname", at.v[IFLA_IFNAME]);
	set_int(c, "ifindex", m->ifi_index);
	set_bits(c, "flags", m->ifi_flags, link_flags, ARRAY_SIZE(link_flags));
	set_u32(c, "mtu", &at, IFLA_MTU);
	set_mac(c, "address", at.v[IFLA_ADDRESS]);
	if (at.v[IFLA_OPERSTATE])
		set_name(c, "operstate", mnl_attr_get_u8(at.v[IFLA_OPERSTATE]), operstates,
			 ARRAY_SIZE(operstates));
	return c;
}

static json_t *address_change(const struct nlmsghdr *h, int sock)
{
	const struct ifaddrmsg *m = mnl_nlmsg_get_payload(h);
	struct attrs at;
	json_t *c;

	/* Link-local ones come and go with the link by themselves. */
	if (m->ifa_family == AF_INET6 && m->ifa_scope == RT_SCOPE_LINK)
		return NULL;
	attrs_read(&at, h, sizeof(*m));
	/* What a router's advertisement makes is the kernel's doing; taking it away may be somebody's. */
	if (h->nlmsg_type == RTM_NEWADDR && at.v[IFA_PROTO] && mnl_attr_get_u8(at.v[IFA_PROTO]))
		return NULL;
	c = change("address", h->nlmsg_type == RTM_DELADDR, false);
	set_dev(c, "dev", sock, (int)m->ifa_index);
	set_str(c, "family", family_name(m->ifa_family));
	set_addr(c, "local", m->ifa_family, at.v[IFA_LOCAL] ? at.v[IFA_LOCAL] : at.v[IFA_ADDRESS],
		 -1);
	set_int(c, "prefixlen", m->ifa_prefixlen);
	set_addr(c, "broadcast", m->ifa_family, at.v[IFA_BROADCAST], -1);
	set_name(c, "scope", m->ifa_scope, scopes, ARRAY_SIZE(scopes));
	set_text(c, "label", at.v[IFA_LABEL]);
	return c;
}

static void route_gateway(json_t *c, int family, const struct attrs *at)
{
	const struct nlattr *via = at->v[RTA_VIA];

	set_addr(c, "gateway", family, at->v[RTA_GATEWAY], -1);
	if (via && mnl_attr_get_payload_len(via) >= sizeof(struct rtvia) + 4) {
		const struct rtvia *v = mnl_attr_get_payload(via);
		char text[INET6_ADDRSTRLEN];

		if ((v->rtvia_family == AF_INET6 &&
		     mnl_attr_get_payload_len(via) < sizeof(*v) + 16) ||
		    !inet_ntop(v->rtvia_family, v->rtvia_addr, text, sizeof(text)))
			return;
		set_str(c, "gateway", text);
	}
}

/* fe80::/64, which every IPv6 link has of itself once its carrier is there. */
static bool link_local(const struct rtmsg *m, const struct attrs *at)
{
	const uint8_t *dst = at->v[RTA_DST] ? mnl_attr_get_payload(at->v[RTA_DST]) : NULL;

	return m->rtm_protocol == RTPROT_KERNEL && dst && dst[0] == 0xfe && (dst[1] & 0xc0) == 0x80;
}

static json_t *route_change(const struct nlmsghdr *h, int sock)
{
	const struct rtmsg *m = mnl_nlmsg_get_payload(h);
	struct attrs at;
	uint32_t table;
	json_t *c;

	attrs_read(&at, h, sizeof(*m));
	table = has_u32(&at, RTA_TABLE) ? mnl_attr_get_u32(at.v[RTA_TABLE]) : m->rtm_table;
	/* Cached routes, and what the kernel keeps in the local table for each address, are
	 * nobody's change. */
	if (m->rtm_flags & RTM_F_CLONED ||
	    (table == RT_TABLE_LOCAL && m->rtm_protocol == RTPROT_KERNEL))
		return NULL;
	if (m->rtm_family == AF_INET6 && (m->rtm_type == RTN_MULTICAST || link_local(m, &at)))
		return NULL;
	c = change("route", h->nlmsg_type == RTM_DELROUTE, h->nlmsg_flags & NLM_F_REPLACE);
	set_str(c, "family", family_name(m->rtm_family));
	if (m->rtm_dst_len)
		set_addr(c, "dst", m->rtm_family, at.v[RTA_DST], m->rtm_dst_len);
	else
		set_str(c, "dst", "default");
	route_gateway(c, m->rtm_family, &at);
	if (has_u32(&at, RTA_OIF))
		set_dev(c, "dev", sock, (int)mnl_attr_get_u32(at.v[RTA_OIF]));
	set_addr(c, "prefsrc", m->rtm_family, at.v[RTA_PREFSRC], -1);
	set_u32(c, "metric", &at, RTA_PRIORITY);
	set_int(c, "table", table);
	set_name(c, "protocol", m->rtm_protocol, protocols, ARRAY_SIZE(protocols));
	set_name(c, "scope", m->rtm_scope, scopes, ARRAY_SIZE(scopes));
	set_name(c, "type", m->rtm_type, types, ARRAY_SIZE(types));
	set_bits(c, "flags", m->rtm_flags, route_flags, ARRAY_SIZE(route_flags));
	return c;
}

static json_t *rule_change(const struct nlmsghdr *h, int sock)
{
	const struct fib_rule_hdr *m = mnl_nlmsg_get_payload(h);
	struct attrs at;
	json_t *c;

	(void)sock;
	attrs_read(&at, h, sizeof(*m));
	c = change("rule", h->nlmsg_type == RTM_DELRULE, false);
	set_str(c, "family", family_name(m->family));
	set_int(c, "priority",
		has_u32(&at, FRA_PRIORITY) ? mnl_attr_get_u32(at.v[FRA_PRIORITY]) : 0);
	if (m->src_len)
		set_addr(c, "src", m->family, at.v[FRA_SRC], m->src_len);
	else
		set_str(c, "src", "all");
	if (m->dst_len)
		set_addr(c, "dst", m->family, at.v[FRA_DST], m->dst_len);
	set_text(c, "iif", at.v[FRA_IIFNAME]);
	set_text(c, "oif", at.v[FRA_OIFNAME]);
	set_u32(c, "fwmark", &at, FRA_FWMARK);
	set_u32(c, "fwmask", &at, FRA_FWMASK);
	set_int(c, "table", has_u32(&at, FRA_TABLE) ? mnl_attr_get_u32(at.v[FRA_TABLE]) : m->table);
	return c;
}

static json_t *neigh_change(const struct nlmsghdr *h, int sock)
{
	const struct ndmsg *m = mnl_nlmsg_get_payload(h);
	bool gone = h->nlmsg_type == RTM_DELNEIGH;
	struct attrs at;
	json_t *c;

	if (m->ndm_family != AF_INET && m->ndm_family != AF_INET6)
		return NULL;
	attrs_read(&at, h, sizeof(*m));
	c = change("neigh", gone, false);
	set_addr(c, "dst", m->ndm_family, at.v[NDA_DST], -1);
	set_dev(c, "dev", sock, m->ndm_ifindex);
	set_mac(c, "lladdr", at.v[NDA_LLADDR]);
	set_bits(c, "state", m->ndm_state, neigh_states, ARRAY_SIZE(neigh_states));
	return c;
}

static const struct rt_kind {
	uint16_t type;
	size_t header;
	json_t *(*read)(const struct nlmsghdr *h, int sock);
} kinds[] = {
	{RTM_NEWLINK, sizeof(struct ifinfomsg), link_change},
	{RTM_DELLINK, sizeof(struct ifinfomsg), link_change},
	{RTM_NEWADDR, sizeof(struct ifaddrmsg), address_change},
	{RTM_DELADDR, sizeof(struct ifaddrmsg), address_change},
	{RTM_NEWROUTE, sizeof(struct rtmsg), route_change},
	{RTM_DELROUTE, sizeof(struct rtmsg), route_change},
	{RTM_NEWRULE, sizeof(struct fib_rule_hdr), rule_change},
	{RTM_DELRULE, sizeof(struct fib_rule_hdr), rule_change},
	{RTM_NEWNEIGH, sizeof(struct ndmsg), neigh_change},
	{RTM_DELNEIGH, sizeof(struct ndmsg), neigh_change},
};

json_t *change_rt(const struct nlmsghdr *h, int sock)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == h->nlmsg_type &&
		    mnl_nlmsg_get_payload_len(h) >= kinds[i].header)
			return kinds[i].read(h, sock);
	return NULL;
}
