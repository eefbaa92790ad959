/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which addresses, routes, rules and neighbours stand when one model turns into another. */
#include <string.h>

#include "model/fate.h"
#include "model/net.h"
#include "model/subnet.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool is_v6(const char *text)
{
	return strchr(text, ':') != NULL;
}

static bool same_address(const struct address *a, const struct address *b)
{
	return same(a->cidr, b->cidr) && same(a->broadcast, b->broadcast) &&
	       same(a->scope, b->scope) && a->noprefixroute == b->noprefixroute &&
	       a->nodad == b->nodad && a->deprecated == b->deprecated;
}

static bool same_net(const char *a, const char *b)
{
	struct prefix p, q;

	return prefix_parse(a, &p) && prefix_parse(b, &q) && prefix_same_net(&p, &q);
}

/* The next address of f at or after i in cidr's subnet; f->n_addresses when there is none. */
static size_t next_in_net(const struct iface *f, const char *cidr, size_t i)
{
	while (i < f->n_addresses && !same_net(f->addresses[i].cidr, cidr))
		i++;
	return i;
}

/*
 * IPv4: the first address of a subnet is the primary, the later ones hang on it. So what stays of a
 * subnet is the common beginning of its two lists; everything behind is taken away and put back in
 * order.
 */
static bool in_common_beginning(const struct iface *a, const struct iface *b, const char *cidr,
				const struct address *wanted)
{
	size_t i = next_in_net(a, cidr, 0), k = next_in_net(b, cidr, 0);

	while (i < a->n_addresses && k < b->n_addresses &&
	       same_address(&a->addresses[i], &b->addresses[k])) {
		if (&a->addresses[i] == wanted || &b->addresses[k] == wanted)
			return true;
		i = next_in_net(a, cidr, i + 1);
		k = next_in_net(b, cidr, k + 1);
	}
	return false;
}

static bool listed(const struct iface *f, const struct address *a)
{
	for (size_t i = 0; i < f->n_addresses; i++)
		if (same_address(&f->addresses[i], a))
			return true;
	return false;
}

static bool kept(const struct iface *a, const struct iface *b, const struct address *wanted)
{
	if (is_v6(wanted->cidr))
		return listed(a, wanted) && listed(b, wanted);
	return in_common_beginning(a, b, wanted->cidr, wanted);
}

bool fate_address_stays(const struct change *c, const struct node *from, const struct iface *f,
			size_t i)
{
	const struct node *to = model_node(c->to, from->name);

	return fate_link_stays(c, from->name, f->name) &&
	       kept(f, subnet_iface(to, f->name), &f->addresses[i]);
}

static bool goes_down(const struct change *c, const char *node, const char *iface)
{
	const struct iface *a = subnet_iface(model_node(c->from, node), iface);
	const struct iface *b = subnet_iface(model_node(c->to, node), iface);

	return a->up && !b->up;
}

bool fate_address_stood(const struct change *c, const struct node *to, const struct iface *f,
			size_t i)
{
	const struct node *from = model_node(c->from, to->name);

	if (!fate_link_stays(c, to->name, f->name))
		return false;
	if (is_v6(f->addresses[i].cidr) && goes_down(c, to->name, f->name))
		return false;
	return kept(subnet_iface(from, f->name), f, &f->addresses[i]);
}

/* Between taking away and putting back the interface has no IPv4 address, though it had one before.
 */
static bool emptied(const struct change *c, const struct node *from, const struct iface *f)
{
	bool had = false;

	if (f->kind == IFACE_LOOPBACK)
		return false;
	for (size_t i = 0; i < f->n_addresses; i++) {
		if (is_v6(f->addresses[i].cidr))
			continue;
		if (fate_address_stays(c, from, f, i))
			return false;
		had = true;
	}
	return had;
}

/* No address that a route's source names is left at some moment on the way. */
static bool source_lost(const struct change *c, const struct node *from, const char *src)
{
	struct prefix want, have;

	if (!prefix_parse_address(src, &want))
		return false;
	for (size_t i = 0; i < from->n_ifaces; i++) {
		const struct iface *f = &from->ifaces[i];

		for (size_t k = 0; k < f->n_addresses; k++) {
			if (!prefix_parse(f->addresses[k].cidr, &have) ||
			    !prefix_same_address(&want, &have))
				continue;
			if (fate_address_stays(c, from, f, k) &&
			    !(have.family == want.family && is_v6(src) &&
			      goes_down(c, from->name, f->name)))
				return false;
		}
	}
	/* 127.0.0.0/8 and ::1 are listed nowhere and never lost. */
	return subnet_has_address(from, src);
}

static bool needs_dev(const struct route *r)
{
	return same(r->type, "unicast");
}

bool fate_route_can_be(const struct node *n, const struct route *r)
{
	return !needs_dev(r) || subnet_route_dev(n, r);
}

static bool same_key(const struct route *a, const struct route *b)
{
	return a->ipv6 == b->ipv6 && a->table == b->table && a->metric == b->metric &&
	       same(a->dst, b->dst);
}

static bool same_route(const struct node *na, const struct route *a, const struct node *nb,
		       const struct route *b)
{
	const struct iface *da = subnet_route_dev(na, a), *db = subnet_route_dev(nb, b);

	return same(a->via, b->via) && same(a->src, b->src) && same(a->protocol, b->protocol) &&
	       same(a->scope, b->scope) && same(a->type, b->type) && a->onlink == b->onlink &&
	       same(da ? da->name : "", db ? db->name : "");
}

static const struct route *find_route(const struct node *n, const struct route *r)
{
	for (size_t i = 0; n && i < n->n_routes; i++)
		if (same_key(&n->routes[i], r))
			return &n->routes[i];
	return NULL;
}

/* The interface of a standing route takes it along. */
static bool dev_drops(const struct change *c, const struct node *from, const struct route *r)
{
	const struct iface *dev = subnet_route_dev(from, r);

	if (!dev)
		return false;
	return !fate_link_stays(c, from->name, dev->name) || goes_down(c, from->name, dev->name) ||
	       (!r->ipv6 && emptied(c, from, dev));
}

bool fate_route_stood(const struct change *c, const struct node *to, const struct route *r)
{
	const struct node *from = model_node(c->from, to->name);
	const struct route *old = find_route(from, r);

	return old && fate_node_stays(c, to->name) && fate_route_can_be(from, old) &&
	       fate_route_can_be(to, r) && same_route(from, old, to, r) &&
	       !dev_drops(c, from, old) && !source_lost(c, from, old->src);
}

bool fate_route_goes(const struct change *c, const struct node *from, const struct route *r)
{
	const struct node *to = model_node(c->to, from->name);
	const struct route *new = find_route(to, r);

	if (!fate_node_stays(c, from->name) || !fate_route_can_be(from, r) || dev_drops(c, from, r))
		return false;
	return !new || !fate_route_stood(c, to, new);
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
	return a->priority == b->priority && a->ipv6 == b->ipv6 && a->table == b->table &&
	       a->fwmark == b->fwmark && a->fwmask == b->fwmask && same(a->from, b->from) &&
	       same(a->to, b->to) && same(a->iif, b->iif) && same(a->ipproto, b->ipproto);
}

uint32_t fate_local_rule_was(const struct change *c, const struct node *to)
{
	return fate_node_stays(c, to->name) ? model_node(c->from, to->name)->local_rule : 0;
}

static bool has_rule(const struct node *n, const struct rule *r)
{
	for (size_t i = 0; n && i < n->n_rules; i++)
		if (same_rule(&n->rules[i], r))
			return true;
	return false;
}

bool fate_rule_stood(const struct change *c, const struct node *to, const struct rule *r)
{
	return fate_node_stays(c, to->name) && has_rule(model_node(c->from, to->name), r);
}

bool fate_rule_goes(const struct change *c, const struct node *from, const struct rule *r)
{
	return fate_node_stays(c, from->name) && !has_rule(model_node(c->to, from->name), r);
}

bool fate_neigh_can_be(const struct node *n, const struct neigh *a)
{
	const struct iface *f = subnet_iface(n, a->dev);

	return f && f->up;
}

static const struct neigh *find_neigh(const struct node *n, const struct neigh *a)
{
	for (size_t i = 0; n && i < n->n_neighs; i++)
		if (same(n->neighs[i].dev, a->dev) && same(n->neighs[i].address, a->address))
			return &n->neighs[i];
	return NULL;
}

/* neigh_ifdown() and neigh_changeaddr() spare no permanent entry. */
static bool dev_forgets(const struct change *c, const struct node *from, const struct neigh *a)
{
	const struct node *to = model_node(c->to, from->name);
	const struct iface *was = subnet_iface(from, a->dev), *is = subnet_iface(to, a->dev);

	if (!fate_link_stays(c, from->name, a->dev) || !is->up)
		return true;
	return (is->mac[0] && fate_link_differs(c, to, is)) ||
	       (!is_v6(a->address) && emptied(c, from, was));
}

bool fate_neigh_stood(const struct change *c, const struct node *to, const struct neigh *a)
{
	const struct node *from = model_node(c->from, to->name);
	const struct neigh *old = find_neigh(from, a);

	return old && fate_node_stays(c, to->name) && fate_neigh_can_be(from, old) &&
	       same(old->mac, a->mac) && !dev_forgets(c, from, old);
}

bool fate_neigh_goes(const struct change *c, const struct node *from, const struct neigh *a)
{
	const struct node *to = model_node(c->to, from->name);
	const struct neigh *new = find_neigh(to, a);

	if (!fate_node_stays(c, from->name) || !fate_neigh_can_be(from, a) ||
	    dev_forgets(c, from, a))
		return false;
	return !new || !same(new->mac, a->mac);
}
