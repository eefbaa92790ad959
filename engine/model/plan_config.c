/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner's phases for what is configured in a node. */
#include <string.h>

#include "model/planner.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

#define FOR_EACH_NODE(n, m)                                                                        \
	for (const struct node *n = (m) ? (m)->nodes : NULL; n && n < (m)->nodes + (m)->n_nodes; n++)

void plan_routes_del(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.from)
		for (size_t i = 0; i < n->n_routes; i++)
			if (fate_route_goes(&p->c, n, &n->routes[i]))
				planner_emit(p, (struct op){.kind = OP_ROUTE_DEL,
							    .node = n,
							    .route = &n->routes[i]});
}

void plan_neighs_del(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.from)
		for (size_t i = 0; i < n->n_neighs; i++)
			if (fate_neigh_goes(&p->c, n, &n->neighs[i]))
				planner_emit(p, (struct op){.kind = OP_NEIGH_DEL,
							    .node = n,
							    .neigh = &n->neighs[i]});
}

void plan_rules_del(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.from)
		for (size_t i = 0; i < n->n_rules; i++)
			if (fate_rule_goes(&p->c, n, &n->rules[i]))
				planner_emit(p, (struct op){.kind = OP_RULE_DEL,
							    .node = n,
							    .rule = &n->rules[i]});
}

/* Backwards, so that a primary goes after its secondaries. */
static void addresses_del(struct planner *p, const struct node *n, const struct iface *f)
{
	if (!fate_link_stays(&p->c, n->name, f->name))
		return;
	for (size_t i = f->n_addresses; i-- > 0;)
		if (!fate_address_stays(&p->c, n, f, i))
			planner_emit(p, (struct op){.kind = OP_ADDR_DEL,
						    .node = n,
						    .iface = f,
						    .address = &f->addresses[i]});
}

void plan_addresses_del(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.from)
		for (size_t k = 0; k < n->n_ifaces; k++)
			addresses_del(p, n, &n->ifaces[k]);
}

static void addresses_add(struct planner *p, const struct node *n, const struct iface *f)
{
	for (size_t i = 0; i < f->n_addresses; i++)
		if (!fate_address_stood(&p->c, n, f, i))
			planner_emit(p, (struct op){.kind = OP_ADDR_ADD,
						    .node = n,
						    .iface = f,
						    .address = &f->addresses[i]});
}

void plan_addresses_add(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.to)
		for (size_t k = 0; k < n->n_ifaces; k++)
			addresses_add(p, n, &n->ifaces[k]);
}

static const char *sysctl_value(const struct node *n, const char *name)
{
	for (size_t i = 0; n && i < n->n_sysctls; i++)
		if (same(n->sysctls[i].name, name))
			return n->sysctls[i].value;
	return NULL;
}

/* "net.ipv4.conf.eth0.rp_filter": the value belongs to an interface that was not there, or not this one. */
static bool of_new_link(const struct change *c, const struct node *n, const char *name)
{
	for (size_t i = 0; i < n->n_ifaces; i++) {
		const char *iface = n->ifaces[i].name, *hit = strstr(name, iface);
		size_t len = strlen(iface);

		if (hit && hit > name && strchr("./", hit[-1]) && hit[len] &&
		    strchr("./", hit[len]) && !fate_link_stays(c, n->name, iface))
			return true;
	}
	return false;
}

static bool is_forwarding(const char *name)
{
	return same(name, "net.ipv4.ip_forward") || same(name, "net/ipv4/ip_forward");
}

static bool sysctl_differs(const struct change *c, const struct node *n, const struct sysctl *s)
{
	const char *old = sysctl_value(model_node(c->from, n->name), s->name);

	return !fate_node_stays(c, n->name) || !old || !same(old, s->value) ||
	       of_new_link(c, n, s->name);
}

/* Switching ip_forward resets others of net.ipv4.conf (inet_forward_change()), so those are said again. */
static bool reset_by_forwarding(const struct change *c, const struct node *n, const char *name)
{
	if (strncmp(name, "net.ipv4.conf.", 14) != 0)
		return false;
	for (size_t i = 0; i < n->n_sysctls; i++)
		if (is_forwarding(n->sysctls[i].name) && sysctl_differs(c, n, &n->sysctls[i]))
			return true;
	return false;
}

/* first: only ip_forward, before what it would reset. */
static void sysctls_of(struct planner *p, const struct node *n, bool first)
{
	for (size_t i = 0; i < n->n_sysctls; i++) {
		const struct sysctl *s = &n->sysctls[i];

		if (is_forwarding(s->name) != first)
			continue;
		if (sysctl_differs(&p->c, n, s) || reset_by_forwarding(&p->c, n, s->name))
			planner_emit(p, (struct op){.kind = OP_SYSCTL_SET, .node = n, .sysctl = s});
	}
}

void plan_sysctls_set(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.to) {
		sysctls_of(p, n, true);
		sysctls_of(p, n, false);
	}
}

void plan_rules_add(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.to)
		for (size_t i = 0; i < n->n_rules; i++)
			if (!fate_rule_stood(&p->c, n, &n->rules[i]))
				planner_emit(p, (struct op){.kind = OP_RULE_ADD,
							    .node = n,
							    .rule = &n->rules[i]});
}

void plan_neighs_add(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.to)
		for (size_t i = 0; i < n->n_neighs; i++)
			if (fate_neigh_can_be(n, &n->neighs[i]) &&
			    !fate_neigh_stood(&p->c, n, &n->neighs[i]))
				planner_emit(p, (struct op){.kind = OP_NEIGH_ADD,
							    .node = n,
							    .neigh = &n->neighs[i]});
}

/* Direct routes first: a gateway may be reached by one. */
static void routes_of(struct planner *p, const struct node *n, bool direct)
{
	for (size_t i = 0; i < n->n_routes; i++) {
		const struct route *r = &n->routes[i];

		if (!r->via[0] == direct && fate_route_can_be(n, r) && !fate_route_stood(&p->c, n, r))
			planner_emit(p, (struct op){.kind = OP_ROUTE_ADD, .node = n, .route = r});
	}
}

void plan_routes_add(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.to) {
		routes_of(p, n, true);
		routes_of(p, n, false);
	}
}

/* "iif eth0" and "oif eth0" hold the index of an interface, which a new one of the same name has not. */
static bool holds_index(const char *ruleset)
{
	return strstr(ruleset, "iif ") || strstr(ruleset, "oif ");
}

static bool has_new_link(const struct change *c, const struct node *n)
{
	for (size_t i = 0; i < n->n_ifaces; i++)
		if (!fate_link_stays(c, n->name, n->ifaces[i].name))
			return true;
	return false;
}

void plan_rulesets_set(struct planner *p)
{
	FOR_EACH_NODE(n, p->c.to) {
		bool stays = fate_node_stays(&p->c, n->name);
		const char *old = stays ? model_node(p->c.from, n->name)->ruleset : "";

		if (same(old, n->ruleset) && !(holds_index(n->ruleset) && has_new_link(&p->c, n)))
			continue;
		planner_emit(p, (struct op){.kind = OP_RULESET_SET,
					    .node = n,
					    .ruleset = n->ruleset,
					    .old_ruleset = old});
	}
}
