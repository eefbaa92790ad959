/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of an interface. */
#define _GNU_SOURCE
#include "netns/address.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
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

/* The subnet's last address, as WSL and ifup give it: for a /32 the address itself. */
static struct nl_addr *last_of_subnet(const struct nl_addr *local)
{
	const unsigned char *in = nl_addr_get_binary_addr(local);
	unsigned int prefix = nl_addr_get_prefixlen(local);
	uint32_t host = prefix >= 32 ? 0 : htonl(0xffffffffu >> prefix), addr;

	memcpy(&addr, in, sizeof(addr));
	addr |= host;
	return nl_addr_build(AF_INET, &addr, sizeof(addr));
}

static int set_broadcast(struct rtnl_addr *a, const struct address *want,
			 const struct nl_addr *local, struct err *err)
{
	auto_nladdr *brd = NULL;

	if (nl_addr_get_family(local) != AF_INET)
		return 0;
	if (want->broadcast[0]) {
		int rc = parse(want->broadcast, AF_INET, &brd, err);

		if (rc < 0)
			return rc;
	} else {
		brd = last_of_subnet(local);
	}
	if (!brd || rtnl_addr_set_broadcast(a, brd) < 0)
		return err_sys(err, ENOMEM, "Can't describe an address");
	return 0;
}

static int scope_of(const struct nl_addr *local)
{
	const unsigned char *in = nl_addr_get_binary_addr(local);

	if (nl_addr_get_family(local) == AF_INET)
		return in[0] == 127 ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	return in[0] == 0xfe && (in[1] & 0xc0) == 0x80 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

static void set_manner(struct rtnl_addr *a, const struct address *want, const struct nl_addr *local)
{
	int scope = want->scope[0] ? names_value(names_scope, want->scope) : scope_of(local);

	rtnl_addr_set_scope(a, scope);
	if (want->noprefixroute)
		rtnl_addr_set_flags(a, IFA_F_NOPREFIXROUTE);
	if (want->nodad)
		rtnl_addr_set_flags(a, IFA_F_NODAD);
	if (want->deprecated) {
		rtnl_addr_set_valid_lifetime(a, UINT32_MAX); /* forever */
		rtnl_addr_set_preferred_lifetime(a, 0);
	}
}

/* op's address as libnl's object, and the socket to send it on. Caller owns *ret. */
static int describe(struct build *b, const struct op *op, struct rtnl_addr **ret,
		    struct build_node **ret_node, struct err *err)
{
	auto_addr *a = rtnl_addr_alloc();
	auto_nladdr *local = NULL;
	unsigned int index;
	int rc = build_node_need(b, op->node->name, ret_node, err);

	if (rc == 0)
		rc = rtsock_need_ifindex(&(*ret_node)->rt, op->iface->name, &index, err);
	if (rc == 0)
		rc = parse(op->address->cidr, AF_UNSPEC, &local, err);
	if (rc < 0)
		return rc;
	if (!a)
		return err_sys(err, ENOMEM, "Can't describe an address");
	rtnl_addr_set_ifindex(a, (int)index);
	if (rtnl_addr_set_local(a, local) < 0)
		return err_sys(err, ENOMEM, "Can't describe an address");
	set_manner(a, op->address, local);
	rc = set_broadcast(a, op->address, local, err);
	if (rc == 0)
		*ret = ptr_steal(a);
	return rc;
}

int address_add(struct build *b, const struct op *op, struct err *err)
{
	auto_addr *a = NULL;
	auto_nlmsg *msg = NULL;
	struct build_node *n;
	int rc = describe(b, op, &a, &n, err);

	if (rc < 0)
		return rc;
	rc = rtnl_addr_build_add_request(a, NLM_F_CREATE | NLM_F_EXCL, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe an address");
	return rtsock_call_but(&n->rt, msg, EEXIST, err);
}

int address_del(struct build *b, const struct op *op, struct err *err)
{
	auto_addr *a = NULL;
	auto_nlmsg *msg = NULL;
	struct build_node *n;
	int rc = describe(b, op, &a, &n, NULL);

	if (rc == -ENODEV || rc == -ENOENT)
		return 0; /* the interface or the node went first, and the address with it */
	if (rc < 0)
		return describe(b, op, &a, &n, err);
	rc = rtnl_addr_build_delete_request(a, 0, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe an address");
	return rtsock_call_but(&n->rt, msg, EADDRNOTAVAIL, err);
}
