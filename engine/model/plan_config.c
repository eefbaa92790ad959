/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner's phases for what is configured in a node. */
#include <stdio.h>
#include <string.h>

#include "model/planner.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

typedef void (*node_fn)(struct planner *p, const struct node *n);

static void each_node(struct planner *p, const struct model *m, node_fn fn)
{
	for (size_t i = 0; m && i < m->n_nodes; i++)
		fn(p, &m->nodes[i]);
}

static void emit_route(struct planner *p, enum op_kind kind, const struct node *n,
		       const struct route *r)
{
	planner_emit(p, (struct op){.kind = kind, .node = n, .route = r});
}

static void emit_neigh(struct planner *p, enum op_kind kind, const struct node *n,
		       const struct neigh *a)
{
	planner_emit(p, (struct op){.kind = kind, .node = n, .neigh = a});
}

static void emit_rule(struct planner *p, enum op_kind kind, const struct node *n,
		      const struct rule *r)
{
	planner_emit(p, (struct op){.kind = kind, .node = n, .rule = r});
}

static void emit_address(struct planner *p, enum op_kind kind, const struct node *n,
			 const struct iface *f, size_t i)
{
	planner_emit(p,
		     (struct op){.kind = kind, .node = n, .iface = f, .address = &f->addresses[i]});
}

static void routes_del(struct planner *p, const struct node *n)
{
	for (size_t i = 0; i < n->n_routes; i++)
		if (fate_route_goes(&p->c, n, &n->routes[i]))
			emit_route(p, OP_ROUTE_DEL, n, &n->routes[i]);
}

void plan_routes_del(struct planner *p)
{
	each_node(p, p->c.from, routes_del);
}

static void neighs_del(struct planner *p, const struct node *n)
{
	for (size_t i = 0; i < n->n_neighs; i++)
		if (fate_neigh_goes(&p->c, n, &n->neighs[i]))
			emit_neigh(p, OP_NEIGH_DEL, n, &n->neighs[i]);
}

void plan_neighs_del(struct planner *p)
{
	each_node(p, p->c.from, neighs_del);
}

static void rules_del(struct planner *p, const struct node *n)
{
	for (size_t i = 0; i < n->n_rules; i++)
		if (fate_rule_goes(&p->c, n, &n->rules[i]))
			emit_rule(p, OP_RULE_DEL, n, &n->rules[i]);
}

void plan_rules_del(struct planner *p)
{
	each_node(p, p->c.from, rules_del);
}

/* Backwards, so that a primary goes after its secondaries. */
static void addresses_del(struct planner *p, const struct node *n)
{
	for (size_t k = 0; k < n->n_ifaces; k++) {
		const struct iface *f = &n->ifaces[k];

		if (!fate_link_stays(&p->c, n->name, f->name))
			continue;
		for (size_t i = f->n_addresses; i-- > 0;)
			if (!fate_address_stays(&p->c, n, f, i))
				emit_address(p, OP_ADDR_DEL, n, f, i);
	}
}

void plan_addresses_del(struct planner *p)
{
	each_node(p, p->c.from, addresses_del);
}

static void addresses_add(struct planner *p, const struct node *n)
{
	for (size_t k = 0; k < n->n_ifaces; k++)
		for (size_t i = 0; i < n->ifaces[k].n_addresses; i++)
			if (!fate_address_stood(&p->c, n, &n->ifaces[k], i))
				emit_address(p, OP_ADDR_ADD, n, &n->ifaces[k], i);
}

void plan_addresses_add(struct planner *p)
{
	each_node(p, p->c.to, addresses_add);
}

static const char *sysctl_value(const struct node *n, const char *name)
{
	for (size_t i = 0; n && i < n->n_sysctls; i++)
		if (same(n->sysctls[i].name, name))
			return n->sysctls[i].value;
	return NULL;
}

/* "net.ipv4.conf.eth0.rp_filter": the value belongs to an interface that is a new one. */
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

/* Switching ip_forward resets others of net.ipv4.conf (inet_forward_change()): said again. */
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

static void sysctls_set(struct planner *p, const struct node *n)
{
	sysctls_of(p, n, true);
	sysctls_of(p, n, false);
}

void plan_sysctls_set(struct planner *p)
{
	each_node(p, p->c.to, sysctls_set);
}

static void local_rule_set(struct planner *p, const struct node *n)
{
	uint32_t was = fate_local_rule_was(&p->c, n);

	if (was != n->local_rule)
		planner_emit(p, (struct op){.kind = OP_LOCAL_RULE_SET,
					    .node = n,
					    .local_rule = n->local_rule,
					    .old_local_rule = was});
}

void plan_local_rules_set(struct planner *p)
{
	each_node(p, p->c.to, local_rule_set);
}

static void rules_add(struct planner *p, const struct node *n)
{
	for (size_t i = 0; i < n->n_rules; i++)
		if (!fate_rule_stood(&p->c, n, &n->rules[i]))
			emit_rule(p, OP_RULE_ADD, n, &n->rules[i]);
}

void plan_rules_add(struct planner *p)
{
	each_node(p, p->c.to, rules_add);
}

static void neighs_add(struct planner *p, const struct node *n)
{
	for (size_t i = 0; i < n->n_neighs; i++) {
		const struct neigh *a = &n->neighs[i];

		if (fate_neigh_can_be(n, a) && !fate_neigh_stood(&p->c, n, a))
			emit_neigh(p, OP_NEIGH_ADD, n, a);
	}
}

void plan_neighs_add(struct planner *p)
{
	each_node(p, p->c.to, neighs_add);
}

/* In which turn a route is added; each may need those of the turns before, or be in their way. */
enum turn {
	TURN_DIRECT, /* a gateway may be reached by one */
	TURN_VIA,
	TURN_VIA_DEFAULT, /* in a table of its own it would hide the main table's way to a gateway
			   */
	TURN_NOWHERE,	  /* so would a blackhole */
	N_TURNS,
};

static enum turn turn_of(const struct route *r)
{
	if (!same(r->type, "unicast"))
		return TURN_NOWHERE;
	if (!r->via[0])
		return TURN_DIRECT;
	return same(r->dst, "default") ? TURN_VIA_DEFAULT : TURN_VIA;
}

static void routes_add(struct planner *p, const struct node *n)
{
	for (int turn = 0; turn < N_TURNS; turn++)
		for (size_t i = 0; i < n->n_routes; i++) {
			const struct route *r = &n->routes[i];

			if ((int)turn_of(r) == turn && fate_route_can_be(n, r) &&
			    !fate_route_stood(&p->c, n, r))
				emit_route(p, OP_ROUTE_ADD, n, r);
		}
}

void plan_routes_add(struct planner *p)
{
	each_node(p, p->c.to, routes_add);
}

/* "iif eth0" and "oif eth0" hold an index, which a new interface of the same name has not; and a device takes its chains
 * with it. */
static bool holds_index(const char *ruleset)
{
	return strstr(ruleset, "iif ") || strstr(ruleset, "oif ") || strstr(ruleset, "netdev ");
}

static bool has_new_link(const struct change *c, const struct node *n)
{
	for (size_t i = 0; i < n->n_ifaces; i++)
		if (!fate_link_stays(c, n->name, n->ifaces[i].name))
			return true;
	return false;
}

static void ruleset_set(struct planner *p, const struct node *n)
{
	const struct node *was =
		fate_node_stays(&p->c, n->name) ? model_node(p->c.from, n->name) : NULL;
	const char *old = was ? was->ruleset : "";
	bool rebind = holds_index(n->ruleset) && has_new_link(&p->c, n);

	if (same(old, n->ruleset) && !rebind)
		return;
	planner_emit(p, (struct op){.kind = OP_RULESET_SET,
				    .node = n,
				    .ruleset = n->ruleset,
				    .old_ruleset = old,
				    .rebind = rebind});
}

/* Of an interface that mirrors, "m-eth0" and others: chains of the netdev family, like indexes, are gone with them. */
static bool names_links_of(const char *ruleset, const struct iface *f)
{
	char link[32];

	snprintf(link, sizeof(link), "-%s", f->name);
	return f->mirrors[0] && strstr(ruleset, link);
}

static bool names_new_links(const struct change *c, const char *ruleset)
{
	for (size_t i = 0; c->to && i < c->to->n_nodes; i++)
		for (size_t k = 0; k < c->to->nodes[i].n_ifaces; k++) {
			const struct iface *f = &c->to->nodes[i].ifaces[k];

			if (names_links_of(ruleset, f) &&
			    !fate_link_stays(c, c->to->nodes[i].name, f->name))
				return true;
		}
	return false;
}

/* Before the links it names are up: no frame passes without. */
void plan_switch_ruleset_set(struct planner *p)
{
	const char *new = p->c.to ? p->c.to->switch_ruleset : "";
	const char *old = p->c.from ? p->c.from->switch_ruleset : "";
	bool rebind = names_new_links(&p->c, new);

	if (same(old, new) && !rebind)
		return;
	planner_emit(p, (struct op){.kind = OP_RULESET_SET,
				    .ruleset = new,
				    .old_ruleset = old,
				    .rebind = rebind});
}

void plan_rulesets_set(struct planner *p)
{
	each_node(p, p->c.to, ruleset_set);
}
