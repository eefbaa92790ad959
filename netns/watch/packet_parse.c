/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One packet's headers as an event's keys. */
#include "netns/watch/packet_parse.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/param.h>

enum { DNS_PORT = 53 };

/* What of a packet is left to read. */
struct view {
	const uint8_t *p;
	size_t len;
};

/* An IP header understood. */
struct ip_part {
	int family;
	uint8_t proto;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	bool first;    /* carries a transport header: no later fragment */
	unsigned size; /* of the whole packet, as its header says */
	bool whole;    /* nobody may cut it */
};

static bool take(struct view *v, void *ret, size_t len)
{
	if (v->len < len)
		return false;
	if (ret)
		memcpy(ret, v->p, len);
	v->p += len;
	v->len -= len;
	return true;
}

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static void set_int(json_t *obj, const char *key, json_int_t value)
{
	json_object_set_new(obj, key, json_integer(value));
}

static void set_str(json_t *obj, const char *key, const char *value)
{
	json_object_set_new(obj, key, json_string(value));
}

static bool take_ip4(struct view *v, struct ip_part *ret)
{
	struct iphdr h;

	if (!take(v, &h, sizeof(h)) || h.ihl < 5 || !take(v, NULL, (size_t)h.ihl * 4 - sizeof(h)))
		return false;
	/* Trailing bytes are the link's padding. A total length of 0 is a segment the card would
	 * have split. */
	if (ntohs(h.tot_len) >= h.ihl * 4 && v->len > (size_t)ntohs(h.tot_len) - h.ihl * 4U)
		v->len = (size_t)ntohs(h.tot_len) - h.ihl * 4U;
	ret->family = AF_INET;
	ret->proto = h.protocol;
	ret->first = !(ntohs(h.frag_off) & IP_OFFMASK);
	ret->size = ntohs(h.tot_len);
	ret->whole = ntohs(h.frag_off) & IP_DF;
	inet_ntop(AF_INET, &h.saddr, ret->src, sizeof(ret->src));
	inet_ntop(AF_INET, &h.daddr, ret->dst, sizeof(ret->dst));
	return true;
}

/* Walks over the extension headers that may stand before a transport header. */
static bool skip_extensions(struct view *v, struct ip_part *ip)
{
	for (int i = 0; i < 8; i++) {
		uint8_t h[8];

		switch (ip->proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			if (!take(v, h, sizeof(h)) || !take(v, NULL, h[1] * 8U))
				return false;
			break;
		case IPPROTO_FRAGMENT:
			if (!take(v, h, sizeof(h)))
				return false;
			ip->first = !(be16(h + 2) & 0xfff8);
			break;
		default:
			return true;
		}
		ip->proto = h[0];
	}
	return false;
}

static bool take_ip6(struct view *v, struct ip_part *ret)
{
	struct ip6_hdr h;

	if (!take(v, &h, sizeof(h)))
		return false;
	if (ntohs(h.ip6_plen) && v->len > ntohs(h.ip6_plen))
		v->len = ntohs(h.ip6_plen);
	ret->family = AF_INET6;
	ret->proto = h.ip6_nxt;
	ret->first = true;
	ret->size = ntohs(h.ip6_plen) + (unsigned)sizeof(h);
	ret->whole = true;
	inet_ntop(AF_INET6, &h.ip6_src, ret->src, sizeof(ret->src));
	inet_ntop(AF_INET6, &h.ip6_dst, ret->dst, sizeof(ret->dst));
	return skip_extensions(v, ret);
}

static bool take_ip(struct view *v, struct ip_part *ret)
{
	if (!v->len)
		return false;
	switch (v->p[0] >> 4) {
	case 4:
		return take_ip4(v, ret);
	case 6:
		return take_ip6(v, ret);
	default:
		return false;
	}
}

static const char *proto_name(uint8_t proto)
{
	static const struct {
		uint8_t proto;
		const char *name;
	} names[] = {{IPPROTO_TCP, "tcp"},
		     {IPPROTO_UDP, "udp"},
		     {IPPROTO_ICMP, "icmp"},
		     {IPPROTO_ICMPV6, "icmp6"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].proto == proto)
			return names[i].name;
	return "other";
}

/* The packet an ICMP error quotes. */
static void add_quoted(json_t *obj, struct view v)
{
	struct ip_part ip;
	uint8_t ports[4];
	json_t *of;

	if (!take_ip(&v, &ip))
		return;
	of = json_pack("{s:s, s:s, s:s}", "proto", proto_name(ip.proto), "src", ip.src, "dst",
		       ip.dst);
	if ((ip.proto == IPPROTO_TCP || ip.proto == IPPROTO_UDP) && ip.first &&
	    take(&v, ports, sizeof(ports))) {
		set_int(of, "sport", be16(ports));
		set_int(of, "dport", be16(ports + 2));
	}
	json_object_set_new(obj, "of", of);
}

enum icmp_form { ICMP_ECHO_FORM, ICMP_ERROR_FORM, ICMP_MTU_FORM };

struct icmp_kind {
	int family, type, code; /* code -1: any */
	const char *what;
	enum icmp_form form;
};

/* The first that fits counts. */
static const struct icmp_kind icmp_kinds[] = {
	{AF_INET, ICMP_ECHO, -1, "echo-request", ICMP_ECHO_FORM},
	{AF_INET, ICMP_ECHOREPLY, -1, "echo-reply", ICMP_ECHO_FORM},
	{AF_INET, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, "frag-needed", ICMP_MTU_FORM},
	{AF_INET, ICMP_DEST_UNREACH, -1, "unreachable", ICMP_ERROR_FORM},
	{AF_INET, ICMP_TIME_EXCEEDED, -1, "time-exceeded", ICMP_ERROR_FORM},
	{AF_INET6, ICMP6_ECHO_REQUEST, -1, "echo-request", ICMP_ECHO_FORM},
	{AF_INET6, ICMP6_ECHO_REPLY, -1, "echo-reply", ICMP_ECHO_FORM},
	{AF_INET6, ICMP6_PACKET_TOO_BIG, -1, "frag-needed", ICMP_MTU_FORM},
	{AF_INET6, ICMP6_DST_UNREACH, -1, "unreachable", ICMP_ERROR_FORM},
	{AF_INET6, ICMP6_TIME_EXCEEDED, -1, "time-exceeded", ICMP_ERROR_FORM},
};

static const struct icmp_kind *icmp_kind(int family, uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(icmp_kinds); i++) {
		const struct icmp_kind *k = &icmp_kinds[i];

		if (k->family == family && k->type == type && (k->code < 0 || k->code == code))
			return k;
	}
	return NULL;
}

/* How large a packet may be is found out by echoes of chosen sizes. */
static void add_echo(json_t *obj, const struct ip_part *ip, const uint8_t *h)
{
	set_int(obj, "id", be16(h + 4));
	set_int(obj, "seqno", be16(h + 6));
	set_int(obj, "size", ip->size);
	json_object_set_new(obj, "whole", json_boolean(ip->whole));
}

static bool add_icmp(json_t *obj, const struct ip_part *ip, struct view v)
{
	int family = ip->family;
	const struct icmp_kind *k;
	uint8_t h[8];

	if (!take(&v, h, sizeof(h)))
		return false;
	k = icmp_kind(family, h[0], h[1]);
	if (!k)
		return false;
	set_str(obj, "what", k->what);
	switch (k->form) {
	case ICMP_ECHO_FORM:
		add_echo(obj, ip, h);
		return true;
	case ICMP_MTU_FORM:
		set_int(obj, "mtu", family == AF_INET ? be16(h + 6) : be32(h + 4));
		break;
	case ICMP_ERROR_FORM:
		break;
	}
	set_int(obj, "code", h[1]);
	add_quoted(obj, v);
	return true;
}

static void add_ports(json_t *obj, uint16_t sport, uint16_t dport)
{
	set_int(obj, "sport", sport);
	set_int(obj, "dport", dport);
}

/* Bit 7 of the third byte tells an answer from a query. */
static bool add_dns(json_t *obj, struct view v)
{
	if (v.len < 3 || !dns_parse(obj, v.p, v.len))
		return false;
	set_str(obj, "what", v.p[2] & 0x80 ? "dns-answer" : "dns-query");
	return true;
}

static bool add_udp(json_t *obj, struct view v)
{
	struct udphdr h;

	if (!take(&v, &h, sizeof(h)))
		return false;
	add_ports(obj, ntohs(h.source), ntohs(h.dest));
	return (ntohs(h.source) == DNS_PORT || ntohs(h.dest) == DNS_PORT) && add_dns(obj, v);
}

/* The largest segment that the sender of a SYN takes; absent where it says none. */
static void add_mss(json_t *obj, const uint8_t *p, size_t len)
{
	while (len >= 2 && p[0] != TCPOPT_EOL) {
		size_t own = p[0] == TCPOPT_NOP ? 1 : p[1];

		if (own == 0 || own > len)
			return;
		if (p[0] == TCPOPT_MAXSEG && own == TCPOLEN_MAXSEG) {
			set_int(obj, "mss", be16(p + 2));
			return;
		}
		p += own;
		len -= own;
	}
}

static bool add_tcp(json_t *obj, struct view v)
{
	struct tcphdr h;

	if (!take(&v, &h, sizeof(h)) || h.doff < 5)
		return false;
	add_ports(obj, ntohs(h.source), ntohs(h.dest));
	if (h.rst || h.syn) {
		set_str(obj, "what", h.rst ? "rst" : h.ack ? "syn-ack" : "syn");
		if (h.syn && !h.rst)
			add_mss(obj, v.p, MIN(v.len, h.doff * 4U - sizeof(h)));
		return true;
	}
	/* A DNS message over TCP begins with its length; only the segment that begins one is read.
	 */
	return (ntohs(h.source) == DNS_PORT || ntohs(h.dest) == DNS_PORT) &&
	       take(&v, NULL, h.doff * 4U - sizeof(h)) && take(&v, NULL, 2) && add_dns(obj, v);
}

static bool add_transport(json_t *obj, const struct ip_part *ip, struct view v)
{
	if (!ip->first)
		return false;
	switch (ip->proto) {
	case IPPROTO_ICMP:
		return ip->family == AF_INET && add_icmp(obj, ip, v);
	case IPPROTO_ICMPV6:
		return ip->family == AF_INET6 && add_icmp(obj, ip, v);
	case IPPROTO_UDP:
		return add_udp(obj, v);
	case IPPROTO_TCP:
		return add_tcp(obj, v);
	default:
		return false;
	}
}

json_t *packet_parse(const uint8_t *data, size_t len)
{
	struct view v = {data, len};
	struct ip_part ip;
	json_t *obj;

	if (!take_ip(&v, &ip))
		return NULL;
	obj = json_pack("{s:s, s:s, s:s}", "proto", proto_name(ip.proto), "src", ip.src, "dst",
			ip.dst);
	if (obj && !add_transport(obj, &ip, v)) {
		json_decref(obj);
		return NULL;
	}
	return obj;
}
