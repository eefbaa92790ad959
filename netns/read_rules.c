/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads policy routing rules, both families. */
#define _GNU_SOURCE
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "netns/build_read.h"
#include "netns/dump.h"
#include "netns/nlaux.h"

static void put_end(json_t *o, const char *key, int family, const struct nlattr *a,
		    unsigned int len)
{
	if (a)
		read_put_prefix(o, key, family, a, len);
	else
		json_object_set_new(o, key, json_string("all"));
}

static int one_rule(const struct nlmsghdr *h, void *arg)
{
	const struct fib_rule_hdr *r = mnl_nlmsg_get_payload(h);
	const struct nlattr *tb[FRA_IP_PROTO + 1];
	json_t *o = json_object();

	read_attrs(h, sizeof(*r), tb, FRA_IP_PROTO);
	read_put_name(o, "family", names_family, r->family);
	json_object_set_new(o, "priority", json_integer(0));
	read_put_u32(o, "priority", tb[FRA_PRIORITY]);
	put_end(o, "src", r->family, tb[FRA_SRC], r->src_len);
	put_end(o, "dst", r->family, tb[FRA_DST], r->dst_len);
	read_put_u32(o, "fwmark", tb[FRA_FWMARK]);
	read_put_u32(o, "fwmask", tb[FRA_FWMASK]);
	read_put_str(o, "iif", tb[FRA_IIFNAME]);
	read_put_str(o, "oif", tb[FRA_OIFNAME]);
	if (tb[FRA_IP_PROTO])
		read_put_name(o, "ipproto", names_ipproto, mnl_attr_get_u8(tb[FRA_IP_PROTO]));
	json_object_set_new(o, "table", json_integer(r->table));
	read_put_u32(o, "table", tb[FRA_TABLE]);
	return json_array_append_new(arg, o) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static int read_family(json_t *out, struct build *b, struct build_node *n, int family,
		       struct err *err)
{
	struct fib_rule_hdr r = {.family = (unsigned char)family};
	struct dump_ask ask = {NETLINK_ROUTE, RTM_GETRULE, &r, sizeof(r)};

	return dump_run(n->netns, b->home, &ask, one_rule, out, err);
}

int read_rules(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	auto_json json_t *out = json_array();
	int rc = read_family(out, b, n, AF_INET, err);

	if (rc == 0)
		rc = read_family(out, b, n, AF_INET6, err);
	if (rc == 0)
		*ret = ptr_steal(out);
	return rc;
}
