/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel in small: operations on a state, with side effects, strictly. */
#define _GNU_SOURCE
#include "tests/unit/sim.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "model/net.h"

static json_t *at(const json_t *o, const char *key)
{
	return json_object_get(o, key);
}

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static int bad(struct err *err, const struct op *op, const char *why)
{
	auto_free char *line = op_describe(op);

	return err_set(err, ERR_MACHINE, EINVAL, "%s: %s", line, why);
}

static json_t *node_state(const json_t *state, const char *name)
{
	return at(at(state, "nodes"), name);
}

static json_t *link_state(const json_t *state, const char *node, const char *iface)
{
	return at(at(node_state(state, node), "links"), iface);
}

json_t *sim_new(void)
{
	return json_pack("{s:{}, s:{}, s:{}, s:{}}", "nodes", "segments", "services", "ghosts");
}

static uint32_t mtu_of(const struct iface *f)
{
	return f->mtu ? f->mtu : f->kind == IFACE_LOOPBACK ? 65536 : 1500;
}

static json_t *new_link(const char *kind, const char *segment, uint32_t queues, const char *peer)
{
	return json_pack("{s:s, s:s, s:i, s:s, s:b, s:i, s:s, s:[]}", "kind", kind, "segment",
			 segment, "queues", (int)queues, "peer", peer, "up", 0, "mtu", 1500, "mac",
			 "random", "addrs");
}

static json_t *volumes(const struct node *n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n->n_volumes; i++)
		json_array_append_new(
			out, json_pack("[s, s]", n->volumes[i].name, n->volumes[i].target));
	return out;
}

static json_t *new_node(const struct node *n)
{
	json_t *lo = new_link("loopback", "", 1, "");

	json_object_set_new(lo, "up", json_true());
	json_object_set_new(lo, "mtu", json_integer(65536));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:{s:o}, s:{}, s:{}, s:{}, s:{}, s:s, "
			 "s:{}}",
			 "role", node_role_name(n->role), "hostname", n->hostname, "kernel",
			 n->kernel, "disk", n->disk, "volumes", volumes(n), "interop",
			 (int)n->interop, "links", "lo", lo, "routes", "rules", "neighs", "sysctls",
			 "ruleset", "", "files");
}

/* --- keys and values
 * ---------------------------------------------------------------------------------------- */

static void route_key(const struct route *r, char *ret, size_t size)
{
	snprintf(ret, size, "%d %u %s %u", r->ipv6, r->table, r->dst, r->metric);
}

static json_t *route_value(const struct route *r, const char *dev)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "via", r->via, "dev", dev,
			 "src", r->src, "protocol", r->protocol, "scope", r->scope, "type", r->type,
			 "onlink", (int)r->onlink, "ipv6", (int)r->ipv6);
}

static void rule_key(const struct rule *r, char *ret, size_t size)
{
	snprintf(ret, size, "%u %s %s %s %x/%x %u %d", r->priority, r->from, r->to, r->iif,
		 r->fwmark, r->fwmask, r->table, r->ipv6);
}

static void neigh_key(const struct neigh *a, char *ret, size_t size)
{
	snprintf(ret, size, "%s %s", a->dev, a->address);
}

static json_t *address_value(const struct address *a)
{
	return json_pack("{s:s, s:s, s:b}", "cidr", a->cidr, "broadcast", a->broadcast,
			 "noprefixroute", (int)a->noprefixroute);
}

static json_t *file_value(const struct file *f)
{
	return json_pack("{s:s, s:s, s:i}", "content", f->content, "symlink", f->symlink, "mode",
			 (int)f->mode);
}

static json_t *service_value(const struct service *s)
{
	return json_pack("{s:s, s:s, s:b, s:O}", "node", s->node, "via", s->via, "optional",
			 (int)s->optional, "config", s->config);
}

static bool is_v6(const char *text)
{
	return strchr(text, ':') != NULL;
}

/* --- what the kernel does by itself
 * ------------------------------------------------------------------------- */

/* Removes what fn says of an object of objects. */
static void sweep(json_t *all, bool (*fn)(const char *key, const json_t *v, const void *arg),
		  const void *arg)
{
	const char *key;
	json_t *v;
	void *next;

	json_object_foreach_safe(all, next, key, v) if (fn(key, v, arg)) json_object_del(all, key);
}

struct flush {
	const char *dev;
	bool v4_only;
};

static bool route_on(const char *key, const json_t *v, const void *arg)
{
	const struct flush *f = arg;

	(void)key;
	return same(json_str(v, "dev", ""), f->dev) && !(f->v4_only && json_flag(v, "ipv6", false));
}

static bool neigh_on(const char *key, const json_t *v, const void *arg)
{
	const struct flush *f = arg;
	size_t n = strlen(f->dev);

	(void)v;
	return strncmp(key, f->dev, n) == 0 && key[n] == ' ' && !(f->v4_only && is_v6(key));
}

static void flush_dev(json_t *node, const char *dev, bool v4_only)
{
	struct flush f = {dev, v4_only};

	sweep(at(node, "routes"), route_on, &f);
	sweep(at(node, "neighs"), neigh_on, &f);
}

static void drop_v6(json_t *link)
{
	json_t *addrs = at(link, "addrs");

	for (size_t i = json_array_size(addrs); i-- > 0;)
		if (is_v6(json_str(json_array_get(addrs, i), "cidr", "")))
			json_array_remove(addrs, i);
}

static bool address_left(const json_t *node, const char *ip)
{
	struct prefix want, have;
	const char *key;
	json_t *link, *a;
	size_t i;

	prefix_parse_address(ip, &want);
	json_object_foreach (at(node, "links"), key, link)
		json_array_foreach (at(link, "addrs"), i, a)
			if (prefix_parse(json_str(a, "cidr", ""), &have) &&
			    prefix_same_address(&want, &have))
				return true;
	return false;
}

/* Routes whose source no interface has any more. */
static bool source_gone(const char *key, const json_t *v, const void *arg)
{
	const char *src = json_str(v, "src", "");

	(void)key;
	return src[0] && !is_v6(src) && !address_left(arg, src);
}

static void blank_v6_sources(json_t *node)
{
	const char *key;
	json_t *v;

	json_object_foreach (at(node, "routes"), key, v) {
		const char *src = json_str(v, "src", "");

		if (is_v6(src) && !address_left(node, src))
			json_object_set_new(v, "src", json_string(""));
	}
}

static void sources(json_t *node)
{
	sweep(at(node, "routes"), source_gone, node);
	blank_v6_sources(node);
}

static bool has_v4(const json_t *link)
{
	json_t *a;
	size_t i;

	json_array_foreach (at(link, "addrs"), i, a)
		if (!is_v6(json_str(a, "cidr", "")))
			return true;
	return false;
}

static void drop_link(json_t *state, const char *node, const char *iface)
{
	json_t *n = node_state(state, node);

	flush_dev(n, iface, false);
	json_object_del(at(n, "links"), iface);
	sources(n);
}

/* --- operations
 * --------------------------------------------------------------------------------------------- */

static int node_add(json_t *state, const struct op *op, struct err *err)
{
	if (node_state(state, op->node->name))
		return bad(err, op, "exists");
	json_object_set_new(at(state, "nodes"), op->node->name, new_node(op->node));
	return 0;
}

static bool ghost_of(const char *key, const json_t *v, const void *arg)
{
	size_t n = strlen(arg);

	(void)v;
	return strncmp(key, arg, n) == 0 && key[n] == '/';
}

/* Whether a service that runs is on the node, or goes through it. */
static bool in_use(const json_t *state, const char *node)
{
	const char *name;
	json_t *s;

	json_object_foreach (at(state, "services"), name, s)
		if (same(json_str(s, "node", ""), node) || same(json_str(s, "via", ""), node))
			return true;
	return false;
}

/* The far ends of its links die later: meanwhile they are ghosts, whose names are taken. */
static int node_del(json_t *state, const struct op *op, struct err *err)
{
	const char *name = op->node->name, *other, *iface;
	json_t *n, *link;
	void *next;

	if (!node_state(state, name))
		return bad(err, op, "not there");
	if (in_use(state, name))
		return bad(err, op, "a service has its sockets");
	json_object_del(at(state, "nodes"), name);
	sweep(at(state, "ghosts"), ghost_of, name);
	json_object_foreach (at(state, "nodes"), other, n)
		json_object_foreach_safe(at(n, "links"), next, iface, link)
		{
			const char *peer = json_str(link, "peer", "");
			auto_free char *ghost = NULL;

			if (strncmp(peer, name, strlen(name)) || peer[strlen(name)] != '/')
				continue;
			if (asprintf(&ghost, "%s/%s", other, iface) < 0)
				abort();
			json_object_set_new(at(state, "ghosts"), ghost, json_true());
			drop_link(state, other, iface);
		}
	return 0;
}

static int segment_add(json_t *state, const struct op *op, struct err *err)
{
	if (at(at(state, "segments"), op->segment->name))
		return bad(err, op, "exists");
	json_object_set_new(
		at(state, "segments"), op->segment->name,
		json_string(op->segment->bridge || op->segment_members > 2 ? "bridge" : "wire"));
	return 0;
}

static int segment_del(json_t *state, const struct op *op, struct err *err)
{
	if (json_object_del(at(state, "segments"), op->segment->name) < 0)
		return bad(err, op, "not there");
	return 0;
}

static int put_link(json_t *state, const struct op *op, const struct node *n, const struct iface *f,
		    const char *peer, struct err *err)
{
	json_t *node = node_state(state, n->name);
	auto_free char *ghost = NULL;

	if (!node)
		return bad(err, op, "no such node");
	if (asprintf(&ghost, "%s/%s", n->name, f->name) < 0)
		abort();
	if (at(at(node, "links"), f->name) || at(at(state, "ghosts"), ghost))
		return bad(err, op, "exists");
	if (f->segment[0] && !at(at(state, "segments"), f->segment))
		return bad(err, op, "no such segment");
	json_object_set_new(at(node, "links"), f->name,
			    new_link(iface_kind_name(f->kind), f->segment, f->queues, peer));
	return 0;
}

static int link_add(json_t *state, const struct op *op, struct err *err)
{
	char here[64], there[64] = "";
	int rc;

	snprintf(here, sizeof(here), "%s/%s", op->node->name, op->iface->name);
	if (op->peer_node)
		snprintf(there, sizeof(there), "%s/%s", op->peer_node->name, op->peer_iface->name);
	else if (op->segment && (op->segment->bridge || op->segment_members > 2))
		snprintf(there, sizeof(there), "bridge %s", op->segment->name);
	rc = put_link(state, op, op->node, op->iface, there, err);
	if (rc == 0 && op->peer_node)
		rc = put_link(state, op, op->peer_node, op->peer_iface, here, err);
	return rc;
}

static int link_del(json_t *state, const struct op *op, struct err *err)
{
	if (!link_state(state, op->node->name, op->iface->name))
		return bad(err, op, "not there");
	drop_link(state, op->node->name, op->iface->name);
	if (!op->peer_node)
		return 0;
	if (!link_state(state, op->peer_node->name, op->peer_iface->name))
		return bad(err, op, "the other end is not there");
	drop_link(state, op->peer_node->name, op->peer_iface->name);
	return 0;
}

static int link_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);
	json_t *link = link_state(state, op->node->name, op->iface->name);
	const struct iface *f = op->iface;
	struct flush all = {f->name, false};

	if (!link)
		return bad(err, op, "not there");
	/* dev_set_mac_address() tells of a change even when there is none. */
	if (f->mac[0]) {
		json_object_set_new(link, "mac", json_string(f->mac));
		sweep(at(node, "neighs"), neigh_on, &all);
	}
	json_object_set_new(link, "mtu", json_integer(mtu_of(f)));
	if (!f->up && json_flag(link, "up", false)) {
		flush_dev(node, f->name, false);
		drop_v6(link);
		blank_v6_sources(node);
	}
	json_object_set_new(link, "up", json_boolean(f->up));
	return 0;
}

static int addr_add(json_t *state, const struct op *op, struct err *err)
{
	json_t *link = link_state(state, op->node->name, op->iface->name), *a;
	struct prefix new, old;
	size_t i;

	if (!link)
		return bad(err, op, "no such link");
	prefix_parse(op->address->cidr, &new);
	json_array_foreach (at(link, "addrs"), i, a) {
		prefix_parse(json_str(a, "cidr", ""), &old);
		if (prefix_same_address(&new, &old))
			return bad(err, op, "exists");
	}
	json_array_append_new(at(link, "addrs"), address_value(op->address));
	return 0;
}

/* The primary takes its secondaries along. */
static void drop_address(json_t *addrs, size_t index)
{
	struct prefix gone, p;

	prefix_parse(json_str(json_array_get(addrs, index), "cidr", ""), &gone);
	json_array_remove(addrs, index);
	if (gone.family != AF_INET)
		return;
	for (size_t i = 0; i < index; i++) {
		prefix_parse(json_str(json_array_get(addrs, i), "cidr", ""), &p);
		if (prefix_same_net(&p, &gone))
			return; /* it was a secondary itself */
	}
	for (size_t i = json_array_size(addrs); i-- > index;) {
		prefix_parse(json_str(json_array_get(addrs, i), "cidr", ""), &p);
		if (prefix_same_net(&p, &gone))
			json_array_remove(addrs, i);
	}
}

static int addr_del(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);
	json_t *link = link_state(state, op->node->name, op->iface->name), *a;
	auto_json json_t *want = address_value(op->address);
	size_t i;

	json_array_foreach (at(link, "addrs"), i, a) {
		if (!json_equal(a, want))
			continue;
		drop_address(at(link, "addrs"), i);
		sources(node);
		/* lo has 127.0.0.1 of its own. */
		if (!is_v6(op->address->cidr) && !has_v4(link) && !same(op->iface->name, "lo"))
			flush_dev(node, op->iface->name, true);
		return 0;
	}
	return bad(err, op, "not there");
}

static int rule_add(json_t *state, const struct op *op, struct err *err)
{
	json_t *rules = at(node_state(state, op->node->name), "rules");
	char key[200];

	rule_key(op->rule, key, sizeof(key));
	if (!rules || at(rules, key))
		return bad(err, op, rules ? "exists" : "no such node");
	json_object_set_new(rules, key, json_true());
	return 0;
}

static int rule_del(json_t *state, const struct op *op, struct err *err)
{
	char key[200];

	rule_key(op->rule, key, sizeof(key));
	if (json_object_del(at(node_state(state, op->node->name), "rules"), key) < 0)
		return bad(err, op, "not there");
	return 0;
}

static int neigh_add(json_t *state, const struct op *op, struct err *err)
{
	json_t *neighs = at(node_state(state, op->node->name), "neighs");
	char key[100];

	neigh_key(op->neigh, key, sizeof(key));
	if (!json_flag(link_state(state, op->node->name, op->neigh->dev), "up", false))
		return bad(err, op, "the link is not up");
	if (at(neighs, key))
		return bad(err, op, "exists");
	json_object_set_new(neighs, key, json_string(op->neigh->mac));
	return 0;
}

static int neigh_del(json_t *state, const struct op *op, struct err *err)
{
	char key[100];

	neigh_key(op->neigh, key, sizeof(key));
	if (json_object_del(at(node_state(state, op->node->name), "neighs"), key) < 0)
		return bad(err, op, "not there");
	return 0;
}

/* The primary decides for its subnet. */
static bool connected(const json_t *link, const struct prefix *ip)
{
	struct prefix p;
	json_t *a;
	size_t i;

	json_array_foreach (at(link, "addrs"), i, a) {
		if (!prefix_parse(json_str(a, "cidr", ""), &p) || !prefix_holds(&p, ip))
			continue;
		if (!json_flag(a, "noprefixroute", false))
			return json_flag(link, "up", false);
		if (p.family == AF_INET)
			break;
	}
	return false;
}

/* The interface that reaches a gateway directly; only the named one, if one is named. */
static const char *find_dev(const json_t *node, const struct route *r)
{
	const char *name;
	struct prefix ip, dst;
	json_t *link, *other;

	if (!r->via[0])
		return r->dev;
	prefix_parse_address(r->via, &ip);
	json_object_foreach (at(node, "links"), name, link)
		if ((!r->dev[0] || same(r->dev, name)) && (r->onlink || connected(link, &ip)))
			return name;
	json_object_foreach (at(node, "routes"), name, other) {
		const char *word = strchr(strchr(name, ' ') + 1, ' ') + 1;
		char cidr[64];

		snprintf(cidr, sizeof(cidr), "%.*s", (int)strcspn(word, " "), word);
		if (!json_str(other, "via", "")[0] && prefix_parse(cidr, &dst) &&
		    prefix_holds(&dst, &ip))
			return json_str(other, "dev", "");
	}
	return NULL;
}

static int route_add(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);
	const struct route *r = op->route;
	const char *dev = "";
	char key[200];

	route_key(r, key, sizeof(key));
	if (!node || at(at(node, "routes"), key))
		return bad(err, op, node ? "exists" : "no such node");
	if (same(r->type, "unicast")) {
		dev = find_dev(node, r);
		if (!dev)
			return bad(err, op, "no way to the gateway");
		if (!json_flag(at(at(node, "links"), dev), "up", false))
			return bad(err, op, "the link is not up");
	}
	if (r->src[0] && !address_left(node, r->src))
		return bad(err, op, "no such source");
	json_object_set_new(at(node, "routes"), key, route_value(r, dev));
	return 0;
}

static int route_del(json_t *state, const struct op *op, struct err *err)
{
	char key[200];

	route_key(op->route, key, sizeof(key));
	if (json_object_del(at(node_state(state, op->node->name), "routes"), key) < 0)
		return bad(err, op, "not there");
	return 0;
}

static int sysctl_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);

	if (!node)
		return bad(err, op, "no such node");
	json_object_set_new(at(node, "sysctls"), op->sysctl->name, json_string(op->sysctl->value));
	return 0;
}

static int ruleset_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);

	if (!node || !same(json_str(node, "ruleset", "?"), op->old_ruleset))
		return bad(err, op, "is not what it replaces");
	json_object_set_new(node, "ruleset", json_string(op->ruleset));
	return 0;
}

static int file_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);

	if (!node)
		return bad(err, op, "no such node");
	json_object_set_new(at(node, "files"), op->file->path, file_value(op->file));
	return 0;
}

static int file_del(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);

	if (!node)
		return bad(err, op, "no such node");
	json_object_del(at(node, "files"), op->file->path);
	return 0;
}

static int service_put(json_t *state, const struct op *op, struct err *err)
{
	bool there = at(at(state, "services"), op->service->name);

	if (!node_state(state, op->service->node) ||
	    (op->service->via[0] && !node_state(state, op->service->via)))
		return bad(err, op, "no such node");
	if (there != (op->kind == OP_SERVICE_SET))
		return bad(err, op, there ? "runs already" : "does not run");
	json_object_set_new(at(state, "services"), op->service->name, service_value(op->service));
	return 0;
}

static int service_stop(json_t *state, const struct op *op, struct err *err)
{
	if (json_object_del(at(state, "services"), op->service->name) < 0)
		return bad(err, op, "does not run");
	return 0;
}

static int (*const appliers[])(json_t *state, const struct op *op, struct err *err) = {
	[OP_NODE_ADD] = node_add,	[OP_SEGMENT_ADD] = segment_add,
	[OP_LINK_ADD] = link_add,	[OP_SYSCTL_SET] = sysctl_set,
	[OP_LINK_SET] = link_set,	[OP_ADDR_ADD] = addr_add,
	[OP_RULE_ADD] = rule_add,	[OP_NEIGH_ADD] = neigh_add,
	[OP_ROUTE_ADD] = route_add,	[OP_RULESET_SET] = ruleset_set,
	[OP_FILE_SET] = file_set,	[OP_SERVICE_START] = service_put,
	[OP_SERVICE_SET] = service_put, [OP_SERVICE_STOP] = service_stop,
	[OP_FILE_DEL] = file_del,	[OP_ROUTE_DEL] = route_del,
	[OP_NEIGH_DEL] = neigh_del,	[OP_RULE_DEL] = rule_del,
	[OP_ADDR_DEL] = addr_del,	[OP_LINK_DEL] = link_del,
	[OP_SEGMENT_DEL] = segment_del, [OP_NODE_DEL] = node_del,
};
static_assert(ARRAY_SIZE(appliers) == N_OP_KINDS, "an applier for each kind");

int sim_apply(json_t *state, const struct op *op, struct err *err)
{
	return appliers[op->kind](state, op, err);
}

/* --- the state a model asks for
 * ------------------------------------------------------------------------------ */

static size_t members_of(const struct model *m, const char *segment)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++)
			n += same(m->nodes[i].ifaces[k].segment, segment);
	return n;
}

/* What model.md says, not what the planner does: more than two members, or told so. */
static bool on_bridge(const struct model *m, const char *segment)
{
	bool told = false;

	for (size_t i = 0; i < m->n_segments; i++)
		told = told || (same(m->segments[i].name, segment) && m->segments[i].bridge);
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

static void want_link(json_t *links, const struct model *m, const struct iface *f)
{
	char peer[64];
	json_t *link;

	peer_of(m, f, peer, sizeof(peer));
	link = new_link(iface_kind_name(f->kind), f->segment, f->queues, peer);
	json_object_set_new(link, "up", json_boolean(f->up));
	json_object_set_new(link, "mtu", json_integer(mtu_of(f)));
	if (f->mac[0])
		json_object_set_new(link, "mac", json_string(f->mac));
	else
		json_object_del(link, "mac");
	for (size_t i = 0; i < f->n_addresses; i++)
		json_array_append_new(at(link, "addrs"), address_value(&f->addresses[i]));
	json_object_set_new(links, f->name, link);
}

static void want_routes(json_t *node, const struct node *n)
{
	for (size_t i = 0; i < n->n_routes; i++) {
		const struct route *r = &n->routes[i];
		const char *dev = same(r->type, "unicast") ? find_dev(node, r) : "";
		char key[200];

		/* A link that is down carries no route. */
		if (dev && dev[0] && !json_flag(at(at(node, "links"), dev), "up", false))
			continue;
		route_key(r, key, sizeof(key));
		json_object_set_new(at(node, "routes"), key, route_value(r, dev ? dev : "?"));
	}
}

static void want_config(json_t *node, const struct node *n)
{
	char key[200];

	for (size_t i = 0; i < n->n_rules; i++) {
		rule_key(&n->rules[i], key, sizeof(key));
		json_object_set_new(at(node, "rules"), key, json_true());
	}
	for (size_t i = 0; i < n->n_neighs; i++) {
		const struct neigh *a = &n->neighs[i];

		neigh_key(a, key, sizeof(key));
		if (json_flag(at(at(node, "links"), a->dev), "up", false))
			json_object_set_new(at(node, "neighs"), key, json_string(a->mac));
	}
	for (size_t i = 0; i < n->n_sysctls; i++)
		json_object_set_new(at(node, "sysctls"), n->sysctls[i].name,
				    json_string(n->sysctls[i].value));
	for (size_t i = 0; i < n->n_files; i++)
		if (!n->files[i].remove)
			json_object_set_new(at(node, "files"), n->files[i].path,
					    file_value(&n->files[i]));
	json_object_set_new(node, "ruleset", json_string(n->ruleset));
}

json_t *sim_of(const struct model *m)
{
	json_t *state = sim_new();

	for (size_t i = 0; m && i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i];
		json_t *node = new_node(n);

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
	for (size_t i = 0; m && i < m->n_services; i++)
		if (m->services[i].running)
			json_object_set_new(at(state, "services"), m->services[i].name,
					    service_value(&m->services[i]));
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
