/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel in small: operations on a state, with side effects, strictly. */
#define _GNU_SOURCE
#include "tests/unit/sim_effect.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "model/net.h"

static int bad(struct err *err, const struct op *op, const char *why)
{
	auto_free char *line = op_describe(op);

	return err_set(err, ERR_MACHINE, EINVAL, "%s: %s", line, why);
}

json_t *sim_new(void)
{
	return json_pack("{s:{}, s:{}, s:{}, s:{}, s:{s:s}}", "nodes", "segments", "services",
			 "ghosts", "switch", "ruleset", "");
}

static int node_add(json_t *state, const struct op *op, struct err *err)
{
	if (node_state(state, op->node->name))
		return bad(err, op, "exists");
	json_object_set_new(at(state, "nodes"), op->node->name, sim_new_node(op->node));
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
	sim_sweep(at(state, "ghosts"), ghost_of, name);
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
			sim_drop_link(state, other, iface);
		}
	return 0;
}

static int segment_add(json_t *state, const struct op *op, struct err *err)
{
	if (at(at(state, "segments"), op->segment->name))
		return bad(err, op, "exists");
	json_object_set_new(at(state, "segments"), op->segment->name,
			    json_string(sim_told_bridge(op->segment) || op->segment_members > 2
						? "bridge"
						: "wire"));
	return 0;
}

static int segment_del(json_t *state, const struct op *op, struct err *err)
{
	if (json_object_del(at(state, "segments"), op->segment->name) < 0)
		return bad(err, op, "not there");
	return 0;
}

/* Every port that is there now. */
static int segment_set(json_t *state, const struct op *op, struct err *err)
{
	const char *name = op->segment->name,
		   *kind = json_string_value(at(at(state, "segments"), name)), *key, *dev;
	json_t *node, *link;

	if (!kind)
		return bad(err, op, "not there");
	if (!same(kind, "bridge"))
		return sim_told_bridge(op->segment) ? bad(err, op, "no bridge") : 0;
	json_object_foreach (at(state, "nodes"), key, node)
		json_object_foreach (at(node, "links"), dev, link)
			if (same(json_str(link, "segment", ""), name))
				json_object_set_new(link, "cable", sim_cable(op->segment));
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
	if (f->mirrors[0] && !mirrored_state(state, f->mirrors))
		return bad(err, op, "what it mirrors is not there");
	json_object_set_new(at(node, "links"), f->name,
			    sim_new_link(iface_kind_name(f->kind), f->segment, f->queues, peer));
	if (f->mirrors[0])
		sim_mirror(link_state(state, n->name, f->name), f->mirrors);
	return 0;
}

static int link_add(json_t *state, const struct op *op, struct err *err)
{
	char here[64], there[64] = "";
	int rc;

	snprintf(here, sizeof(here), "%s/%s", op->node->name, op->iface->name);
	if (op->peer_node)
		snprintf(there, sizeof(there), "%s/%s", op->peer_node->name, op->peer_iface->name);
	else if (op->segment && (sim_told_bridge(op->segment) || op->segment_members > 2))
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
	if (sim_is_mirrored(state, op->node->name, op->iface->name))
		return bad(err, op, "what mirrors it is still there");
	sim_drop_link(state, op->node->name, op->iface->name);
	if (!op->peer_node)
		return 0;
	if (!link_state(state, op->peer_node->name, op->peer_iface->name))
		return bad(err, op, "the other end is not there");
	sim_drop_link(state, op->peer_node->name, op->peer_iface->name);
	return 0;
}

static int link_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);
	json_t *link = link_state(state, op->node->name, op->iface->name);
	const struct iface *f = op->iface;

	if (!link)
		return bad(err, op, "not there");
	/* dev_set_mac_address() tells of a change even when there is none. */
	if (f->mac[0]) {
		json_object_set_new(link, "mac", json_string(f->mac));
		sim_flush_neighs(node, f->name);
	}
	if (f->master[0] && !link_state(state, op->node->name, f->master))
		return bad(err, op, "no such bridge");
	json_object_set_new(link, "master", json_string(f->master));
	json_object_set_new(link, "mtu", json_integer(sim_mtu_of(f)));
	if (!f->up && json_flag(link, "up", false)) {
		sim_flush_dev(node, f->name, false);
		sim_drop_v6(link);
		sim_blank_v6_sources(node);
	}
	json_object_set_new(link, "up", json_boolean(f->up));
	return 0;
}

static int mirror_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *link = link_state(state, op->node->name, op->iface->name);
	char to[200] = "";

	if (!link || !at(link, "mirrors"))
		return bad(err, op, "is not there, or mirrors nothing");
	if (op->peer_iface) {
		if (!link_state(state, op->peer_node->name, op->peer_iface->name))
			return bad(err, op, "no such host's interface");
		snprintf(to, sizeof(to), "%s/%s %s %s", op->peer_node->name, op->peer_iface->name,
			 op->peer_iface->mac, op->iface->mac);
	}
	json_object_set_new(link, "loopback", json_string(to));
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
	json_array_append_new(at(link, "addrs"), sim_address_value(op->address));
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
	auto_json json_t *want = sim_address_value(op->address);
	size_t i;

	json_array_foreach (at(link, "addrs"), i, a) {
		if (!json_equal(a, want))
			continue;
		drop_address(at(link, "addrs"), i);
		sim_sources(node);
		/* lo has 127.0.0.1 of its own. */
		if (!sim_is_v6(op->address->cidr) && !sim_has_v4(link) &&
		    !same(op->iface->name, "lo"))
			sim_flush_dev(node, op->iface->name, true);
		return 0;
	}
	return bad(err, op, "not there");
}

static int local_rule_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);

	if (!node || json_int(node, "local_rule", -1) != op->old_local_rule)
		return bad(err, op, "is not where it was");
	json_object_set_new(node, "local_rule", json_integer(op->local_rule));
	return 0;
}

static int rule_add(json_t *state, const struct op *op, struct err *err)
{
	json_t *rules = at(node_state(state, op->node->name), "rules");
	char key[200];

	sim_rule_key(op->rule, key, sizeof(key));
	if (!rules || at(rules, key))
		return bad(err, op, rules ? "exists" : "no such node");
	json_object_set_new(rules, key, json_true());
	return 0;
}

static int rule_del(json_t *state, const struct op *op, struct err *err)
{
	char key[200];

	sim_rule_key(op->rule, key, sizeof(key));
	if (json_object_del(at(node_state(state, op->node->name), "rules"), key) < 0)
		return bad(err, op, "not there");
	return 0;
}

static int neigh_add(json_t *state, const struct op *op, struct err *err)
{
	json_t *neighs = at(node_state(state, op->node->name), "neighs");
	char key[100];

	sim_neigh_key(op->neigh, key, sizeof(key));
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

	sim_neigh_key(op->neigh, key, sizeof(key));
	if (json_object_del(at(node_state(state, op->node->name), "neighs"), key) < 0)
		return bad(err, op, "not there");
	return 0;
}

static int route_add(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);
	const struct route *r = op->route;
	const char *dev = "";
	char key[200];

	sim_route_key(r, key, sizeof(key));
	if (!node || at(at(node, "routes"), key))
		return bad(err, op, node ? "exists" : "no such node");
	if (same(r->type, "unicast")) {
		dev = sim_find_dev(node, r);
		if (!dev)
			return bad(err, op, "no way to the gateway");
		if (!json_flag(at(at(node, "links"), dev), "up", false))
			return bad(err, op, "the link is not up");
	}
	if (r->src[0] && !sim_address_left(node, r->src))
		return bad(err, op, "no such source");
	json_object_set_new(at(node, "routes"), key, sim_route_value(r, dev));
	return 0;
}

static int route_del(json_t *state, const struct op *op, struct err *err)
{
	char key[200];

	sim_route_key(op->route, key, sizeof(key));
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

void sim_put_ruleset(json_t *state, const char *node, const char *ruleset)
{
	json_t *of = node ? node_state(state, node) : at(state, "switch");

	json_object_set_new(of, "ruleset", json_string(ruleset));
	json_object_del(of, "lost");
	if (!node && sim_names_mirror(ruleset) && !sim_has_mirror(state))
		json_object_set_new(of, "lost", json_true());
}

static int ruleset_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = op->node ? node_state(state, op->node->name) : at(state, "switch");

	if (!node || !same(json_str(node, "ruleset", "?"), op->old_ruleset))
		return bad(err, op, "is not what it replaces");
	sim_put_ruleset(state, op->node ? op->node->name : NULL, op->ruleset);
	return 0;
}

static int file_set(json_t *state, const struct op *op, struct err *err)
{
	json_t *node = node_state(state, op->node->name);

	if (!node)
		return bad(err, op, "no such node");
	json_object_set_new(at(node, "files"), op->file->path, sim_file_value(op->file));
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
	json_object_set_new(at(state, "services"), op->service->name,
			    sim_service_value(op->service));
	return 0;
}

static int service_stop(json_t *state, const struct op *op, struct err *err)
{
	if (json_object_del(at(state, "services"), op->service->name) < 0)
		return bad(err, op, "does not run");
	return 0;
}

static int (*const appliers[])(json_t *state, const struct op *op, struct err *err) = {
	[OP_NODE_ADD] = node_add,	  [OP_SEGMENT_ADD] = segment_add,
	[OP_LINK_ADD] = link_add,	  [OP_SEGMENT_SET] = segment_set,
	[OP_MIRROR_SET] = mirror_set,	  [OP_LOCAL_RULE_SET] = local_rule_set,
	[OP_SYSCTL_SET] = sysctl_set,	  [OP_LINK_SET] = link_set,
	[OP_ADDR_ADD] = addr_add,	  [OP_RULE_ADD] = rule_add,
	[OP_NEIGH_ADD] = neigh_add,	  [OP_ROUTE_ADD] = route_add,
	[OP_RULESET_SET] = ruleset_set,	  [OP_FILE_SET] = file_set,
	[OP_SERVICE_START] = service_put, [OP_SERVICE_SET] = service_put,
	[OP_SERVICE_STOP] = service_stop, [OP_FILE_DEL] = file_del,
	[OP_ROUTE_DEL] = route_del,	  [OP_NEIGH_DEL] = neigh_del,
	[OP_RULE_DEL] = rule_del,	  [OP_ADDR_DEL] = addr_del,
	[OP_LINK_DEL] = link_del,	  [OP_SEGMENT_DEL] = segment_del,
	[OP_NODE_DEL] = node_del,
};
static_assert(ARRAY_SIZE(appliers) == N_OP_KINDS, "an applier for each kind");

int sim_apply(json_t *state, const struct op *op, struct err *err)
{
	return appliers[op->kind](state, op, err);
}
