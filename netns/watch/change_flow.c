/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What conntrack begins and forgets as an event's keys. */
#include "netns/watch/change_flow.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <stdio.h>

/* The keys of one direction. */
struct side {
	const char *src, *dst, *sport, *dport;
};
static const struct side original = {"src", "dst", "sport", "dport"};
static const struct side reply = {"reply_src", "reply_dst", "reply_sport", "reply_dport"};

static void set_address(json_t *obj, const char *key, const struct nlattr *a)
{
	char text[INET6_ADDRSTRLEN];
	int family = mnl_attr_get_payload_len(a) == 4 ? AF_INET : AF_INET6;

	if (mnl_attr_get_payload_len(a) == 4 || mnl_attr_get_payload_len(a) == 16)
		json_object_set_new(obj, key,
				    json_string(inet_ntop(family, mnl_attr_get_payload(a), text,
							  sizeof(text))));
}

static void add_ip(json_t *obj, const struct nlattr *nest, const struct side *s)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest)
	{
		uint16_t type = mnl_attr_get_type(a);

		if (type == CTA_IP_V4_SRC || type == CTA_IP_V6_SRC)
			set_address(obj, s->src, a);
		else if (type == CTA_IP_V4_DST || type == CTA_IP_V6_DST)
			set_address(obj, s->dst, a);
	}
}

static void set_proto(json_t *obj, uint8_t proto)
{
	char plain[8];

	snprintf(plain, sizeof(plain), "%u", proto);
	json_object_set_new(obj, "proto",
			    json_string(proto == IPPROTO_TCP	  ? "tcp"
					: proto == IPPROTO_UDP	  ? "udp"
					: proto == IPPROTO_ICMP	  ? "icmp"
					: proto == IPPROTO_ICMPV6 ? "icmp6"
								  : plain));
}

static void add_proto(json_t *obj, const struct nlattr *nest, const struct side *s)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest)
	{
		uint16_t type = mnl_attr_get_type(a);
		size_t len = mnl_attr_get_payload_len(a);

		if (type == CTA_PROTO_NUM && len >= 1)
			set_proto(obj, mnl_attr_get_u8(a));
		else if (type == CTA_PROTO_SRC_PORT && len >= 2)
			json_object_set_new(obj, s->sport,
					    json_integer(ntohs(mnl_attr_get_u16(a))));
		else if (type == CTA_PROTO_DST_PORT && len >= 2)
			json_object_set_new(obj, s->dport,
					    json_integer(ntohs(mnl_attr_get_u16(a))));
	}
}

static void add_tuple(json_t *obj, const struct nlattr *tuple, const struct side *s)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, tuple)
	{
		if (mnl_attr_get_type(a) == CTA_TUPLE_IP)
			add_ip(obj, a, s);
		else if (mnl_attr_get_type(a) == CTA_TUPLE_PROTO)
			add_proto(obj, a, s);
	}
}

static json_int_t number(const struct nlattr *a)
{
	return mnl_attr_get_payload_len(a) >= sizeof(uint64_t)
		       ? (json_int_t)be64toh(mnl_attr_get_u64(a))
		       : 0;
}

/* There only where the node has nf_conntrack_acct on: we don't switch it, for it counts on the data's way. */
static void add_counters(json_t *obj, const struct nlattr *nest, const char *packets,
			 const char *bytes)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest)
	{
		if (mnl_attr_get_type(a) == CTA_COUNTERS_PACKETS)
			json_object_set_new(obj, packets, json_integer(number(a)));
		else if (mnl_attr_get_type(a) == CTA_COUNTERS_BYTES)
			json_object_set_new(obj, bytes, json_integer(number(a)));
	}
}

json_t *change_flow(const struct nlmsghdr *h)
{
	unsigned type = h->nlmsg_type & 0xff;
	const struct nlattr *a;
	json_t *obj;

	if ((type != IPCTNL_MSG_CT_NEW && type != IPCTNL_MSG_CT_DELETE) ||
	    mnl_nlmsg_get_payload_len(h) < sizeof(struct nfgenmsg))
		return NULL;
	obj = json_pack("{s:s}", "what", type == IPCTNL_MSG_CT_NEW ? "new" : "end");
	mnl_attr_for_each(a, h, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(a) == CTA_TUPLE_ORIG)
			add_tuple(obj, a, &original);
		else if (mnl_attr_get_type(a) == CTA_TUPLE_REPLY)
			add_tuple(obj, a, &reply);
		else if (mnl_attr_get_type(a) == CTA_COUNTERS_ORIG)
			add_counters(obj, a, "packets", "bytes");
		else if (mnl_attr_get_type(a) == CTA_COUNTERS_REPLY)
			add_counters(obj, a, "reply_packets", "reply_bytes");
	}
	return obj;
}
