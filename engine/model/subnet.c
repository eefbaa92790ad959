/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node's addresses and routes make reachable. */
#include "model/subnet.h"

#include <arpa/inet.h>
#include <string.h>

#include "model/net.h"

static const struct iface stock_lo = {
	.name = (char *)"lo",
	.label = (char *)"",
	.kind = IFACE_LOOPBACK,
	.segment = (char *)"",
	.master = (char *)"",
	.mirrors = (char *)"",
	.loopback = (char *)"",
	.endpoint = (char *)"",
	.mac = (char *)"",
	.queues = 1,
	.up = true,
};

const struct iface *subnet_iface(const struct node *n, const char *name)
{
	const struct iface *f = node_iface(n, name);

	return f || strcmp(name, "lo") != 0 ? f : &stock_lo;
}

/* IPv6 has one link-local subnet on every interface that is up. */
static bool link_local(const struct prefix *ip)
{
	return ip->family == AF_INET6 && ip->addr[0] == 0xfe && (ip->addr[1] & 0xc0) == 0x80;
}

/* Only the first IPv4 address of a subnet, its primary, makes a route to it; fib_add_ifaddr(). */
static bool is_secondary(const struct iface *f, size_t i)
{
	struct prefix p, q;

	prefix_parse(f->addresses[i].cidr, &p);
	for (size_t k = 0; k < i && p.family == AF_INET; k++)
		if (prefix_parse(f->addresses[k].cidr, &q) && prefix_same_net(&p, &q))
			return true;
	return false;
}

static bool connected(const struct iface *f, const struct prefix *ip)
{
	struct prefix p;

	for (size_t i = 0; i < f->n_addresses; i++)
		if (!f->addresses[i].noprefixroute && prefix_parse(f->addresses[i].cidr, &p) &&
		    prefix_holds(&p, ip) && !prefix_same_address(&p, ip) && !is_secondary(f, i))
			return true;
	return false;
}

/* A route without a gateway makes its destination reachable as if connected. */
static bool direct(const struct node *n, const struct iface *f, const struct prefix *ip)
{
	struct prefix p;

	for (size_t i = 0; i < n->n_routes; i++) {
		const struct route *r = &n->routes[i];

		if (!r->via[0] && strcmp(r->dev, f->name) == 0 && prefix_parse(r->dst, &p) &&
		    prefix_holds(&p, ip))
			return true;
	}
	return false;
}

static bool reaches(const struct node *n, const struct iface *f, const struct prefix *ip)
{
	return f->up && (connected(f, ip) || direct(n, f, ip));
}

static const struct iface *gateway_dev(const struct node *n, const struct prefix *ip)
{
	for (size_t i = 0; i < n->n_ifaces; i++)
		if (reaches(n, &n->ifaces[i], ip))
			return &n->ifaces[i];
	return NULL;
}

size_t subnet_ways(const struct node *n, const struct route *r)
{
	struct prefix ip;
	size_t ways = 0;

	if (!prefix_parse_address(r->via, &ip))
		return 0;
	for (size_t i = 0; i < n->n_ifaces; i++)
		ways += reaches(n, &n->ifaces[i], &ip);
	return ways;
}

const struct iface *subnet_route_dev(const struct node *n, const struct route *r)
{
	const struct iface *f;
	struct prefix ip;

	if (r->dev[0]) {
		f = subnet_iface(n, r->dev);
		return f && f->up ? f : NULL;
	}
	return prefix_parse_address(r->via, &ip) ? gateway_dev(n, &ip) : NULL;
}

bool subnet_gateway_ok(const struct node *n, const struct route *r)
{
	const struct iface *f = subnet_route_dev(n, r);
	struct prefix ip;

	if (!f || !prefix_parse_address(r->via, &ip))
		return false;
	return r->onlink || (r->dev[0] && link_local(&ip)) || reaches(n, f, &ip);
}

bool subnet_has_address(const struct node *n, const char *address)
{
	struct prefix want, have;

	if (!prefix_parse_address(address, &want))
		return false;
	for (size_t i = 0; i < n->n_ifaces; i++)
		for (size_t k = 0; k < n->ifaces[i].n_addresses; k++)
			if (prefix_parse(n->ifaces[i].addresses[k].cidr, &have) &&
			    prefix_same_address(&want, &have))
				return true;
	return false;
}
