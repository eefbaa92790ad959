/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads routes: every table, both families. */
#define _GNU_SOURCE
#include <linux/rtnetlink.h>

#include "netns/build_read.h"
#include "netns/dump.h"
#include "netns/nlaux.h"

struct reading {
	struct read_names names;
	json_t *out;
};

static const struct name_of hop_flags[] = {{RTNH_F_DEAD, "dead"},
					   {RTNH_F_PERVASIVE, "pervasive"},
					   {RTNH_F_ONLINK, "onlink"},
					   {RTNH_F_LINKDOWN, "linkdown"},
					   {0, NULL}};

static void put_hops(json_t *route, const struct reading *r, int family, const struct nlattr *all)
{
	const struct rtnexthop *nh = mnl_attr_get_payload(all);
	int left = (int)mnl_attr_get_payload_len(all);
	json_t *hops = json_array();

	for (; RTNH_OK(nh, left); left -= RTNH_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh)) {
		const struct nlattr *a = (const void *)RTNH_DATA(nh);
		json_t *hop = json_object();

		if (nh->rtnh_len > sizeof(*nh) && mnl_attr_get_type(a) == RTA_GATEWAY)
			read_put_ip(hop, "gateway", family, a);
		read_put_dev(hop, "dev", &r->names, (uint32_t)nh->rtnh_ifindex);
		json_object_set_new(hop, "weight", json_integer(nh->rtnh_hops + 1));
		json_object_set_new(hop, "flags", read_bits(hop_flags, nh->rtnh_flags));
		json_array_append_new(hops, hop);
	}
	json_object_set_new(route, "nexthops", hops);
}

static int one_route(const struct nlmsghdr *h, void *arg)
{
	const struct rtmsg *rt = mnl_nlmsg_get_payload(h);
	const struct nlattr *tb[RTA_TABLE + 1];
	struct reading *r = arg;
	json_t *o;

	if (rt->rtm_flags & RTM_F_CLONED)
		return MNL_CB_OK;
	read_attrs(h, sizeof(*rt), tb, RTA_TABLE);
	o = json_object();
	read_put_name(o, "family", names_family, rt->rtm_family);
	read_put_name(o, "type", names_route_type, rt->rtm_type);
	read_put_prefix(o, "dst", rt->rtm_family, tb[RTA_DST], rt->rtm_dst_len);
	read_put_ip(o, "gateway", rt->rtm_family, tb[RTA_GATEWAY]);
	if (tb[RTA_OIF])
		read_put_dev(o, "dev", &r->names, mnl_attr_get_u32(tb[RTA_OIF]));
	read_put_name(o, "protocol", names_protocol, rt->rtm_protocol);
	read_put_name(o, "scope", names_scope, rt->rtm_scope);
	read_put_ip(o, "prefsrc", rt->rtm_family, tb[RTA_PREFSRC]);
	json_object_set_new(o, "metric", json_integer(0));
	read_put_u32(o, "metric", tb[RTA_PRIORITY]);
	json_object_set_new(o, "table", json_integer(rt->rtm_table));
	read_put_u32(o, "table", tb[RTA_TABLE]);
	json_object_set_new(o, "flags", read_bits(hop_flags, rt->rtm_flags));
	if (tb[RTA_MULTIPATH])
		put_hops(o, r, rt->rtm_family, tb[RTA_MULTIPATH]);
	return json_array_append_new(r->out, o) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static int read_family(struct reading *r, struct build *b, struct build_node *n, int family,
		       struct err *err)
{
	struct rtmsg rt = {.rtm_family = (unsigned char)family};
	struct dump_ask ask = {NETLINK_ROUTE, RTM_GETROUTE, &rt, sizeof(rt)};

	return dump_run(n->netns, b->home, &ask, one_route, r, err);
}

int read_routes(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	auto_json json_t *out = json_array();
	struct reading r = {.out = out};
	int rc = read_names_load(&r.names, b, n, err);

	if (rc == 0)
		rc = read_family(&r, b, n, AF_INET, err);
	if (rc == 0)
		rc = read_family(&r, b, n, AF_INET6, err);
	read_names_done(&r.names);
	if (rc == 0)
		*ret = ptr_steal(out);
	return rc;
}
