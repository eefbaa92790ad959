/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state that a model asks for, and how two states are made comparable. */
#define _GNU_SOURCE
#include "tests/unit/sim_value.h"

#include <arpa/inet.h>
#include <string.h>

#include "model/net.h"

static size_t members_of(const struct model *m, const char *segment)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++)
			n += same(m->nodes[i].ifaces[k].segment, segment) &&
			     !m->nodes[i].ifaces[k].mirrors[0];
	return n;
}

/* What model.md says, not what the planner does: more than two members, or told so. */
static bool on_bridge(const struct model *m, const char *segment)
{
	bool told = false;

	for (size_t i = 0; i < m->n_segments; i++)
		told = told ||
		       (same(m->segments[i].name, segment) && sim_told_bridge(&m->segments[i]));
	return told || (segment[0] && members_of(m, segment) > 2);
}

static void peer_of(const struct model *m, const struct iface *f, char *ret, size_t size)
{
	size_t n = f->segment[0] ? members_of(m, f->segment) : 0;

	ret[0] = '\0';
	if (on_bridge(m, f->segment)) {
		snprintf(ret, size, "bridge %s", f->segment);
		return;
	}
	for (size_t i = 0; n == 2 && i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++) {
			const struct iface *p = &m->nodes[i].ifaces[k];

			if (p != f && same(p->segment, f->segment))
				snprintf(ret, size, "%s/%s", m->nodes[i].name, p->name);
		}
}

/* Where its frames for the host itself must lead. */
static void want_mirror(json_t *link, const struct model *m, const struct iface *f)
{
	const char *slash = strchr(f->mirrors, '/');
	char text[200];

	if (!slash)
		return;
	sim_mirror(link, f->mirrors);
	for (size_t i = 0; f->loopback[0] && i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i];
		size_t len = (size_t)(slash - f->mirrors), k = 0;

		if (strncmp(n->name, f->mirrors, len) || n->name[len])
			continue;
		while (!same(n->ifaces[k].segment, f->loopback))
			k++;
		snprintf(text, sizeof(text), "%s/%s %s %s", n->name, n->ifaces[k].name,
			 n->ifaces[k].mac, f->mac);
		json_object_set_new(link, "loopback", json_string(text));
	}
}

static void want_link(json_t *links, const struct model *m, const struct iface *f)
{
	char peer[64];
	json_t *link;

	peer_of(m, f, peer, sizeof(peer));
	link = sim_new_link(iface_kind_name(f->kind), f->segment, f->queues, peer);
	for (size_t i = 0; i < m->n_segments; i++)
		if (same(m->segments[i].name, f->segment))
			json_object_set_new(link, "cable", sim_cable(&m->segments[i]));
	json_object_set_new(link, "up", json_boolean(f->up));
	json_object_set_new(link, "mtu", json_integer(sim_mtu_of(f)));
	if (f->mac[0])
		json_object_set_new(link, "mac", json_string(f->mac));
	else
		json_object_del(link, "mac");
	for (size_t i = 0; i < f->n_addresses; i++)
		json_array_append_new(at(link, "addrs"), sim_address_value(&f->addresses[i]));
	json_object_set_new(link, "master", json_string(f->master));
	want_mirror(link, m, f);
	json_object_set_new(links, f->name, link);
}

static void want_routes(json_t *node, const struct node *n)
{
	for (size_t i = 0; i < n->n_routes; i++) {
		const struct route *r = &n->routes[i];
		const char *dev = same(r->type, "unicast") ? sim_find_dev(node, r) : "";
		char key[200];

		/* A link that is down carries no route. */
		if (dev && dev[0] && !json_flag(at(at(node, "links"), dev), "up", false))
			continue;
		sim_route_key(r, key, sizeof(key));
		json_object_set_new(at(node, "routes"), key, sim_route_value(r, dev ? dev : "?"));
	}
}

static void want_config(json_t *node, const struct node *n)
{
	char key[200];

	for (size_t i = 0; i < n->n_rules; i++) {
		sim_rule_key(&n->rules[i], key, sizeof(key));
		json_object_set_new(at(node, "rules"), key, json_true());
	}
	for (size_t i = 0; i < n->n_neighs; i++) {
		const struct neigh *a = &n->neighs[i];

		sim_neigh_key(a, key, sizeof(key));
		if (json_flag(at(at(node, "links"), a->dev), "up", false))
			json_object_set_new(at(node, "neighs"), key, json_string(a->mac));
	}
	for (size_t i = 0; i < n->n_sysctls; i++)
		json_object_set_new(at(node, "sysctls"), n->sysctls[i].name,
				    json_string(n->sysctls[i].value));
	for (size_t i = 0; i < n->n_files; i++)
		if (!n->files[i].remove)
			json_object_set_new(at(node, "files"), n->files[i].path,
					    sim_file_value(&n->files[i]));
	json_object_set_new(node, "ruleset", json_string(n->ruleset));
	json_object_set_new(node, "local_rule", json_integer(n->local_rule));
}

json_t *sim_of(const struct model *m)
{
	json_t *state = sim_new();

	for (size_t i = 0; m && i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i];
		json_t *node = sim_new_node(n);

		json_object_del(at(at(node, "links"), "lo"), "mac");
		for (size_t k = 0; k < n->n_ifaces; k++)
			want_link(at(node, "links"), m, &n->ifaces[k]);
		want_routes(node, n);
		want_config(node, n);
		json_object_set_new(at(state, "nodes"), n->name, node);
	}
	for (size_t i = 0; m && i < m->n_segments; i++) {
		const char *name = m->segments[i].name;

		json_object_set_new(at(state, "segments"), name,
				    json_string(on_bridge(m, name) ? "bridge" : "wire"));
	}
	if (m)
		json_object_set_new(at(state, "switch"), "ruleset", json_string(m->switch_ruleset));
	for (size_t i = 0; m && i < m->n_services; i++)
		if (m->services[i].running)
			json_object_set_new(at(state, "services"), m->services[i].name,
					    sim_service_value(&m->services[i]));
	return state;
}

static void forget_in_node(json_t *node, const json_t *want)
{
	const char *key;
	json_t *v;
	void *next;

	json_object_foreach (at(node, "links"), key, v)
		if (!at(at(at(want, "links"), key), "mac"))
			json_object_del(v, "mac");
	json_object_foreach_safe(at(node, "sysctls"), next, key,
				 v) if (!at(at(want, "sysctls"), key))
		json_object_del(at(node, "sysctls"), key);
}

/* An array of addresses becomes an object: an array for each IPv4 subnet, and one member for each
 * IPv6 address. */
static void group_addresses(json_t *link)
{
	json_t *groups = json_object(), *a;
	char key[PREFIX_TEXT_MAX];
	size_t i;

	json_array_foreach (at(link, "addrs"), i, a) {
		struct prefix p;

		prefix_parse(json_str(a, "cidr", ""), &p);
		for (unsigned bit = p.len; p.family == AF_INET && bit < 32; bit++)
			p.addr[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
		prefix_text(&p, true, key);
		if (!at(groups, key))
			json_object_set_new(groups, key, json_array());
		json_array_append(at(groups, key), a);
	}
	json_object_set_new(link, "addrs", groups);
}

static void group_all(json_t *state)
{
	const char *node, *iface;
	json_t *n, *link;

	json_object_foreach (at(state, "nodes"), node, n)
		json_object_foreach (at(n, "links"), iface, link)
			group_addresses(link);
}

void sim_settle(json_t *state, json_t *want)
{
	const char *key;
	json_t *node;

	json_object_foreach (at(state, "nodes"), key, node)
		forget_in_node(node, node_state(want, key));
	json_object_clear(at(state, "ghosts"));
	group_all(state);
	group_all(want);
}
