/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the small kernel's state consists of: one JSON value for each thing of a model. Callers own what is returned. */
#ifndef NETDOJO_TEST_SIM_VALUE_H
#define NETDOJO_TEST_SIM_VALUE_H

#include <string.h>

#include "tests/unit/sim.h"

static inline json_t *at(const json_t *o, const char *key)
{
	return json_object_get(o, key);
}

static inline bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static inline json_t *node_state(const json_t *state, const char *name)
{
	return at(at(state, "nodes"), name);
}

static inline json_t *link_state(const json_t *state, const char *node, const char *iface)
{
	return at(at(node_state(state, node), "links"), iface);
}

/* The link that "node/iface" names. */
static inline json_t *mirrored_state(const json_t *state, const char *name)
{
	const char *slash = strchr(name, '/');
	char node[32];

	snprintf(node, sizeof(node), "%.*s", (int)(slash - name), name);
	return link_state(state, node, slash + 1);
}

uint32_t sim_mtu_of(const struct iface *f);
json_t *sim_new_link(const char *kind, const char *segment, uint32_t queues, const char *peer);
/* What a segment's cable does to frames; "" = nothing. */
json_t *sim_cable(const struct segment *s);
/* A bridge whatever its members. */
bool sim_told_bridge(const struct segment *s);
/* What an interface that mirrors "node/iface" has besides. */
void sim_mirror(json_t *link, const char *mirrors);
json_t *sim_new_node(const struct node *n);
void sim_route_key(const struct route *r, char *ret, size_t size);
json_t *sim_route_value(const struct route *r, const char *dev);
void sim_rule_key(const struct rule *r, char *ret, size_t size);
void sim_neigh_key(const struct neigh *a, char *ret, size_t size);
json_t *sim_address_value(const struct address *a);
json_t *sim_file_value(const struct file *f);
json_t *sim_service_value(const struct service *s);

/* The device through which a route of this node goes. */
const char *sim_find_dev(const json_t *node, const struct route *r);

/* Where two states differ first: "/nodes/n0/links/eth0: got ..., wanted ...". False when they are the same. */
bool sim_difference(const json_t *got, const json_t *want, const char *path, char *ret,
		    size_t size);

#endif
