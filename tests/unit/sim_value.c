/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small kernel's state: what stands for each thing of a model. */
#define _GNU_SOURCE
#include "tests/unit/sim_value.h"

#include <arpa/inet.h>
#include <string.h>

#include "model/net.h"

uint32_t sim_mtu_of(const struct iface *f)
{
	return f->mtu ? f->mtu : f->kind == IFACE_LOOPBACK ? 65536 : 1500;
}

json_t *sim_new_link(const char *kind, const char *segment, uint32_t queues, const char *peer)
{
	return json_pack("{s:s, s:s, s:i, s:s, s:b, s:i, s:s, s:s, s:[], s:s}", "kind", kind,
			 "segment", segment, "queues", (int)queues, "peer", peer, "up", 0, "mtu",
			 1500, "mac", "random", "cable", "", "addrs", "master", "");
}

void sim_mirror(json_t *link, const char *mirrors)
{
	json_object_set_new(link, "mirrors", json_string(mirrors));
	json_object_set_new(link, "loopback", json_string(""));
}

json_t *sim_cable(const struct segment *s)
{
	if (!sim_told_bridge(s) ||
	    s->rate_kbit + s->delay_ms + s->jitter_ms + s->loss + s->duplicate + s->reorder == 0)
		return json_string("");
	return json_sprintf("%u %u %u %u %u %u", s->rate_kbit, s->delay_ms, s->jitter_ms, s->loss,
			    s->duplicate, s->reorder);
}

bool sim_told_bridge(const struct segment *s)
{
	return s->bridge || s->rate_kbit || s->delay_ms || s->jitter_ms || s->loss ||
	       s->duplicate || s->reorder;
}

static json_t *volumes(const struct node *n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n->n_volumes; i++)
		json_array_append_new(
			out, json_pack("[s, s]", n->volumes[i].name, n->volumes[i].target));
	return out;
}

json_t *sim_new_node(const struct node *n)
{
	json_t *lo = sim_new_link("loopback", "", 1, "");

	json_object_set_new(lo, "up", json_true());
	json_object_set_new(lo, "mtu", json_integer(65536));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:{s:o}, s:{}, s:{}, s:{}, s:{}, s:s, "
			 "s:{}, s:i}",
			 "role", node_role_name(n->role), "hostname", n->hostname, "kernel",
			 n->kernel, "disk", n->disk, "volumes", volumes(n), "interop",
			 (int)n->interop, "links", "lo", lo, "routes", "rules", "neighs", "sysctls",
			 "ruleset", "", "files", "local_rule", 0);
}

/* --- keys and values
 * ---------------------------------------------------------------------------------------- */

void sim_route_key(const struct route *r, char *ret, size_t size)
{
	snprintf(ret, size, "%d %u %s %u", r->ipv6, r->table, r->dst, r->metric);
}

json_t *sim_route_value(const struct route *r, const char *dev)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "via", r->via, "dev", dev,
			 "src", r->src, "protocol", r->protocol, "scope", r->scope, "type", r->type,
			 "onlink", (int)r->onlink, "ipv6", (int)r->ipv6);
}

void sim_rule_key(const struct rule *r, char *ret, size_t size)
{
	snprintf(ret, size, "%u %s %s %s %s %x/%x %u %d", r->priority, r->from, r->to, r->iif,
		 r->ipproto, r->fwmark, r->fwmask, r->table, r->ipv6);
}

void sim_neigh_key(const struct neigh *a, char *ret, size_t size)
{
	snprintf(ret, size, "%s %s", a->dev, a->address);
}

json_t *sim_address_value(const struct address *a)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b}", "cidr", a->cidr, "broadcast",
			 a->broadcast, "scope", a->scope, "noprefixroute", (int)a->noprefixroute,
			 "nodad", (int)a->nodad, "deprecated", (int)a->deprecated);
}

json_t *sim_file_value(const struct file *f)
{
	return json_pack("{s:s, s:s, s:i}", "content", f->content, "symlink", f->symlink, "mode",
			 (int)f->mode);
}

json_t *sim_service_value(const struct service *s)
{
	return json_pack("{s:s, s:s, s:b, s:O}", "node", s->node, "via", s->via, "optional",
			 (int)s->optional, "config", s->config);
}

static bool is_secondary(const json_t *addrs, size_t i, const struct prefix *p)
{
	struct prefix q;

	for (size_t k = 0; k < i && p->family == AF_INET; k++)
		if (prefix_parse(json_str(json_array_get(addrs, k), "cidr", ""), &q) &&
		    prefix_same_net(p, &q))
			return true;
	return false;
}

/* The primary decides for its subnet. */
static bool connected(const json_t *link, const struct prefix *ip)
{
	struct prefix p;
	json_t *a;
	size_t i;

	json_array_foreach (at(link, "addrs"), i, a)
		if (prefix_parse(json_str(a, "cidr", ""), &p) && prefix_holds(&p, ip) &&
		    !json_flag(a, "noprefixroute", false) &&
		    !is_secondary(at(link, "addrs"), i, &p))
			return json_flag(link, "up", false);
	return false;
}

/* The interface that reaches a gateway directly; only the named one, if one is named. */
const char *sim_find_dev(const json_t *node, const struct route *r)
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

bool sim_difference(const json_t *got, const json_t *want, const char *path, char *ret, size_t size)
{
	const char *key;
	char down[400];
	json_t *v;

	if (json_equal(got, want))
		return false;
	if (json_is_object(got) && json_is_object(want)) {
		json_object_foreach ((json_t *)got, key, v) {
			snprintf(down, sizeof(down), "%.300s/%.60s", path, key);
			if (sim_difference(v, json_object_get(want, key), down, ret, size))
				return true;
		}
		json_object_foreach ((json_t *)want, key, v) {
			snprintf(down, sizeof(down), "%.300s/%.60s", path, key);
			if (sim_difference(json_object_get(got, key), v, down, ret, size))
				return true;
		}
	}
	auto_free char *a = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
	auto_free char *b = want ? json_dumps(want, JSON_ENCODE_ANY) : NULL;

	snprintf(ret, size, "%s: got %s, wanted %s", path, a ? a : "nothing", b ? b : "nothing");
	return true;
}
