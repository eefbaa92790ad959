/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links. */
/*
 * A pair is made by one request on the hub's socket that names both namespaces, so neither end is
 * ever seen in the hub and ifindexes come in the model's order. A member of a larger segment is a
 * pair too: its far end in the node, its near end a port of the segment's bridge in the hub, up
 * from birth. A port goes when its node's end goes.
 */
#define _GNU_SOURCE
#include "netns/link.h"

#include <linux/if.h>
#include <linux/pkt_sched.h>
#include <netlink/route/link/bridge.h>
#include <netlink/route/link/veth.h>
#include <string.h>

#include "netns/carry.h"
#include "netns/dump.h"
#include "netns/impair.h"
#include "netns/mirror.h"
#include "netns/nlaux.h"
#include "netns/tunnel.h"

/* A hub's port passes whatever its node's end takes, so that a changed MTU in a node needs no
 * change in the hub. */
enum { MTU_ETHERNET = 1500, MTU_LOOPBACK = 65536, MTU_HUB = 65535 };

/*
 * libnl 3.7 leaves ifi_change at 0, which the kernel reads as "all flags": up would clear
 * MULTICAST, and down (no flag, no change) would do nothing.
 */
static void mask_flags(struct nl_msg *msg, bool up)
{
	struct ifinfomsg *ifi = nlmsg_data(nlmsg_hdr(msg));

	ifi->ifi_flags = up ? IFF_UP : 0;
	ifi->ifi_change = IFF_UP;
}

static int set_mac(struct rtnl_link *l, const char *mac, struct err *err)
{
	auto_nladdr *addr = NULL;
	int rc;

	if (!mac[0])
		return 0;
	rc = nl_addr_parse(mac, AF_LLC, &addr);
	if (rc < 0)
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is no MAC address", mac);
	rtnl_link_set_addr(l, addr);
	return 0;
}

static uint32_t mtu_of(const struct iface *i)
{
	if (i->mtu)
		return i->mtu;
	return i->kind == IFACE_LOOPBACK ? MTU_LOOPBACK : MTU_ETHERNET;
}

/*
 * Said also when it is one: a veth of which nothing is said is made with a queue for each CPU, then brought down to one,
 * and waits for an RCU grace period over that (netif_set_real_num_tx_queues, Linux 6.18), twice a pair.
 */
static void set_queues(struct rtnl_link *l, unsigned int n)
{
	rtnl_link_set_num_tx_queues(l, n ? n : 1);
	rtnl_link_set_num_rx_queues(l, n ? n : 1);
}

/* Name, place, MAC, MTU and queues of a link yet to be made. */
static int describe(struct rtnl_link *l, const struct iface *i, int netns, struct err *err)
{
	rtnl_link_set_name(l, i->name);
	rtnl_link_set_mtu(l, mtu_of(i));
	set_queues(l, i->queues);
	if (netns >= 0)
		rtnl_link_set_ns_fd(l, netns);
	return set_mac(l, i->mac, err);
}

static int send_new(struct rtsock *rt, struct rtnl_link *l, bool up, struct err *err)
{
	auto_nlmsg *msg = NULL;
	int rc = rtnl_link_build_add_request(l, NLM_F_CREATE | NLM_F_EXCL, &msg);

	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a link");
	mask_flags(msg, up);
	return rtsock_call(rt, msg, err);
}

/* A veth is `noqueue` whatever its queues; WSL's eth0 says mq. */
static int set_mq(struct build_node *n, const struct iface *i, struct err *err)
{
	auto_qdisc *q = NULL;
	auto_nlmsg *msg = NULL;
	unsigned int index;
	int rc;

	if (i->queues < 2)
		return 0;
	rc = rtsock_need_ifindex(&n->rt, i->name, &index, err);
	if (rc < 0)
		return rc;
	q = rtnl_qdisc_alloc();
	if (!q)
		return err_sys(err, ENOMEM, "Can't describe a qdisc");
	rtnl_tc_set_ifindex(TC_CAST(q), (int)index);
	rtnl_tc_set_parent(TC_CAST(q), TC_H_ROOT);
	rtnl_tc_set_kind(TC_CAST(q), "mq");
	rc = rtnl_qdisc_build_add_request(q, NLM_F_CREATE | NLM_F_REPLACE, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a qdisc");
	return rtsock_call(&n->rt, msg, err);
}

int link_set_flag_up(struct rtsock *rt, unsigned int index, bool up, struct err *err)
{
	auto_link *orig = rtnl_link_alloc(), *want = rtnl_link_alloc();
	auto_nlmsg *msg = NULL;
	int rc;

	if (!orig || !want)
		return err_sys(err, ENOMEM, "Can't describe a link");
	rtnl_link_set_ifindex(orig, (int)index);
	rc = rtnl_link_build_change_request(orig, want, 0, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a link");
	mask_flags(msg, up);
	return rtsock_call(rt, msg, err);
}

/* --- segments
 * ------------------------------------------------------------------------------------------------
 */

int link_add_bridge(struct rtsock *rt, const struct hub_end *end, struct err *err)
{
	auto_link *br = rtnl_link_bridge_alloc();

	if (!br)
		return err_sys(err, ENOMEM, "Can't describe a bridge");
	rtnl_link_set_name(br, end->name);
	rtnl_link_set_group(br, (int)end->group);
	return send_new(rt, br, true, err);
}

int link_add_segment(struct build *b, const struct op *op, struct err *err)
{
	struct hub_end end = {.name = op->segment->name};

	if (!segment_is_bridge(op->segment, op->segment_members) ||
	    rtsock_ifindex(&b->hub, op->segment->name))
		return 0;
	return link_add_bridge(&b->hub, &end, err);
}

int link_del_index(struct rtsock *rt, unsigned int index, struct err *err)
{
	auto_link *l = rtnl_link_alloc();
	auto_nlmsg *msg = NULL;
	int rc;

	if (!l)
		return err_sys(err, ENOMEM, "Can't describe a link");
	rtnl_link_set_ifindex(l, (int)index);
	rc = rtnl_link_build_delete_request(l, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a link");
	return rtsock_call_but(rt, msg, ENODEV, err);
}

void link_del_group(struct rtsock *rt, unsigned int group)
{
	struct ifinfomsg ifi = {.ifi_family = AF_UNSPEC};
	auto_nlmsg *msg = nlmsg_alloc_simple(RTM_DELLINK, 0);

	if (msg && nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) == 0 &&
	    nla_put_u32(msg, IFLA_GROUP, group) == 0)
		rtsock_call(rt, msg, NULL);
}

int link_del_segment(struct build *b, const struct op *op, struct err *err)
{
	unsigned int index = rtsock_ifindex(&b->hub, op->segment->name);

	impair_forget(b, op->segment);
	return index ? link_del_index(&b->hub, index, err) : 0;
}

/* --- adding
 * --------------------------------------------------------------------------------------------------
 */

/* near in its node's namespace, far in its own, by one request. */
static int add_pair(struct build *b, const struct op *op, struct build_node *n, struct err *err)
{
	auto_link *l = rtnl_link_veth_alloc();
	auto_link *far = l ? rtnl_link_veth_get_peer(l) : NULL;
	struct build_node *peer;
	int rc = build_node_need(b, op->peer_node->name, &peer, err);

	if (rc < 0)
		return rc;
	if (!far)
		return err_sys(err, ENOMEM, "Can't describe a veth pair");
	rc = describe(l, op->iface, n->netns, err);
	if (rc == 0)
		rc = describe(far, op->peer_iface, peer->netns, err);
	if (rc == 0)
		rc = send_new(&b->hub, l, false, err);
	if (rc == 0)
		rc = set_mq(n, op->iface, err);
	if (rc == 0)
		rc = set_mq(peer, op->peer_iface, err);
	return rc;
}

void link_port_name(char ret[IFNAMSIZ], unsigned int number)
{
	snprintf(ret, IFNAMSIZ, "p%u", number);
}

/* One end in the hub, passing whatever comes. */
static void describe_hub_end(struct rtnl_link *l, const struct hub_end *end)
{
	rtnl_link_set_name(l, end->name);
	rtnl_link_set_mtu(l, MTU_HUB);
	rtnl_link_set_group(l, (int)end->group);
	set_queues(l, 1);
	if (end->bridge)
		rtnl_link_set_master(l, (int)end->bridge);
}

int link_add_hub_pair(struct rtsock *rt, const struct hub_end *a, const struct hub_end *z,
		      struct err *err)
{
	auto_link *l = rtnl_link_veth_alloc();
	auto_link *far = l ? rtnl_link_veth_get_peer(l) : NULL;
	unsigned int index;
	int rc;

	if (!far)
		return err_sys(err, ENOMEM, "Can't describe a veth pair");
	describe_hub_end(l, a);
	describe_hub_end(far, z);
	rc = send_new(rt, l, true, err);
	if (rc == 0)
		rc = rtsock_need_ifindex(rt, z->name, &index, err);
	return rc < 0 ? rc : link_set_flag_up(rt, index, true, err);
}

/* The interface in its node, the other end in the hub: a port of a bridge there, or (bridge 0)
 * leading nowhere. */
int link_add_port(struct build *b, const struct iface *i, const struct hub_end *end,
		  struct build_node *n, struct err *err)
{
	auto_link *l = rtnl_link_veth_alloc();
	auto_link *far = l ? rtnl_link_veth_get_peer(l) : NULL;
	int rc;

	if (!far)
		return err_sys(err, ENOMEM, "Can't describe a veth pair");
	describe_hub_end(l, end);
	rc = describe(far, i, n->netns, err);
	if (rc == 0)
		rc = send_new(&b->hub, l, true, err);
	if (rc == 0)
		rc = set_mq(n, i, err);
	return rc;
}

static int add_port(struct build *b, const struct iface *i, unsigned int bridge,
		    struct build_node *n, struct err *err)
{
	char port[IFNAMSIZ];
	struct hub_end end = {.name = port, .bridge = bridge};

	link_port_name(port, ++b->next_port);
	return link_add_port(b, i, &end, n, err);
}

static int add_veth(struct build *b, const struct op *op, struct build_node *n, struct err *err)
{
	unsigned int bridge = 0;
	int rc;

	if (op->iface->mirrors[0])
		return mirror_add(b, op, n, err);
	if (op->peer_iface)
		return add_pair(b, op, n, err);
	if (segment_is_bridge(op->segment, op->segment_members)) {
		rc = rtsock_need_ifindex(&b->hub, op->iface->segment, &bridge, err);
		if (rc < 0)
			return rc;
	}
	return add_port(b, op->iface, bridge, n, err);
}

static int add_own(struct build_node *n, const struct iface *i, const char *kind, struct err *err)
{
	auto_link *l = rtnl_link_alloc();
	int rc;

	if (!l)
		return err_sys(err, ENOMEM, "Can't describe a link");
	rtnl_link_set_type(l, kind);
	rc = describe(l, i, -1, err);
	return rc < 0 ? rc : send_new(&n->rt, l, false, err);
}

int link_add_bare(struct build_node *n, const struct iface *i, const char *kind, struct err *err)
{
	auto_link *l = rtnl_link_alloc();

	if (!l)
		return err_sys(err, ENOMEM, "Can't describe a link");
	rtnl_link_set_type(l, kind);
	rtnl_link_set_name(l, i->name);
	rtnl_link_set_mtu(l, mtu_of(i));
	return send_new(&n->rt, l, false, err);
}

static int add_loopback(struct build *b, const struct op *op, struct build_node *n, struct err *err)
{
	(void)b, (void)op, (void)n, (void)err;
	return 0; /* every namespace is born with it */
}

static int add_bridge(struct build *b, const struct op *op, struct build_node *n, struct err *err)
{
	(void)b;
	return add_own(n, op->iface, "bridge", err);
}

/* Some kernels lack dummy; a pair whose other end nobody reads serves the same. */
static int add_dummy(struct build *b, const struct op *op, struct build_node *n, struct err *err)
{
	struct err why = {0};
	int rc = add_own(n, op->iface, "dummy", &why);

	if (rc == -EOPNOTSUPP)
		return add_port(b, op->iface, 0, n, err);
	if (rc < 0 && err)
		*err = why;
	return rc;
}

/*
 * Without WireGuard a pair of the same MTU, which drops what does not fit as WireGuard would; but one whose packets are to
 * travel is VXLAN.
 */
static int add_tunnel(struct build *b, const struct op *op, struct build_node *n, struct err *err)
{
	int rc = op->peer_iface ? tunnel_add(b, op, err) : -ENOTSUP;

	if (rc == -ENOTSUP && op->peer_iface && (op->iface->carried || op->peer_iface->carried))
		return carry_add(b, op, err);
	return rc == -ENOTSUP ? add_veth(b, op, n, err) : rc;
}

static int (*const adders[])(struct build *, const struct op *, struct build_node *,
			     struct err *) = {
	[IFACE_LOOPBACK] = add_loopback, [IFACE_VETH] = add_veth,     [IFACE_DUMMY] = add_dummy,
	[IFACE_BRIDGE] = add_bridge,	 [IFACE_TUNNEL] = add_tunnel,
};
_Static_assert(ARRAY_SIZE(adders) == N_IFACE_KINDS, "an adder for every kind of interface");

int link_add(struct build *b, const struct op *op, struct err *err)
{
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	if (rc < 0)
		return rc;
	if (rtsock_ifindex(&n->rt, op->iface->name))
		return 0;
	return adders[op->iface->kind](b, op, n, err);
}

/* --- changing and removing
 * ----------------------------------------------------------------------------------- */

static void note_raised(struct build *b, const struct op *op)
{
	if (b->n_raised == ARRAY_SIZE(b->raised))
		link_settle(b);
	snprintf(b->raised[b->n_raised].node, IFNAMSIZ, "%s", op->node->name);
	snprintf(b->raised[b->n_raised++].iface, IFNAMSIZ, "%s", op->iface->name);
}

/* Index 0 takes it off its bridge. */
static int set_master(struct rtnl_link *want, const struct iface *i, struct build_node *n,
		      struct err *err)
{
	unsigned int bridge = 0;
	int rc = i->master[0] ? rtsock_need_ifindex(&n->rt, i->master, &bridge, err) : 0;

	if (rc == 0 && (i->kind == IFACE_VETH || i->kind == IFACE_DUMMY))
		rtnl_link_set_master(want, (int)bridge);
	return rc;
}

int link_set(struct build *b, const struct op *op, struct err *err)
{
	auto_link *orig = rtnl_link_alloc(), *want = rtnl_link_alloc();
	auto_nlmsg *msg = NULL;
	struct build_node *n;
	unsigned int index;
	bool ether;
	int rc = build_node_need(b, op->node->name, &n, err);

	if (rc == 0)
		rc = rtsock_need_ifindex(&n->rt, op->iface->name, &index, err);
	if (rc < 0)
		return rc;
	if (!orig || !want)
		return err_sys(err, ENOMEM, "Can't describe a link");
	ether = op->iface->kind == IFACE_VETH ||
		(op->iface->kind == IFACE_TUNNEL && !tunnel_is_bare(n, op->iface->name));
	rtnl_link_set_ifindex(orig, (int)index);
	rtnl_link_set_mtu(want, mtu_of(op->iface));
	/* "state UP" at once; by itself the kernel gets to it a moment later, and corrects it where
	 * there is no carrier. */
	if (op->iface->up && ether)
		rtnl_link_set_operstate(want, IF_OPER_UP);
	rc = ether || op->iface->kind != IFACE_TUNNEL ? set_mac(want, op->iface->mac, err) : 0;
	if (rc == 0)
		rc = set_master(want, op->iface, n, err);
	if (rc < 0)
		return rc;
	rc = rtnl_link_build_change_request(orig, want, 0, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a link");
	mask_flags(msg, op->iface->up);
	rc = rtsock_call(&n->rt, msg, err);
	if (rc == 0 && op->iface->up && (ether || op->iface->kind == IFACE_BRIDGE))
		note_raised(b, op);
	return rc;
}

/*
 * The kernel's link watcher gets to a carrier a moment after it came, and under load a second later; a lab that was ready
 * before that lost its first packet, and TCP and ARP wait a second before they send another.
 */
void link_settle(struct build *b)
{
	char port[IFNAMSIZ];

	for (size_t i = 0; i < b->n_raised; i++) {
		struct build_node *n = build_node_find(b, b->raised[i].node);

		if (n)
			rtsock_settle(&n->rt, b->raised[i].iface);
	}
	if (b->n_raised)
		mirror_settle(b);
	b->n_raised = 0;
	while (b->settled_port < b->next_port) {
		link_port_name(port, ++b->settled_port);
		rtsock_settle(&b->hub, port);
	}
}

int link_del(struct build *b, const struct op *op, struct err *err)
{
	struct build_node *n = build_node_find(b, op->node->name);
	unsigned int index = n ? rtsock_ifindex(&n->rt, op->iface->name) : 0;

	mirror_del(b, op->node->name, op->iface->name);
	if (op->iface->kind == IFACE_TUNNEL) {
		tunnel_del_peer(b, op);
		carry_del(b, op->node, op->iface);
	}
	if (op->iface->kind == IFACE_TUNNEL && op->peer_node)
		carry_del(b, op->peer_node, op->peer_iface);
	/* a pair's end went with its peer's */
	index = index ? rtsock_ifindex(&n->rt, op->iface->name) : 0;
	if (!index || op->iface->kind == IFACE_LOOPBACK)
		return 0;
	return link_del_index(&n->rt, index, err);
}

struct doomed {
	unsigned int index[64];
	size_t n;
};

static int note_doomed(const struct nlmsghdr *h, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(h);
	struct doomed *d = arg;

	if (!(ifi->ifi_flags & IFF_LOOPBACK) && d->n < ARRAY_SIZE(d->index))
		d->index[d->n++] = (unsigned int)ifi->ifi_index;
	return MNL_CB_OK;
}

int link_del_all(struct build_node *n, int home, struct err *err)
{
	struct doomed d = {0};
	int rc = dump_links(n->netns, home, note_doomed, &d, err);

	/* Fallback devices (sit0, tunl0) refuse and go with the namespace; a pair's other end may
	 * be gone already. */
	for (size_t i = 0; i < d.n; i++)
		link_del_index(&n->rt, d.index[i], NULL);
	return rc;
}
