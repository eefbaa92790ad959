/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ends of a VPN. */
/*
 * A WireGuard device sends its own packets from the namespace it was made in, so each end is made by its node's socket and
 * not moved. The keys live in the kernel alone. Who has an endpoint listens there; the other goes to it, and is found by
 * where its packets come from. Everything may pass: what a VPN lets through is for routes and rules to say.
 */
#define _GNU_SOURCE
#include "netns/tunnel.h"

#include <linux/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>

#include "netns/link.h"
#include "netns/netns.h"
#include "netns/nlaux.h"
#include "netns/wireguard.h"

struct end {
	struct build_node *n;
	const struct iface *f;
	union wireguard_endpoint at; /* family 0: none */
	uint8_t public[WIREGUARD_KEY];
	bool made;
};

static int end_of(struct build *b, const struct node *node, const struct iface *f, struct end *ret,
		  struct err *err)
{
	int rc = build_node_need(b, node->name, &ret->n, err);

	ret->f = f;
	if (rc == 0 && f->endpoint[0] && !wireguard_parse_endpoint(f->endpoint, &ret->at))
		return err_set(err, ERR_USAGE, EINVAL,
			       "'%s' is no endpoint: 203.0.113.50:51820 is one", f->endpoint);
	return rc;
}

static uint16_t port_of(const struct end *e)
{
	if (e->at.any.sa_family == AF_INET6)
		return ntohs(e->at.v6.sin6_port);
	return e->at.any.sa_family == AF_INET ? ntohs(e->at.v4.sin_port) : 0;
}

static int make(struct build *b, struct end *e, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	int rc = link_add_bare(e->n, e->f, "wireguard", err);

	if (rc < 0)
		return rc;
	e->made = true;
	rc = netns_enter(&v, e->n->netns, b->home, err);
	return rc < 0 ? rc : wireguard_init(e->f->name, port_of(e), e->public, err);
}

static int introduce(struct build *b, const struct end *to, const struct end *other,
		     struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	int rc = netns_enter(&v, to->n->netns, b->home, err);

	return rc < 0 ? rc : wireguard_set_peer(to->f->name, other->public, &other->at, err);
}

static void unmake(const struct end *e)
{
	unsigned int index = e->made ? rtsock_ifindex(&e->n->rt, e->f->name) : 0;

	if (index)
		link_del_index(&e->n->rt, index, NULL);
}

int tunnel_add(struct build *b, const struct op *op, struct err *err)
{
	struct end here = {0}, there = {0};
	struct err why = {0};
	int rc = end_of(b, op->node, op->iface, &here, err);

	if (rc == 0)
		rc = end_of(b, op->peer_node, op->peer_iface, &there, err);
	if (rc < 0)
		return rc;
	rc = make(b, &here, &why);
	if (rc == -EOPNOTSUPP && !here.made)
		return -ENOTSUP;
	if (rc == 0)
		rc = make(b, &there, &why);
	if (rc == 0)
		rc = introduce(b, &here, &there, &why);
	if (rc == 0)
		rc = introduce(b, &there, &here, &why);
	if (rc < 0) {
		unmake(&here);
		unmake(&there);
		if (err)
			*err = why;
		return rc == -ENOTSUP ? -EIO : rc;
	}
	return 0;
}

void tunnel_del_peer(struct build *b, const struct op *op)
{
	struct build_node *n = op->peer_node ? build_node_find(b, op->peer_node->name) : NULL;
	unsigned int index = n ? rtsock_ifindex(&n->rt, op->peer_iface->name) : 0;

	if (index)
		link_del_index(&n->rt, index, NULL);
}

bool tunnel_is_bare(const struct build_node *n, const char *dev)
{
	struct ifreq ifr = {0};

	if (strlen(dev) >= IFNAMSIZ)
		return false;
	strcpy(ifr.ifr_name, dev);
	return rtsock_ioctl(&n->rt, SIOCGIFHWADDR, &ifr) == 0 &&
	       ifr.ifr_hwaddr.sa_family == ARPHRD_NONE;
}
