/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations as objects for programs. */
#include "model/fate.h"
#include "model/plan.h"

/* Adds a string that is not empty. */
static void put(json_t *o, const char *key, const char *value)
{
	if (value && value[0])
		json_object_set_new(o, key, json_string(value));
}

static void put_number(json_t *o, const char *key, json_int_t n)
{
	json_object_set_new(o, key, json_integer(n));
}

static void put_flag(json_t *o, const char *key, bool on)
{
	if (on)
		json_object_set_new(o, key, json_true());
}

static void put_link(json_t *o, const struct op *op)
{
	put(o, "iface", op->iface->name);
	if (op->address) {
		put(o, "address", op->address->cidr);
		put(o, "broadcast", op->address->broadcast);
		put(o, "scope", op->address->scope);
		put_flag(o, "noprefixroute", op->address->noprefixroute);
		put_flag(o, "nodad", op->address->nodad);
		put_flag(o, "deprecated", op->address->deprecated);
		return;
	}
	put(o, "kind", iface_kind_name(op->iface->kind));
	put(o, "peer_node", op->peer_node ? op->peer_node->name : "");
	put(o, "peer_iface", op->peer_iface ? op->peer_iface->name : "");
	put(o, "mirrors", op->iface->mirrors);
	if (op->kind != OP_LINK_SET)
		return;
	json_object_set_new(o, "up", json_boolean(op->iface->up));
	put_number(o, "mtu", fate_mtu(op->iface));
	put(o, "mac", op->iface->mac);
	put(o, "master", op->iface->master);
}

static void put_route(json_t *o, const struct route *r)
{
	put(o, "dst", r->dst);
	put(o, "via", r->via);
	put(o, "dev", r->dev);
	put(o, "src", r->src);
	put(o, "protocol", r->protocol);
	put(o, "scope", r->scope);
	put(o, "type", r->type);
	put_number(o, "table", r->table);
	put_number(o, "metric", r->metric);
	put_flag(o, "onlink", r->onlink);
	put_flag(o, "ipv6", r->ipv6);
}

static void put_rule(json_t *o, const struct rule *r)
{
	put_number(o, "priority", r->priority);
	put(o, "from", r->from);
	put(o, "to", r->to);
	put(o, "iif", r->iif);
	put(o, "ipproto", r->ipproto);
	put_number(o, "fwmark", r->fwmark);
	put_number(o, "fwmask", r->fwmask);
	put_number(o, "table", r->table);
	put_flag(o, "ipv6", r->ipv6);
}

static void put_file(json_t *o, const struct file *f, bool whole)
{
	put(o, "path", f->path);
	if (!whole)
		return;
	put(o, "symlink", f->symlink);
	put(o, "content", f->content);
	put_number(o, "mode", f->mode);
}

static void put_neigh(json_t *o, const struct neigh *a)
{
	put(o, "dev", a->dev);
	put(o, "address", a->address);
	put(o, "mac", a->mac);
}

/* What its cable does to frames; absent = nothing. */
static void put_cable(json_t *o, const struct segment *s)
{
	const struct {
		const char *key;
		uint32_t value;
	} all[] = {{"rate_kbit", s->rate_kbit}, {"delay_ms", s->delay_ms},
		   {"jitter_ms", s->jitter_ms}, {"loss", s->loss},
		   {"duplicate", s->duplicate}, {"reorder", s->reorder}};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].value)
			put_number(o, all[i].key, all[i].value);
}

static void put_details(json_t *o, const struct op *op)
{
	if (op->segment)
		put_number(o, "members", (json_int_t)op->segment_members);
	if (op->kind == OP_SEGMENT_SET)
		put_cable(o, op->segment);
	if (op->iface)
		put_link(o, op);
	if (op->route)
		put_route(o, op->route);
	if (op->rule)
		put_rule(o, op->rule);
	if (op->neigh)
		put_neigh(o, op->neigh);
	if (op->sysctl) {
		put(o, "name", op->sysctl->name);
		put(o, "value", op->sysctl->value);
	}
	if (op->file)
		put_file(o, op->file, op->kind == OP_FILE_SET);
	if (op->kind == OP_LOCAL_RULE_SET) {
		put_number(o, "priority", op->local_rule);
		put_number(o, "old_priority", op->old_local_rule);
	}
	if (op->ruleset)
		json_object_set_new(o, "ruleset", json_string(op->ruleset));
}

json_t *op_to_json(const struct op *op)
{
	json_t *o = json_pack("{s:s}", "op", op_kind_name(op->kind));

	if (!o)
		return NULL;
	put(o, "node", op->node ? op->node->name : "");
	put(o, "segment", op->segment ? op->segment->name : "");
	put(o, "service", op->service ? op->service->name : "");
	put_details(o, op);
	return o;
}
