/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Permanent neighbours of a node. */
#define _GNU_SOURCE
#include "netns/neigh.h"

#include <linux/neighbour.h>

#include "netns/nlaux.h"
#include "netns/tunnel.h"

static int describe(const struct neigh *want, const struct rtsock *rt, struct rtnl_neigh **ret,
		    struct err *err)
{
	auto_neigh *n = rtnl_neigh_alloc();
	auto_nladdr *dst = NULL, *mac = NULL;
	unsigned int index;
	int rc = rtsock_need_ifindex(rt, want->dev, &index, err);

	if (rc < 0)
		return rc;
	if (nl_addr_parse(want->address, AF_UNSPEC, &dst) < 0)
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is no address", want->address);
	if (nl_addr_parse(want->mac, AF_LLC, &mac) < 0)
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is no MAC address", want->mac);
	if (!n || rtnl_neigh_set_dst(n, dst) < 0)
		return err_sys(err, ENOMEM, "Can't describe a neighbour");
	rtnl_neigh_set_family(n, nl_addr_get_family(dst));
	rtnl_neigh_set_ifindex(n, (int)index);
	rtnl_neigh_set_lladdr(n, mac);
	rtnl_neigh_set_state(n, NUD_PERMANENT);
	*ret = ptr_steal(n);
	return 0;
}

int neigh_add(struct build *b, const struct op *op, struct err *err)
{
	auto_neigh *ne = NULL;
	auto_nlmsg *msg = NULL;
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	if (rc == 0 && tunnel_is_bare(n, op->neigh->dev))
		return 0; /* nobody is asked there */
	if (rc == 0)
		rc = describe(op->neigh, &n->rt, &ne, err);
	if (rc < 0)
		return rc;
	rc = rtnl_neigh_build_add_request(ne, NLM_F_CREATE | NLM_F_REPLACE, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a neighbour");
	return rtsock_call(&n->rt, msg, err);
}

int neigh_del(struct build *b, const struct op *op, struct err *err)
{
	struct build_node *n = build_node_find(b, op->node->name);
	auto_neigh *ne = NULL;
	auto_nlmsg *msg = NULL;
	int rc;

	if (!n || !rtsock_ifindex(&n->rt, op->neigh->dev))
		return 0;
	rc = describe(op->neigh, &n->rt, &ne, err);
	if (rc < 0)
		return rc;
	rc = rtnl_neigh_build_delete_request(ne, 0, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a neighbour");
	return rtsock_call_but(&n->rt, msg, ENOENT, err);
}
