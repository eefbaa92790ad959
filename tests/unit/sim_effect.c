/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the small kernel does by itself: what goes with a link, an address, a device's going down. */
#include "tests/unit/sim_effect.h"

#include <string.h>

#include "model/net.h"

bool sim_is_v6(const char *text)
{
	return strchr(text, ':') != NULL;
}

/* Removes what fn says of an object of objects. */
void sim_sweep(json_t *all, bool (*fn)(const char *key, const json_t *v, const void *arg),
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
	return strncmp(key, f->dev, n) == 0 && key[n] == ' ' && !(f->v4_only && sim_is_v6(key));
}

void sim_flush_dev(json_t *node, const char *dev, bool v4_only)
{
	struct flush f = {dev, v4_only};

	sim_sweep(at(node, "routes"), route_on, &f);
	sim_sweep(at(node, "neighs"), neigh_on, &f);
}

void sim_drop_v6(json_t *link)
{
	json_t *addrs = at(link, "addrs");

	for (size_t i = json_array_size(addrs); i-- > 0;)
		if (sim_is_v6(json_str(json_array_get(addrs, i), "cidr", "")))
			json_array_remove(addrs, i);
}

bool sim_address_left(const json_t *node, const char *ip)
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
	return src[0] && !sim_is_v6(src) && !sim_address_left(arg, src);
}

void sim_blank_v6_sources(json_t *node)
{
	const char *key;
	json_t *v;

	json_object_foreach (at(node, "routes"), key, v) {
		const char *src = json_str(v, "src", "");

		if (sim_is_v6(src) && !sim_address_left(node, src))
			json_object_set_new(v, "src", json_string(""));
	}
}

void sim_sources(json_t *node)
{
	sim_sweep(at(node, "routes"), source_gone, node);
	sim_blank_v6_sources(node);
}

bool sim_has_v4(const json_t *link)
{
	json_t *a;
	size_t i;

	json_array_foreach (at(link, "addrs"), i, a)
		if (!sim_is_v6(json_str(a, "cidr", "")))
			return true;
	return false;
}

/* What hangs on a port goes with it: a bridge lets its ports go, frames for the host itself lose their way. */
static void let_go(json_t *state, const char *node, const char *iface)
{
	json_t *n, *link;
	const char *name, *other;
	char host[64];

	json_object_foreach (at(node_state(state, node), "links"), name, link)
		if (same(json_str(link, "master", ""), iface))
			json_object_set_new(link, "master", json_string(""));
	snprintf(host, sizeof(host), "%s/%s ", node, iface);
	json_object_foreach (at(state, "nodes"), other, n)
		json_object_foreach (at(n, "links"), name, link)
			if (strncmp(json_str(link, "loopback", ""), host, strlen(host)) == 0)
				json_object_set_new(link, "loopback", json_string("lost"));
}

/* Something mirrors it, and would be left with half of its plumbing. */
bool sim_is_mirrored(const json_t *state, const char *node, const char *iface)
{
	const char *name, *other;
	json_t *n, *link;
	char text[64];

	snprintf(text, sizeof(text), "%s/%s", node, iface);
	json_object_foreach (at(state, "nodes"), other, n)
		json_object_foreach (at(n, "links"), name, link)
			if (same(json_str(link, "mirrors", ""), text))
				return true;
	return false;
}

/* The name that random models give it. */
bool sim_names_mirror(const char *ruleset)
{
	return strstr(ruleset, "-mir0\"");
}

bool sim_has_mirror(const json_t *state)
{
	const char *node;
	json_t *n;

	json_object_foreach (at(state, "nodes"), node, n)
		if (at(at(n, "links"), "mir0"))
			return true;
	return false;
}

/* A chain of the netdev family goes with the link it is at. */
static void lose_chains(json_t *state)
{
	json_t *of = at(state, "switch");

	if (sim_names_mirror(json_str(of, "ruleset", "")))
		json_object_set_new(of, "lost", json_true());
}

void sim_drop_link(json_t *state, const char *node, const char *iface)
{
	json_t *n = node_state(state, node);

	if (same(iface, "mir0"))
		lose_chains(state);
	let_go(state, node, iface);
	sim_flush_dev(n, iface, false);
	json_object_del(at(n, "links"), iface);
	sim_sources(n);
}
/* Neighbours of a device, of both families. */
void sim_flush_neighs(json_t *node, const char *dev)
{
	struct flush f = {dev, false};

	sim_sweep(at(node, "neighs"), neigh_on, &f);
}
