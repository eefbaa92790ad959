/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a model must be beyond its types. Each check is one function over the model or one node, in a table; the first
 * that fails speaks. What the kernel would refuse is refused here, where the message can name the value.
 */
#include "model/check.h"

#include <stdarg.h>
#include <string.h>

#include "base/nearest.h"
#include "model/field.h"
#include "model/net.h"
#include "model/subnet.h"

/* "nodes[2].routes[0]: message" */
static int __attribute__((format(printf, 3, 4)))
wrong(struct err *err, const struct where *w, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_USAGE, EINVAL, "%s: %s", w->text, msg);
}

static struct where at_item(const struct where *w, const char *list, size_t i)
{
	return where_down(w, list, (long)i);
}

/* The n names at base, step bytes apart (each the char * at offset), must differ. */
static int unique(const void *base, size_t n, size_t step, size_t offset, const char *list,
		  const struct where *w, struct err *err)
{
	for (size_t i = 1; i < n; i++) {
		const char *a = *(char *const *)((const char *)base + i * step + offset);

		for (size_t k = 0; k < i; k++) {
			const char *b = *(char *const *)((const char *)base + k * step + offset);
			struct where here = at_item(w, list, i);

			if (strcmp(a, b) == 0)
				return wrong(err, &here, "'%s' is already %s[%zu]", a, list, k);
		}
	}
	return 0;
}

#define UNIQUE(owner, list, key, w, err)                                                           \
	unique((owner)->list, (owner)->n_##list, sizeof(*(owner)->list),                           \
	       (owner)->n_##list ? (size_t)((const char *)&(owner)->list->key -                    \
					    (const char *)(owner)->list)                           \
				 : 0,                                                              \
	       #list, w, err)

static int check_names(const struct model *m, struct err *err)
{
	struct where top = {""};
	int rc = UNIQUE(m, nodes, name, &top, err);

	if (rc == 0)
		rc = UNIQUE(m, segments, name, &top, err);
	return rc < 0 ? rc : UNIQUE(m, services, name, &top, err);
}

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
	return rc < 0 ? rc : UNIQUE(n, trees, target, w, err);
}

static int unknown_segment(const struct model *m, const struct iface *f, const struct where *w,
			   struct err *err)
{
	const char *known[64], *near;
	size_t n = 0;

	for (; n < m->n_segments && n < ARRAY_SIZE(known); n++)
		known[n] = m->segments[n].name;
	near = nearest(f->segment, known, n);
	return wrong(err, w, "Unknown segment '%s'%s%s%s", f->segment,
		     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int check_wiring(const struct model *m, const struct iface *f, const struct where *w,
			struct err *err)
{
	bool lo = strcmp(f->name, "lo") == 0;

	if (lo != (f->kind == IFACE_LOOPBACK))
		return wrong(err, w, "'lo' is the loopback interface, and the only one");
	if (f->kind != IFACE_VETH && f->segment[0])
		return wrong(err, w, "Only a veth joins a segment");
	if (f->kind != IFACE_VETH)
		return 0;
	if (!f->segment[0])
		return wrong(err, w, "A veth must join a segment");
	for (size_t i = 0; i < m->n_segments; i++)
		if (strcmp(m->segments[i].name, f->segment) == 0)
			return 0;
	return unknown_segment(m, f, w, err);
}

static int check_addresses(const struct iface *f, const struct where *w, struct err *err)
{
	for (size_t i = 0; i < f->n_addresses; i++) {
		const struct address *a = &f->addresses[i];
		struct where here = at_item(w, "addresses", i);
		struct prefix p, q;

		prefix_parse(a->cidr, &p);
		/* addrconf takes IPv6 off an interface whose MTU is under the 1280 of RFC 8200. */
		if (strchr(a->cidr, ':') && f->mtu && f->mtu < 1280)
			return wrong(err, &here, "IPv6 needs an MTU of 1280, '%s' has %u", f->name,
				     f->mtu);
		if (a->broadcast[0] && (strchr(a->cidr, ':') || strchr(a->broadcast, ':')))
			return wrong(err, &here, "Only IPv4 has a broadcast address");
		for (size_t k = 0; k < i; k++)
			if (prefix_parse(f->addresses[k].cidr, &q) && prefix_same_address(&p, &q))
				return wrong(err, &here, "%s is already addresses[%zu]", a->cidr, k);
	}
	return 0;
}

static int check_ifaces(const struct model *m, const struct node *n, const struct where *w,
			struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n->n_ifaces && rc == 0; i++) {
		struct where here = at_item(w, "ifaces", i);

		rc = check_wiring(m, &n->ifaces[i], &here, err);
		if (rc == 0)
			rc = check_addresses(&n->ifaces[i], &here, err);
	}
	return rc;
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
	return wrong(err, w, "Node '%s' has no interface '%s'%s%s%s", n->name, name,
		     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
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
		return wrong(err, w, "IPv4 and IPv6 are mixed");
	if (plain && !r->via[0] && !r->dev[0])
		return wrong(err, w, "A route needs 'via' or 'dev'");
	if (!plain && (r->via[0] || r->dev[0]))
		return wrong(err, w, "A %s route has neither 'via' nor 'dev'", r->type);
	if (r->onlink && (!r->via[0] || !r->dev[0]))
		return wrong(err, w, "'onlink' needs 'via' and 'dev'");
	if (r->via[0] && strcmp(r->scope, "link") == 0)
		return wrong(err, w, "A route with a gateway has not scope link");
	return 0;
}

static int check_gateway(const struct node *n, const struct route *r, const struct where *w,
			 struct err *err)
{
	const struct iface *dev = r->dev[0] ? subnet_iface(n, r->dev) : NULL;

	if (!r->via[0])
		return 0;
	if (!dev && subnet_ways(n, r) > 1)
		return wrong(err, w, "Several interfaces reach the gateway %s: say which by 'dev'",
			     r->via);
	if (subnet_gateway_ok(n, r))
		return 0;
	if (dev && !dev->up)
		wrong(err, w, "The gateway %s is behind '%s', which is down", r->via, r->dev);
	else
		wrong(err, w, "The gateway %s is on no connected subnet of %s%s%s", r->via,
		      dev ? "'" : "an interface that is up", dev ? r->dev : "", dev ? "'" : "");
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
		return wrong(err, w, "The source %s is no address of '%s'", r->src, n->name);
	for (size_t k = 0; k < i; k++)
		if (same_route(r, &n->routes[k]))
			return wrong(err, w, "routes[%zu] has the same table, destination and metric",
				     k);
	return 0;
}

static int check_routes(const struct model *m, const struct node *n, const struct where *w,
			struct err *err)
{
	int rc = 0;

	(void)m;
	for (size_t i = 0; i < n->n_routes && rc == 0; i++) {
		struct where here = at_item(w, "routes", i);

		rc = check_route(n, i, &here, err);
	}
	return rc;
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
	return a->priority == b->priority && a->ipv6 == b->ipv6 && a->table == b->table &&
	       a->fwmark == b->fwmark && a->fwmask == b->fwmask && strcmp(a->from, b->from) == 0 &&
	       strcmp(a->to, b->to) == 0 && strcmp(a->iif, b->iif) == 0;
}

static int check_rules(const struct model *m, const struct node *n, const struct where *w,
		       struct err *err)
{
	(void)m;
	for (size_t i = 0; i < n->n_rules; i++) {
		const struct rule *r = &n->rules[i];
		struct where here = at_item(w, "rules", i);
		int rc = no_iface(n, r->iif, &here, err);

		if (rc < 0)
			return rc;
		if (other_family(r->from, r->ipv6) || other_family(r->to, r->ipv6))
			return wrong(err, &here, "IPv4 and IPv6 are mixed");
		if (r->fwmask && !r->fwmark)
			return wrong(err, &here, "'fwmask' without 'fwmark'");
		for (size_t k = 0; k < i; k++)
			if (same_rule(r, &n->rules[k]))
				return wrong(err, &here, "The same as rules[%zu]", k);
	}
	return 0;
}

static int check_neighs(const struct model *m, const struct node *n, const struct where *w,
			struct err *err)
{
	(void)m;
	for (size_t i = 0; i < n->n_neighs; i++) {
		const struct neigh *a = &n->neighs[i];
		struct where here = at_item(w, "neighs", i);
		int rc = no_iface(n, a->dev, &here, err);

		if (rc < 0)
			return rc;
		for (size_t k = 0; k < i; k++)
			if (strcmp(a->dev, n->neighs[k].dev) == 0 &&
			    strcmp(a->address, n->neighs[k].address) == 0)
				return wrong(err, &here, "neighs[%zu] has the same address", k);
	}
	return 0;
}

static int check_files(const struct model *m, const struct node *n, const struct where *w,
		       struct err *err)
{
	(void)m;
	for (size_t i = 0; i < n->n_files; i++) {
		const struct file *f = &n->files[i];
		struct where here = at_item(w, "files", i);

		if (f->symlink[0] && f->content[0])
			return wrong(err, &here, "Both 'symlink' and 'content'");
		if (f->remove && (f->symlink[0] || f->content[0]))
			return wrong(err, &here, "'remove' has no 'symlink' or 'content'");
	}
	return 0;
}

typedef int (*node_check)(const struct model *m, const struct node *n, const struct where *w,
			  struct err *err);
static const node_check node_checks[] = {
	check_node_names, check_ifaces, check_routes, check_rules, check_neighs, check_files,
};

static int check_nodes(const struct model *m, struct err *err)
{
	struct where top = {""};
	int rc = 0;

	if (!m->n_nodes)
		return err_set(err, ERR_USAGE, EINVAL, "nodes: A lab needs a node");
	for (size_t i = 0; i < m->n_nodes; i++) {
		struct where here = at_item(&top, "nodes", i);

		for (size_t k = 0; k < ARRAY_SIZE(node_checks) && rc == 0; k++)
			rc = node_checks[k](m, &m->nodes[i], &here, err);
	}
	return rc;
}

/* One end of a segment, for comparing it with the others. */
struct end {
	const struct iface *iface;
	struct where where;
};

static bool share_address(const struct iface *a, const struct iface *b, const char **ret)
{
	struct prefix p, q;

	for (size_t i = 0; i < a->n_addresses; i++)
		for (size_t k = 0; k < b->n_addresses; k++)
			if (prefix_parse(a->addresses[i].cidr, &p) &&
			    prefix_parse(b->addresses[k].cidr, &q) && prefix_same_address(&p, &q)) {
				*ret = a->addresses[i].cidr;
				return true;
			}
	return false;
}

static int compare_ends(const struct end *a, const struct end *b, struct err *err)
{
	const char *cidr;

	if (strcmp(a->iface->segment, b->iface->segment) != 0)
		return 0;
	if (share_address(b->iface, a->iface, &cidr))
		return wrong(err, &b->where, "%s is also on %s, on the same segment '%s'", cidr,
			     a->where.text, a->iface->segment);
	if (a->iface->mac[0] && strcmp(a->iface->mac, b->iface->mac) == 0)
		return wrong(err, &b->where, "%s is also the MAC of %s, on the same segment '%s'",
			     b->iface->mac, a->where.text, a->iface->segment);
	return 0;
}

static int check_ends(const struct model *m, struct err *err)
{
	struct end *ends = calloc(MODEL_MAX_NODES * MODEL_MAX_IFACES, sizeof(*ends));
	struct where top = {""};
	size_t n = 0;
	int rc = 0;

	if (!ends)
		return err_sys(err, ENOMEM, "Can't check a model");
	for (size_t i = 0; i < m->n_nodes && rc == 0; i++) {
		struct where node = at_item(&top, "nodes", i);

		for (size_t k = 0; k < m->nodes[i].n_ifaces && rc == 0; k++) {
			ends[n].iface = &m->nodes[i].ifaces[k];
			ends[n].where = at_item(&node, "ifaces", k);
			for (size_t e = 0; e < n && rc == 0 && ends[n].iface->segment[0]; e++)
				rc = compare_ends(&ends[e], &ends[n], err);
			n++;
		}
	}
	free(ends);
	return rc;
}

static bool same_listen(const struct listen_on *a, const struct listen_on *b)
{
	return a->port == b->port && strcmp(a->proto, b->proto) == 0 &&
	       strcmp(a->address, b->address) == 0;
}

/* Two running services of a node can't have one socket address; nor can one service have it twice. */
static int check_listens(const struct model *m, size_t i, const struct where *w, struct err *err)
{
	const struct service *s = &m->services[i];

	for (size_t a = 0; a < s->n_listens; a++) {
		struct where here = at_item(w, "listens", a);

		for (size_t k = 0; k <= i; k++) {
			const struct service *t = &m->services[k];
			size_t n = k == i ? a : t->n_listens;

			if (k != i && (!t->running || !s->running || strcmp(t->node, s->node) != 0))
				continue;
			for (size_t b = 0; b < n; b++)
				if (same_listen(&s->listens[a], &t->listens[b]))
					return wrong(err, &here, "'%s' already listens there",
						     t->name);
		}
	}
	return 0;
}

static int check_services(const struct model *m, struct err *err)
{
	struct where top = {""};
	int rc = 0;

	for (size_t i = 0; i < m->n_services && rc == 0; i++) {
		const struct service *s = &m->services[i];
		struct where here = at_item(&top, "services", i);

		if (!model_node(m, s->node))
			return wrong(err, &here, "Unknown node '%s'", s->node);
		if (s->kind == SERVICE_PROGRAM &&
		    !json_array_size(json_object_get(s->config, "argv")))
			return wrong(err, &here, "A program needs config.argv");
		rc = check_listens(m, i, &here, err);
	}
	return rc;
}

int model_check(const struct model *m, struct err *err)
{
	static int (*const checks[])(const struct model *, struct err *) = {
		check_names, check_nodes, check_ends, check_services,
	};
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(checks) && rc == 0; i++)
		rc = checks[i](m, err);
	return rc;
}
