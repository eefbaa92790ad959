/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one node of a model must be: what the kernel would refuse is refused here, where the message
 * can name the value. */
#include <string.h>

#include "base/nearest.h"
#include "model/check_say.h"
#include "model/net.h"
#include "model/subnet.h"

static int check_node_names(const struct model *m, const struct node *n, const struct where *w,
			    struct err *err)
{
	int rc = UNIQUE(n, ifaces, name, w, err);

	(void)m;
	if (rc == 0)
		rc = UNIQUE(n, sysctls, name, w, err);
	if (rc == 0)
		rc = UNIQUE(n, files, path, w, err);
	if (rc == 0)
		rc = UNIQUE(n, env, name, w, err);
	if (rc == 0)
		rc = UNIQUE(n, trees, target, w, err);
	if (rc == 0)
		rc = UNIQUE(n, volumes, name, w, err);
	return rc < 0 ? rc : UNIQUE(n, volumes, target, w, err);
}

static int unknown_segment(const struct model *m, const struct iface *f, const struct where *w,
			   struct err *err)
{
	const char *known[64], *near;
	size_t n = 0;

	for (; n < m->n_segments && n < ARRAY_SIZE(known); n++)
		known[n] = m->segments[n].name;
	near = nearest(f->segment, known, n);
	return check_wrong(err, w, "Unknown segment '%s'%s%s%s", f->segment,
			   near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool joins(enum iface_kind k)
{
	return k == IFACE_VETH || k == IFACE_TUNNEL;
}

static int check_wiring(const struct model *m, const struct iface *f, const struct where *w,
			struct err *err)
{
	bool lo = strcmp(f->name, "lo") == 0;

	if (lo != (f->kind == IFACE_LOOPBACK))
		return check_wrong(err, w, "'lo' is the loopback interface, and the only one");
	if (!joins(f->kind) && f->segment[0])
		return check_wrong(err, w, "Only a veth or a tunnel joins a segment");
	if (f->endpoint[0] && f->kind != IFACE_TUNNEL)
		return check_wrong(err, w, "Only a tunnel has an endpoint");
	if (f->carried && (f->kind != IFACE_TUNNEL || f->mac[0]))
		return check_wrong(err, w, "Only a tunnel is 'carried', and then it has no MAC");
	if (!joins(f->kind))
		return 0;
	if (!f->segment[0])
		return check_wrong(err, w, "A %s must join a segment", iface_kind_name(f->kind));
	for (size_t i = 0; i < m->n_segments; i++)
		if (strcmp(m->segments[i].name, f->segment) == 0)
			return 0;
	return unknown_segment(m, f, w, err);
}

/* IPv6: the address itself says it. IPv4: one for all of a subnet (__inet_insert_ifa()). */
static bool scope_fits(const struct iface *f, size_t i)
{
	const struct address *a = &f->addresses[i];
	struct prefix p, q;

	prefix_parse(a->cidr, &p);
	if (strchr(a->cidr, ':'))
		return !a->scope[0] || (strcmp(a->scope, "link") == 0 && p.addr[0] == 0xfe &&
					(p.addr[1] & 0xc0) == 0x80);
	for (size_t k = 0; k < i; k++)
		if (prefix_parse(f->addresses[k].cidr, &q) && prefix_same_net(&p, &q))
			return strcmp(a->scope, f->addresses[k].scope) == 0;
	return true;
}

static int check_addresses(const struct iface *f, const struct where *w, struct err *err)
{
	for (size_t i = 0; i < f->n_addresses; i++) {
		const struct address *a = &f->addresses[i];
		struct where here = check_item(w, "addresses", i);
		struct prefix p, q;

		prefix_parse(a->cidr, &p);
		/* addrconf takes IPv6 off an interface whose MTU is under the 1280 of RFC 8200. */
		if (strchr(a->cidr, ':') && f->mtu && f->mtu < 1280)
			return check_wrong(err, &here, "IPv6 needs an MTU of 1280, '%s' has %u",
					   f->name, f->mtu);
		if (a->broadcast[0] && (strchr(a->cidr, ':') || strchr(a->broadcast, ':')))
			return check_wrong(err, &here, "Only IPv4 has a broadcast address");
		if (a->nodad && !strchr(a->cidr, ':'))
			return check_wrong(err, &here, "Only IPv6 asks for duplicates: no 'nodad'");
		if (!scope_fits(f, i))
			return check_wrong(err, &here, "The kernel has no scope '%s' for %s%s",
					   a->scope[0] ? a->scope : "global", a->cidr,
					   strchr(a->cidr, ':') ? ""
								: " beside its subnet's first");
		for (size_t k = 0; k < i; k++)
			if (prefix_parse(f->addresses[k].cidr, &q) && prefix_same_address(&p, &q))
				return check_wrong(err, &here, "%s is already addresses[%zu]",
						   a->cidr, k);
	}
	return 0;
}

static int no_iface(const struct node *n, const char *name, const struct where *w, struct err *err)
{
	const char *known[MODEL_MAX_IFACES + 1], *near;
	size_t count = 0;

	if (!name[0] || subnet_iface(n, name))
		return 0;
	for (; count < n->n_ifaces; count++)
		known[count] = n->ifaces[count].name;
	near = nearest(name, known, count);
	return check_wrong(err, w, "Node '%s' has no interface '%s'%s%s%s", n->name, name,
			   near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int check_master(const struct node *n, const struct iface *f, const struct where *w,
			struct err *err)
{
	int rc = no_iface(n, f->master, w, err);

	if (rc < 0 || !f->master[0])
		return rc;
	if (node_iface(n, f->master) == NULL || node_iface(n, f->master)->kind != IFACE_BRIDGE)
		return check_wrong(err, w, "'%s' is no bridge", f->master);
	if (f->kind != IFACE_VETH && f->kind != IFACE_DUMMY)
		return check_wrong(err, w, "A %s can't be a bridge's port",
				   iface_kind_name(f->kind));
	return 0;
}

static int check_ifaces(const struct model *m, const struct node *n, const struct where *w,
			struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n->n_ifaces && rc == 0; i++) {
		const struct iface *f = &n->ifaces[i];
		struct where here = check_item(w, "ifaces", i);

		rc = check_wiring(m, f, &here, err);
		if (rc == 0)
			rc = check_master(n, f, &here, err);
		if (rc == 0)
			rc = check_mirror(m, n, f, &here, err);
		if (rc == 0)
			rc = check_addresses(f, &here, err);
	}
	return rc;
}

static bool other_family(const char *address, bool ipv6)
{
	return address[0] && (strchr(address, ':') != NULL) != ipv6;
}

static int check_route_words(const struct route *r, const struct where *w, struct err *err)
{
	bool plain = strcmp(r->type, "unicast") == 0;

	if ((strcmp(r->dst, "default") != 0 && other_family(r->dst, r->ipv6)) ||
	    other_family(r->via, r->ipv6) || other_family(r->src, r->ipv6))
		return check_wrong(err, w, "IPv4 and IPv6 are mixed");
	if (plain && !r->via[0] && !r->dev[0])
		return check_wrong(err, w, "A route needs 'via' or 'dev'");
	if (!plain && (r->via[0] || r->dev[0]))
		return check_wrong(err, w, "A %s route has neither 'via' nor 'dev'", r->type);
	if (r->onlink && (!r->via[0] || !r->dev[0]))
		return check_wrong(err, w, "'onlink' needs 'via' and 'dev'");
	if (r->via[0] && strcmp(r->scope, "link") == 0)
		return check_wrong(err, w, "A route with a gateway has not scope link");
	return 0;
}

static int check_gateway(const struct node *n, const struct route *r, const struct where *w,
			 struct err *err)
{
	const struct iface *dev = r->dev[0] ? subnet_iface(n, r->dev) : NULL;

	if (!r->via[0])
		return 0;
	if (!dev && subnet_ways(n, r) > 1)
		return check_wrong(err, w,
				   "Several interfaces reach the gateway %s: say which by 'dev'",
				   r->via);
	if (subnet_gateway_ok(n, r))
		return 0;
	if (dev && !dev->up)
		check_wrong(err, w, "The gateway %s is behind '%s', which is down", r->via, r->dev);
	else
		check_wrong(err, w, "The gateway %s is on no connected subnet of %s%s%s", r->via,
			    dev ? "'" : "an interface that is up", dev ? r->dev : "",
			    dev ? "'" : "");
	return err_mend(err, "Take the route away too, as the kernel would, or set 'onlink'");
}

static bool same_route(const struct route *a, const struct route *b)
{
	return a->table == b->table && a->metric == b->metric && a->ipv6 == b->ipv6 &&
	       strcmp(a->dst, b->dst) == 0;
}

/* 127.0.0.0/8 and ::1 are every node's own. */
static bool own_source(const struct node *n, const char *src)
{
	return !src[0] || strncmp(src, "127.", 4) == 0 || strcmp(src, "::1") == 0 ||
	       subnet_has_address(n, src);
}

static int check_route(const struct node *n, size_t i, const struct where *w, struct err *err)
{
	const struct route *r = &n->routes[i];
	int rc = no_iface(n, r->dev, w, err);

	if (rc == 0)
		rc = check_route_words(r, w, err);
	if (rc == 0)
		rc = check_gateway(n, r, w, err);
	if (rc < 0)
		return rc;
	if (!own_source(n, r->src))
		return check_wrong(err, w, "The source %s is no address of '%s'", r->src, n->name);
	for (size_t k = 0; k < i; k++)
		if (same_route(r, &n->routes[k]))
			return check_wrong(err, w,
					   "routes[%zu] has the same table, destination and metric",
					   k);
	return 0;
}

static int check_routes(const struct model *m, const struct node *n, const struct where *w,
			struct err *err)
{
	int rc = 0;

	(void)m;
	for (size_t i = 0; i < n->n_routes && rc == 0; i++) {
		struct where here = check_item(w, "routes", i);

		rc = check_route(n, i, &here, err);
	}
	return rc;
}

enum { TABLE_LOCAL = 255 };

static bool same_rule(const struct rule *a, const struct rule *b)
{
	return a->priority == b->priority && a->ipv6 == b->ipv6 && a->table == b->table &&
	       a->fwmark == b->fwmark && a->fwmask == b->fwmask && strcmp(a->from, b->from) == 0 &&
	       strcmp(a->to, b->to) == 0 && strcmp(a->iif, b->iif) == 0 &&
	       strcmp(a->ipproto, b->ipproto) == 0;
}

static int check_rules(const struct model *m, const struct node *n, const struct where *w,
		       struct err *err)
{
	(void)m;
	for (size_t i = 0; i < n->n_rules; i++) {
		const struct rule *r = &n->rules[i];
		struct where here = check_item(w, "rules", i);
		int rc = no_iface(n, r->iif, &here, err);

		if (rc < 0)
			return rc;
		if (other_family(r->from, r->ipv6) || other_family(r->to, r->ipv6))
			return check_wrong(err, &here, "IPv4 and IPv6 are mixed");
		if (r->fwmask && !r->fwmark)
			return check_wrong(err, &here, "'fwmask' without 'fwmark'");
		if (r->table == TABLE_LOCAL && r->priority == n->local_rule && !r->ipv6)
			return check_wrong(err, &here,
					   "The rule 'from all lookup local' has priority %u too: "
					   "the kernel could not tell them apart",
					   r->priority);
		for (size_t k = 0; k < i; k++)
			if (same_rule(r, &n->rules[k]))
				return check_wrong(err, &here, "The same as rules[%zu]", k);
	}
	return 0;
}

/* A bridge has the lowest MAC of its ports unless it was given one. */
static bool takes_macs(const struct node *n, const char *dev)
{
	for (size_t i = 0; i < n->n_ifaces; i++)
		if (strcmp(n->ifaces[i].master, dev) == 0)
			return !subnet_iface(n, dev)->mac[0];
	return false;
}

static int check_neighs(const struct model *m, const struct node *n, const struct where *w,
			struct err *err)
{
	(void)m;
	for (size_t i = 0; i < n->n_neighs; i++) {
		const struct neigh *a = &n->neighs[i];
		struct where here = check_item(w, "neighs", i);
		int rc = no_iface(n, a->dev, &here, err);

		if (rc < 0)
			return rc;
		if (strcmp(a->dev, "lo") == 0)
			return check_wrong(err, &here, "'lo' has no neighbours");
		if (takes_macs(n, a->dev))
			return check_wrong(err, &here,
					   "'%s' changes its MAC with its ports and forgets "
					   "neighbours then: say a MAC for it",
					   a->dev);
		for (size_t k = 0; k < i; k++)
			if (strcmp(a->dev, n->neighs[k].dev) == 0 &&
			    strcmp(a->address, n->neighs[k].address) == 0)
				return check_wrong(err, &here, "neighs[%zu] has the same address",
						   k);
	}
	return 0;
}

/* The interface in "net.ipv4.conf.IFACE.rp_filter"; "" when the sysctl belongs to none. */
static void sysctl_iface(const char *name, char *ret, size_t size)
{
	static const char *const roots[] = {"net.ipv4.conf.", "net.ipv6.conf.", "net.ipv4.neigh.",
					    "net.ipv6.neigh."};

	ret[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		size_t n = strlen(roots[i]);
		const char *last = strrchr(name, '.');

		if (strncmp(name, roots[i], n) == 0 && last > name + n)
			snprintf(ret, size, "%.*s", (int)(last - name - (ptrdiff_t)n), name + n);
	}
	if (strcmp(ret, "all") == 0 || strcmp(ret, "default") == 0)
		ret[0] = '\0';
}

static int check_sysctls(const struct model *m, const struct node *n, const struct where *w,
			 struct err *err)
{
	char iface[64];
	int rc = 0;

	(void)m;
	for (size_t i = 0; i < n->n_sysctls && rc == 0; i++) {
		struct where here = check_item(w, "sysctls", i);

		sysctl_iface(n->sysctls[i].name, iface, sizeof(iface));
		rc = no_iface(n, iface, &here, err);
	}
	return rc;
}

static int check_files(const struct model *m, const struct node *n, const struct where *w,
		       struct err *err)
{
	(void)m;
	for (size_t i = 0; i < n->n_files; i++) {
		const struct file *f = &n->files[i];
		struct where here = check_item(w, "files", i);

		if (f->symlink[0] && f->content[0])
			return check_wrong(err, &here, "Both 'symlink' and 'content'");
		if (f->remove && (f->symlink[0] || f->content[0]))
			return check_wrong(err, &here, "'remove' has no 'symlink' or 'content'");
	}
	return 0;
}

/* Others write in a volume while a node is made: nothing can be put there safely. */
static int check_volumes(const struct model *m, const struct node *n, const struct where *w,
			 struct err *err)
{
	(void)m;
	for (size_t i = 0; i < n->n_trees; i++)
		for (size_t k = 0; k < n->n_volumes; k++) {
			const char *tree = n->trees[i].target, *volume = n->volumes[k].target;
			struct where here = check_item(w, "trees", i);
			size_t len = strlen(volume);

			if (strncmp(tree, volume, len) == 0 && (!tree[len] || tree[len] == '/'))
				return check_wrong(err, &here, "'%s' is inside the volume '%s'",
						   tree, n->volumes[k].name);
		}
	return 0;
}

typedef int (*node_check)(const struct model *m, const struct node *n, const struct where *w,
			  struct err *err);
static const node_check node_checks[] = {
	check_node_names, check_ifaces, check_routes,  check_rules,	 check_neighs,
	check_sysctls,	  check_files,	check_volumes, check_port_space,
};

int check_node(const struct model *m, const struct node *n, const struct where *w, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(node_checks) && rc == 0; i++)
		rc = node_checks[i](m, n, w, err);
	return rc;
}
