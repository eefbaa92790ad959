/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tunnel whose packets really travel, on a kernel without WireGuard. */
/*
 * Theory of operation. An end is a pair: f in its node, p in the hub. Beside p, in the hub too, is a VXLAN device x that was
 * made by the node's socket, so that its UDP leaves from the node and comes in there. Filters send all that p received out
 * of x, and the other way:
 *
 *	node: f ==== p (hub) <-> x (hub)			f's packets, in UDP, by the node's own routes
 *
 * Were x itself in the node, as f, the kernel would tell who sends that less fits, since it knows the MTU of the way. A
 * program with a TUN device, as WireGuard's in user space are, tells nobody: it sends datagrams, without "don't fragment",
 * that leave in pieces where they don't fit. So does this. It costs 50 bytes a packet: 20 IP, 8 UDP, 8 VXLAN, 14 Ethernet.
 *
 * Who has an endpoint has its port; both use it, so that NAT on the way brings answers back. The other end is found by where
 * its packets come from. Both ends have one MAC and no ARP, so the tunnel has neighbours no more than WireGuard has.
 */
#define _GNU_SOURCE
#include "netns/carry.h"

#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/route/link/vxlan.h>
#include <string.h>
#include <sys/ioctl.h>

#include "netns/filter.h"
#include "netns/link.h"
#include "netns/nlaux.h"
#include "netns/wireguard.h"

enum { CARRY_ID = 1, CARRY_MTU = 9000 };

static char carry_mac[] = "02:00:00:00:00:64";

static struct carried *find(struct build *b, const char *node, const char *iface)
{
	for (size_t i = 0; i < ARRAY_SIZE(b->carried); i++)
		if (!strcmp(b->carried[i].node, node) && !strcmp(b->carried[i].iface, iface))
			return &b->carried[i];
	return NULL;
}

static void vxlan_name(char ret[IFNAMSIZ], unsigned int number)
{
	snprintf(ret, IFNAMSIZ, "x%u", number);
}

/* --- the VXLAN device
 * --------------------------------------------------------------------------------------------------- */

static struct nl_addr *address_of(const union wireguard_endpoint *at)
{
	if (at->any.sa_family == AF_INET6)
		return nl_addr_build(AF_INET6, &at->v6.sin6_addr, sizeof(at->v6.sin6_addr));
	return nl_addr_build(AF_INET, &at->v4.sin_addr, sizeof(at->v4.sin_addr));
}

static uint16_t port_of(const union wireguard_endpoint *at)
{
	return ntohs(at->any.sa_family == AF_INET6 ? at->v6.sin6_port : at->v4.sin_port);
}

/* server: it is the end that `at` is of; else the one that goes there. */
static int describe(struct rtnl_link *l, const union wireguard_endpoint *at, bool server)
{
	auto_nladdr *address = address_of(at);
	uint16_t port = port_of(at);
	struct ifla_vxlan_port_range range = {htons(port), htons((uint16_t)(port + 1))};
	int rc;

	if (!address)
		return -NLE_NOMEM;
	rc = rtnl_link_vxlan_set_id(l, CARRY_ID);
	if (rc == 0)
		rc = server ? rtnl_link_vxlan_set_local(l, address)
			    : rtnl_link_vxlan_set_group(l, address);
	if (rc == 0)
		rc = rtnl_link_vxlan_set_port(l, port);
	if (rc == 0)
		rc = rtnl_link_vxlan_set_port_range(l, &range); /* up to, not with, its end */
	return rc;
}

static int add_vxlan(struct build *b, struct build_node *n, const char *name,
		     const union wireguard_endpoint *at, bool server, struct err *err)
{
	auto_link *l = rtnl_link_vxlan_alloc();
	auto_nlmsg *msg = NULL;
	int rc = l ? describe(l, at, server) : -NLE_NOMEM;

	if (rc == 0) {
		rtnl_link_set_name(l, name);
		rtnl_link_set_mtu(l, CARRY_MTU);
		rtnl_link_set_ns_fd(l, b->home);
		rc = rtnl_link_build_add_request(l, NLM_F_CREATE | NLM_F_EXCL, &msg);
	}
	return rc < 0 ? rtsock_nlerr(err, rc, "Can't describe a VXLAN device")
		      : rtsock_call(&n->rt, msg, err);
}

/* --- one end
 * ------------------------------------------------------------------------------------------------------------ */

static int send_all(struct rtsock *rt, unsigned int from, unsigned int to, struct err *err)
{
	const struct filter_at at = {from, true, 1, ETH_P_ALL};
	const struct filter all = {.number = 1, .act = FILTER_REDIRECT, .to = to};
	int rc = filter_prepare(rt, from, err);

	return rc < 0 ? rc : filter_add(rt, &at, &all, err);
}

static int join(struct rtsock *rt, const char *port, const char *vxlan, struct err *err)
{
	unsigned int p = 0, x = 0;
	int rc = rtsock_need_ifindex(rt, port, &p, err);

	if (rc == 0)
		rc = rtsock_need_ifindex(rt, vxlan, &x, err);
	if (rc == 0)
		rc = link_set_flag_up(rt, x, true, err);
	if (rc == 0)
		rc = send_all(rt, p, x, err);
	return rc < 0 ? rc : send_all(rt, x, p, err);
}

/*
 * No ARP; and TCP's large packets are cut to segments here, for as they are they would pass any veth on the way, whatever its
 * MTU, where one segment of them does not.
 */
static int set_manner(struct build_node *n, const char *dev, struct err *err)
{
	struct ethtool_value tso = {.cmd = ETHTOOL_STSO};
	struct ifreq ifr = {0};
	int rc;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	rc = rtsock_ioctl(&n->rt, SIOCGIFFLAGS, &ifr);
	ifr.ifr_flags |= IFF_NOARP;
	if (rc == 0)
		rc = rtsock_ioctl(&n->rt, SIOCSIFFLAGS, &ifr);
	ifr.ifr_data = (char *)&tso;
	if (rc == 0)
		rc = rtsock_ioctl(&n->rt, SIOCETHTOOL, &ifr);
	return rc < 0 ? err_sys(err, -rc, "Can't make %s a tunnel", dev) : 0;
}

static int add_end(struct build *b, const struct node *node, const struct iface *f,
		   const union wireguard_endpoint *at, bool server, struct err *err)
{
	struct carried *c = find(b, "", "");
	char port[IFNAMSIZ], vxlan[IFNAMSIZ];
	const struct hub_end end = {.name = port};
	struct iface mine = *f;
	struct build_node *n;
	int rc = build_node_need(b, node->name, &n, err);

	if (rc < 0)
		return rc;
	if (!c)
		return err_set(err, ERR_MACHINE, ENOSPC, "Too many tunnels");
	snprintf(c->node, sizeof(c->node), "%s", node->name);
	snprintf(c->iface, sizeof(c->iface), "%s", f->name);
	c->number = ++b->next_port;
	link_port_name(port, c->number);
	vxlan_name(vxlan, c->number);
	mine.mac = carry_mac;
	rc = add_vxlan(b, n, vxlan, at, server, err);
	if (rc == -EOPNOTSUPP)
		return err_mend(err, "sudo modprobe -a vxlan, or a kernel with VXLAN or WireGuard");
	if (rc == 0)
		rc = link_add_port(b, &mine, &end, n, err);
	if (rc == 0)
		rc = set_manner(n, f->name, err);
	return rc < 0 ? rc : join(&b->hub, port, vxlan, err);
}

int carry_add(struct build *b, const struct op *op, struct err *err)
{
	const struct iface *server = op->iface->endpoint[0] ? op->iface : op->peer_iface;
	union wireguard_endpoint at;
	int rc;

	carry_del(b, op->node, op->iface);
	carry_del(b, op->peer_node, op->peer_iface);
	if (!wireguard_parse_endpoint(server->endpoint, &at))
		return err_set(err, ERR_USAGE, EINVAL,
			       "'%s' is no endpoint: 203.0.113.50:51820 is one", server->endpoint);
	rc = add_end(b, op->node, op->iface, &at, server == op->iface, err);
	if (rc == 0)
		rc = add_end(b, op->peer_node, op->peer_iface, &at, server == op->peer_iface, err);
	if (rc < 0) {
		carry_del(b, op->node, op->iface);
		carry_del(b, op->peer_node, op->peer_iface);
	}
	return rc;
}

void carry_del(struct build *b, const struct node *node, const struct iface *f)
{
	struct carried *c = find(b, node->name, f->name);
	char name[IFNAMSIZ];
	unsigned int index;

	if (!c)
		return;
	vxlan_name(name, c->number);
	index = rtsock_ifindex(&b->hub, name);
	if (index)
		link_del_index(&b->hub, index, NULL);
	link_port_name(name, c->number);
	index = rtsock_ifindex(&b->hub, name);
	if (index)
		link_del_index(&b->hub, index, NULL);
	*c = (struct carried){0};
}
