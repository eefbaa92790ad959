/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces that share another node's port of a segment. */
/*
 * Theory of operation. p is the hub's end of the host's interface, a port of the segment's bridge. For the guest's
 * eth0 there are in the hub the bridge b-eth0 with the ports g-eth0 (its other end is in the guest) and m-eth0, and
 * u-eth0, the other end of m-eth0:
 *
 *	bridge --- p ------- host eth0		p sends:     copies of what both must see to u, the guest's ports to u
 *		   ^ u --- m --- b --- g --- guest eth0	u receives:  all of it is p's, as if the host had sent it
 *
 * Only filters on p are ours: the host's link never goes down for it. They go before u goes, since a filter whose target
 * is gone drops. Echo requests are the host's alone, or each ping would be answered twice.
 *
 * A frame for the host itself (its MAC is that of the host's end of the loopback segment, w) goes from u to w, and one that
 * w sends to the guest's MAC goes out of u.
 */
#define _GNU_SOURCE
#include "netns/mirror.h"

#include <linux/if_ether.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/mirror.h"
#include "netns/dump.h"
#include "netns/filter.h"
#include "netns/link.h"
#include "netns/nlaux.h"
#include "netns/steer.h"

/* --- which there are
 * -------------------------------------------------------------------------------------------------- */

static struct mirror *find(struct build *b, const char *node, const char *iface)
{
	for (size_t i = 0; i < ARRAY_SIZE(b->mirrors); i++)
		if (!strcmp(b->mirrors[i].node, node) && !strcmp(b->mirrors[i].iface, iface))
			return &b->mirrors[i];
	return NULL;
}

static void hub_name(char ret[IFNAMSIZ], char what, const struct mirror *m)
{
	snprintf(ret, IFNAMSIZ, "%c-%.13s", what, m->iface);
}

struct peer_search {
	const char *iface;
	unsigned int peer;
};

static int note_peer(const struct nlmsghdr *h, void *arg)
{
	struct peer_search *s = arg;
	const struct nlattr *a;
	unsigned int peer = 0;
	bool it = false;

	mnl_attr_for_each(a, h, sizeof(struct ifinfomsg))
	{
		if (mnl_attr_get_type(a) == IFLA_LINK)
			peer = mnl_attr_get_u32(a);
		else if (mnl_attr_get_type(a) == IFLA_IFNAME)
			it = !strcmp(mnl_attr_get_str(a), s->iface);
	}
	if (it)
		s->peer = peer;
	return MNL_CB_OK;
}

/* The hub's end of a node's interface. */
static int find_port(struct build *b, const char *node, const char *iface, unsigned int *ret,
		     struct err *err)
{
	struct peer_search s = {iface, 0};
	struct build_node *n;
	int rc = build_node_need(b, node, &n, err);

	if (rc == 0)
		rc = dump_links(n->netns, b->home, note_peer, &s, err);
	if (rc == 0 && !s.peer)
		return err_set(err, ERR_MACHINE, ENODEV, "No interface %s in %s", iface, node);
	*ret = s.peer;
	return rc;
}

/* --- filters
 * ---------------------------------------------------------------------------------------------------------- */

static struct filter_at of_host(const struct mirror *m, enum mirror_priority priority,
				uint16_t protocol)
{
	return (struct filter_at){.port = m->port, .priority = priority, .protocol = protocol};
}

static int add_all(struct rtsock *rt, const struct filter_at *at, const struct filter *f, size_t n,
		   struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = filter_add(rt, at, &f[i], err);
	return rc;
}

static int add_tables(struct rtsock *rt, const struct filter_at *at, unsigned int first,
		      unsigned int n, struct err *err)
{
	int rc = 0;

	for (unsigned int i = 0; i < n && rc == 0; i++)
		rc = filter_add_table(rt, at, first + i, err);
	return rc;
}

/* A protocol's byte in the four from byte 8 of IPv4's header; the rest of a fragmented packet has no ports. */
#define V4_IS(proto)                                                                               \
	{                                                                                          \
		8, (uint32_t)(proto) << 16, 0x00ff0000                                             \
	}
#define V4_UNBROKEN                                                                                \
	{                                                                                          \
		4, 0, 0x00001fff                                                                   \
	}
/* In the four from byte 4 of IPv6's. */
#define V6_IS(proto)                                                                               \
	{                                                                                          \
		4, (uint32_t)(proto) << 8, 0x0000ff00                                              \
	}
#define FIRST_BYTE(x)                                                                              \
	{                                                                                          \
		0, (uint32_t)(x) << 24, 0xff000000                                                 \
	}

static int add_v4(struct rtsock *rt, const struct mirror *m, struct err *err)
{
	const struct filter_at at = of_host(m, MIRROR_V4, ETH_P_IP);
	const struct filter all[] = {
		{1, MIRROR_ICMP, {FIRST_BYTE(ICMP_ECHO)}, 1, FILTER_PASS, 0, 0},
		{2, MIRROR_ICMP, {{0}}, 0, FILTER_COPY, m->u, 0},
		{1, 0, {V4_IS(IPPROTO_ICMP)}, 1, FILTER_TABLE, MIRROR_ICMP, 0},
		{2, 0, {V4_IS(IPPROTO_TCP), V4_UNBROKEN}, 2, FILTER_TABLE, MIRROR_TCP, 0},
		{3, 0, {V4_IS(IPPROTO_UDP), V4_UNBROKEN}, 2, FILTER_TABLE, MIRROR_UDP, 0},
	};
	int rc = add_tables(rt, &at, MIRROR_ICMP, 3, err);

	return rc < 0 ? rc : add_all(rt, &at, all, ARRAY_SIZE(all), err);
}

/* Behind hop-by-hop options come reports and queries about multicast. */
static int add_v6(struct rtsock *rt, const struct mirror *m, struct err *err)
{
	enum { HEADER = 40 };
	const struct filter_at at = of_host(m, MIRROR_V6, ETH_P_IPV6);
	const struct filter all[] = {
		{1, MIRROR_ICMP6, {FIRST_BYTE(ICMPV6_ECHO_REQUEST)}, 1, FILTER_PASS, 0, 0},
		{2, MIRROR_ICMP6, {{0}}, 0, FILTER_COPY, m->u, 0},
		{1, 0, {V6_IS(IPPROTO_ICMPV6)}, 1, FILTER_TABLE, MIRROR_ICMP6, HEADER},
		{2, 0, {V6_IS(IPPROTO_TCP)}, 1, FILTER_TABLE, MIRROR_TCP6, HEADER},
		{3, 0, {V6_IS(IPPROTO_UDP)}, 1, FILTER_TABLE, MIRROR_UDP6, HEADER},
		{4, 0, {V6_IS(IPPROTO_HOPOPTS)}, 1, FILTER_COPY, m->u, 0},
	};
	int rc = add_tables(rt, &at, MIRROR_ICMP6, 3, err);

	return rc < 0 ? rc : add_all(rt, &at, all, ARRAY_SIZE(all), err);
}

static int add_filters(struct rtsock *rt, const struct mirror *m, struct err *err)
{
	const struct filter_at arp = of_host(m, MIRROR_ARP, ETH_P_ARP);
	const struct filter_at out = {m->u, true, MIRROR_OUT, ETH_P_ALL};
	const struct filter copy = {1, 0, {{0}}, 0, FILTER_COPY, m->u, 0};
	const struct filter inject = {1, 0, {{0}}, 0, FILTER_INJECT, m->port, 0};
	int rc = filter_prepare(rt, m->port, err);

	if (rc == 0)
		rc = filter_prepare(rt, m->u, err);
	if (rc == 0)
		rc = filter_add(rt, &out, &inject, err);
	if (rc == 0)
		rc = filter_add(rt, &arp, &copy, err);
	if (rc == 0)
		rc = add_v4(rt, m, err);
	return rc < 0 ? rc : add_v6(rt, m, err);
}

static void clear_filters(struct rtsock *rt, const struct mirror *m)
{
	const struct filter_at all[] = {of_host(m, MIRROR_ARP, ETH_P_ARP),
					of_host(m, MIRROR_V4, ETH_P_IP),
					of_host(m, MIRROR_V6, ETH_P_IPV6)};

	for (size_t i = 0; m->port && i < ARRAY_SIZE(all); i++)
		filter_clear(rt, &all[i]);
}

/* --- the loopback segment
 * --------------------------------------------------------------------------------------------------- */

/* A frame's destination lies from 14 to 9 bytes before its network header. */
static struct filter for_mac(const char *mac, unsigned int to)
{
	unsigned int b[ETH_ALEN] = {0};

	sscanf(mac, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]);
	return (struct filter){
		.number = 1,
		.keys = {{-16, b[0] << 8 | b[1], 0x0000ffff},
			 {-12, b[2] << 24 | b[3] << 16 | b[4] << 8 | b[5], 0xffffffff}},
		.n_keys = 2,
		.act = FILTER_REDIRECT,
		.to = to,
	};
}

static struct filter_at to_host(const struct mirror *m)
{
	return (struct filter_at){m->u, true, MIRROR_HOST, ETH_P_ALL};
}

/* Several may come by one port: each has a priority of its own. */
static struct filter_at from_host(const struct build *b, const struct mirror *m)
{
	return (struct filter_at){m->loopback, true, (uint16_t)(MIRROR_BACK + (m - b->mirrors)),
				  ETH_P_ALL};
}

static void clear_loopback(struct build *b, struct mirror *m)
{
	const struct filter_at to = to_host(m), from = from_host(b, m);

	if (!m->loopback)
		return;
	filter_clear(&b->hub, &from);
	filter_clear(&b->hub, &to);
	m->loopback = 0;
}

int mirror_set(struct build *b, const struct op *op, struct err *err)
{
	struct mirror *m = find(b, op->node->name, op->iface->name);
	struct filter f;
	struct filter_at at;
	int rc;

	if (!m)
		return err_set(err, ERR_MACHINE, ENODEV, "%s mirrors nothing", op->iface->name);
	clear_loopback(b, m);
	if (!op->peer_iface)
		return 0;
	rc = find_port(b, op->peer_node->name, op->peer_iface->name, &m->loopback, err);
	if (rc == 0)
		rc = filter_prepare(&b->hub, m->loopback, err);
	if (rc < 0)
		return rc;
	f = for_mac(op->peer_iface->mac, m->loopback);
	at = to_host(m);
	rc = filter_add(&b->hub, &at, &f, err);
	if (rc < 0)
		return rc;
	f = for_mac(op->iface->mac, m->u);
	at = from_host(b, m);
	return filter_add(&b->hub, &at, &f, err);
}

/* --- making and removing
 * ---------------------------------------------------------------------------------------------------- */

/* Its links in the hub, to be deleted together; the guest's own end goes with them. */
static unsigned int group_of(const struct build *b, const struct mirror *m)
{
	return (unsigned int)(m - b->mirrors) + 1;
}

static int add_links(struct build *b, const struct iface *i, struct mirror *m, struct build_node *n,
		     struct err *err)
{
	char names[4][IFNAMSIZ];
	struct hub_end ends[4]; /* of "bgmu", in this order */
	int rc;

	for (int k = 0; k < 4; k++) {
		hub_name(names[k], "bgmu"[k], m);
		ends[k] = (struct hub_end){.name = names[k], .group = group_of(b, m)};
	}
	rc = link_add_bridge(&b->hub, &ends[0], err);
	if (rc == 0)
		rc = rtsock_need_ifindex(&b->hub, names[0], &ends[1].bridge, err);
	ends[2].bridge = ends[1].bridge;
	if (rc == 0)
		rc = link_add_hub_pair(&b->hub, &ends[2], &ends[3], err);
	if (rc == 0)
		rc = rtsock_need_ifindex(&b->hub, names[3], &m->u, err);
	return rc < 0 ? rc : link_add_port(b, i, &ends[1], n, err);
}

static struct mirror *take_place(struct build *b, const struct op *op, struct err *err)
{
	struct mirror *m = find(b, "", "");

	if (!m) {
		err_set(err, ERR_MACHINE, ENOSPC, "Too many mirrored interfaces");
		return NULL;
	}
	snprintf(m->node, sizeof(m->node), "%s", op->node->name);
	snprintf(m->iface, sizeof(m->iface), "%s", op->iface->name);
	return m;
}

int mirror_add(struct build *b, const struct op *op, struct build_node *n, struct err *err)
{
	struct mirror_name of;
	struct mirror *m;
	int rc;

	mirror_del(b, op->node->name, op->iface->name);
	if (!mirror_parse(op->iface->mirrors, &of))
		return err_set(err, ERR_USAGE, EINVAL, "'%s' names no interface",
			       op->iface->mirrors);
	m = take_place(b, op, err);
	if (!m)
		return -ENOSPC;
	rc = find_port(b, of.node, of.iface, &m->port, err);
	if (rc == 0)
		rc = add_links(b, op->iface, m, n, err);
	if (rc == 0)
		rc = add_filters(&b->hub, m, err);
	if (rc == -ENOENT || rc == -EOPNOTSUPP)
		err_mend(err,
			 "sudo modprobe -a sch_ingress cls_u32 act_mirred, or a kernel with them");
	if (rc == 0)
		rc = steer_join(b, m, err);
	if (rc < 0)
		mirror_del(b, op->node->name, op->iface->name);
	return rc;
}

void mirror_del(struct build *b, const char *node, const char *iface)
{
	struct mirror *m = find(b, node, iface);

	if (!m)
		return;
	clear_filters(&b->hub, m);
	clear_loopback(b, m);
	link_del_group(&b->hub, group_of(b, m));
	*m = (struct mirror){0};
}

void mirror_settle(struct build *b)
{
	char name[IFNAMSIZ];

	for (size_t i = 0; i < ARRAY_SIZE(b->mirrors); i++)
		for (const char *what = "gmu"; b->mirrors[i].node[0] && *what; what++) {
			hub_name(name, *what, &b->mirrors[i]);
			rtsock_settle(&b->hub, name);
		}
}
