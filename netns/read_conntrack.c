/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads tracked connections by ctnetlink. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "netns/build_read.h"
#include "netns/dump.h"
#include "netns/nlaux.h"

/* The keys of one direction. */
struct keys {
	const char *src, *dst, *sport, *dport;
};
static const struct keys original = {"src", "dst", "sport", "dport"};
static const struct keys reply = {"reply_src", "reply_dst", "reply_sport", "reply_dport"};

static void put_ips(json_t *o, const struct keys *k, const struct nlattr *ip)
{
	const struct nlattr *tb[CTA_IP_MAX + 1];
	int v6;

	read_nested(ip, tb, CTA_IP_MAX);
	v6 = tb[CTA_IP_V6_SRC] != NULL;
	read_put_ip(o, k->src, v6 ? AF_INET6 : AF_INET, tb[v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC]);
	read_put_ip(o, k->dst, v6 ? AF_INET6 : AF_INET, tb[v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST]);
}

static void put_port(json_t *o, const char *key, const struct nlattr *a)
{
	if (a)
		json_object_set_new(o, key, json_integer(ntohs(mnl_attr_get_u16(a))));
}

/* Ports, or an ICMP echo's id in the place of both, as conntrack itself treats it. */
static void put_tuple(json_t *o, const struct keys *k, const struct nlattr *tuple)
{
	const struct nlattr *tb[CTA_TUPLE_MAX + 1], *p[CTA_PROTO_MAX + 1];

	read_nested(tuple, tb, CTA_TUPLE_MAX);
	read_nested(tb[CTA_TUPLE_PROTO], p, CTA_PROTO_MAX);
	put_ips(o, k, tb[CTA_TUPLE_IP]);
	put_port(o, k->sport, p[CTA_PROTO_SRC_PORT] ? p[CTA_PROTO_SRC_PORT] : p[CTA_PROTO_ICMP_ID]);
	put_port(o, k->dport, p[CTA_PROTO_DST_PORT] ? p[CTA_PROTO_DST_PORT] : p[CTA_PROTO_ICMP_ID]);
	if (p[CTA_PROTO_NUM])
		read_put_name(o, "proto", names_ipproto, mnl_attr_get_u8(p[CTA_PROTO_NUM]));
}

static int one_flow(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *tb[CTA_MARK + 1];
	json_t *o = json_object();

	read_attrs(h, sizeof(struct nfgenmsg), tb, CTA_MARK);
	put_tuple(o, &original, tb[CTA_TUPLE_ORIG]);
	put_tuple(o, &reply, tb[CTA_TUPLE_REPLY]);
	return json_array_append_new(arg, o) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

int read_conntrack(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	struct nfgenmsg nf = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0};
	struct dump_ask ask = {NETLINK_NETFILTER, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
			       &nf, sizeof(nf)};
	auto_json json_t *out = json_array();
	int rc = dump_run(n->netns, b->home, &ask, one_flow, out, err);

	if (rc == 0)
		*ret = ptr_steal(out);
	return rc;
}
