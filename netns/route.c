/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes of a node. */
#define _GNU_SOURCE
#include "netns/route.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "netns/build_names.h"
#include "netns/nlaux.h"

static int parse(const char *text, int family, struct nl_addr **ret, struct err *err)
{
	if (nl_addr_parse(text, family, ret) < 0)
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is no address", text);
	return 0;
}

/* A name's number, or dflt for the empty name. */
static int number(const struct name_of *table, const char *name, int dflt, int *ret,
		  struct err *err)
{
	int v = name[0] ? names_value(table, name) : dflt;

	if (v < 0)
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is not known to the kernel", name);
	*ret = v;
	return 0;
}

static int set_words(struct rtnl_route *r, const struct route *want, struct err *err)
{
	int protocol = 0, scope = 0, type = 0, rc;

	rc = number(names_protocol, want->protocol, RTPROT_BOOT, &protocol, err);
	if (rc == 0)
		rc = number(names_route_type, want->type, RTN_UNICAST, &type, err);
	if (rc == 0)
		rc = number(names_scope, want->scope,
			    type == RTN_UNICAST && !want->via[0] && !want->ipv6 ? RT_SCOPE_LINK
										: RT_SCOPE_UNIVERSE,
			    &scope, err);
	if (rc < 0)
		return rc;
	rtnl_route_set_protocol(r, (uint8_t)protocol);
	rtnl_route_set_type(r, (uint8_t)type);
	rtnl_route_set_scope(r, (uint8_t)scope);
	rtnl_route_set_table(r, want->table ? want->table : RT_TABLE_MAIN);
	if (want->metric)
		rtnl_route_set_priority(r, want->metric);
	return 0;
}

static int set_ends(struct rtnl_route *r, const struct route *want, int family, struct err *err)
{
	auto_nladdr *dst = NULL, *src = NULL;
	int rc = parse(want->dst, family, &dst, err);

	if (rc == 0 && want->src[0])
		rc = parse(want->src, family, &src, err);
	if (rc < 0)
		return rc;
	rtnl_route_set_family(r, (uint8_t)family);
	if (rtnl_route_set_dst(r, dst) < 0 || (src && rtnl_route_set_pref_src(r, src) < 0))
		return err_sys(err, EINVAL, "Can't describe a route");
	return 0;
}

static int set_hop(struct rtnl_route *r, const struct route *want, const struct rtsock *rt,
		   int family, struct err *err)
{
	auto_nladdr *via = NULL;
	struct rtnl_nexthop *nh;
	unsigned int index = 0;
	int rc = 0;

	if (!want->via[0] && !want->dev[0])
		return 0;
	if (want->via[0])
		rc = parse(want->via, family, &via, err);
	if (rc == 0 && want->dev[0])
		rc = rtsock_need_ifindex(rt, want->dev, &index, err);
	if (rc < 0)
		return rc;
	nh = rtnl_route_nh_alloc();
	if (!nh)
		return err_sys(err, ENOMEM, "Can't describe a route");
	if (index)
		rtnl_route_nh_set_ifindex(nh, (int)index);
	if (via)
		rtnl_route_nh_set_gateway(nh, via);
	rtnl_route_add_nexthop(r, nh); /* r owns it now */
	return 0;
}

static int describe(const struct route *want, const struct rtsock *rt, struct rtnl_route **ret,
		    struct err *err)
{
	auto_route *r = rtnl_route_alloc();
	int family = want->ipv6 ? AF_INET6 : AF_INET, rc;

	if (!r)
		return err_sys(err, ENOMEM, "Can't describe a route");
	rc = set_words(r, want, err);
	if (rc == 0)
		rc = set_ends(r, want, family, err);
	if (rc == 0)
		rc = set_hop(r, want, rt, family, err);
	if (rc == 0)
		*ret = ptr_steal(r);
	return rc;
}

/* libnl 3.7 forgets the flags of a single hop when it builds the message. */
static void set_onlink(struct nl_msg *msg, const struct route *want)
{
	struct rtmsg *r = nlmsg_data(nlmsg_hdr(msg));

	if (want->onlink)
		r->rtm_flags |= RTNH_F_ONLINK;
}

/* Replaces a route of the same destination, table and metric: after this, the one wanted is the one
 * there. */
int route_add(struct build *b, const struct op *op, struct err *err)
{
	auto_route *r = NULL;
	auto_nlmsg *msg = NULL;
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	if (rc == 0)
		rc = describe(op->route, &n->rt, &r, err);
	if (rc < 0)
		return rc;
	rc = rtnl_route_build_add_request(r, NLM_F_CREATE | NLM_F_REPLACE, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a route");
	set_onlink(msg, op->route);
	return rtsock_call(&n->rt, msg, err);
}

int route_del(struct build *b, const struct op *op, struct err *err)
{
	struct build_node *n = build_node_find(b, op->node->name);
	auto_route *r = NULL;
	auto_nlmsg *msg = NULL;
	int rc;

	/* The node or the interface went first, and the route with it. */
	if (!n || (op->route->dev[0] && !rtsock_ifindex(&n->rt, op->route->dev)))
		return 0;
	rc = describe(op->route, &n->rt, &r, err);
	if (rc < 0)
		return rc;
	rc = rtnl_route_build_del_request(r, 0, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a route");
	return rtsock_call_but(&n->rt, msg, ESRCH, err);
}
