/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations in words: a line for people. */
#define _GNU_SOURCE
#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "model/fate.h"
#include "model/plan.h"

static const char *const names[] = {
	[OP_NODE_ADD] = "node-add",	      [OP_SEGMENT_ADD] = "segment-add",
	[OP_LINK_ADD] = "link-add",	      [OP_SEGMENT_SET] = "segment-set",
	[OP_MIRROR_SET] = "mirror-set",	      [OP_LOCAL_RULE_SET] = "local-rule-set",
	[OP_SYSCTL_SET] = "sysctl-set",	      [OP_LINK_SET] = "link-set",
	[OP_ADDR_ADD] = "addr-add",	      [OP_RULE_ADD] = "rule-add",
	[OP_NEIGH_ADD] = "neigh-add",	      [OP_ROUTE_ADD] = "route-add",
	[OP_RULESET_SET] = "ruleset-set",     [OP_FILE_SET] = "file-set",
	[OP_SERVICE_START] = "service-start", [OP_SERVICE_SET] = "service-set",
	[OP_SERVICE_STOP] = "service-stop",   [OP_FILE_DEL] = "file-del",
	[OP_ROUTE_DEL] = "route-del",	      [OP_NEIGH_DEL] = "neigh-del",
	[OP_RULE_DEL] = "rule-del",	      [OP_ADDR_DEL] = "addr-del",
	[OP_LINK_DEL] = "link-del",	      [OP_SEGMENT_DEL] = "segment-del",
	[OP_NODE_DEL] = "node-del",
};
static_assert(ARRAY_SIZE(names) == N_OP_KINDS, "a name for each kind");

const char *op_kind_name(enum op_kind k)
{
	return names[k];
}

/* Text put together piece by piece. */
struct words {
	FILE *to;
};

static void __attribute__((format(printf, 2, 3))) say(struct words *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(w->to, fmt, ap);
	va_end(ap);
}

/* " word value", when there is a value. */
static void say_opt(struct words *w, const char *word, const char *value)
{
	if (value[0])
		say(w, " %s %s", word, value);
}

static void say_node(struct words *w, const struct op *op)
{
	say(w, "node (%s)", node_role_name(op->node->role));
}

static void say_segment(struct words *w, const struct op *op)
{
	say(w, "segment %s, %zu member%s", op->segment->name, op->segment_members,
	    op->segment_members == 1 ? "" : "s");
}

/* "segment lan: loss 3%, rate 2000 kbit/s"; thousandths of frames as percent. */
static void say_cable(struct words *w, const struct op *op)
{
	const struct segment *s = op->segment;
	const struct {
		const char *word;
		uint32_t thousandths;
	} shares[] = {{"loss", s->loss}, {"duplicate", s->duplicate}, {"reorder", s->reorder}};
	const char *comma = ":";

	say(w, "segment %s", s->name);
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++)
		if (shares[i].thousandths) {
			say(w, "%s %s %g%%", comma, shares[i].word, shares[i].thousandths / 10.0);
			comma = ",";
		}
	if (s->delay_ms || s->jitter_ms) {
		say(w, "%s delay %u ms", comma, s->delay_ms);
		if (s->jitter_ms)
			say(w, " ± %u ms", s->jitter_ms);
		comma = ",";
	}
	if (s->rate_kbit)
		say(w, "%s rate %u kbit/s", comma, s->rate_kbit);
	if (!segment_is_impaired(s))
		say(w, ": a clean cable");
}

static void say_link(struct words *w, const struct op *op)
{
	say(w, "link %s", op->iface->name);
	if (op->peer_iface)
		say(w, " to %s %s", op->peer_node->name, op->peer_iface->name);
	else if (op->iface->mirrors[0])
		say(w, " that mirrors %s", op->iface->mirrors);
	else if (op->segment)
		say(w, " on segment %s", op->segment->name);
	else
		say(w, " (%s)", iface_kind_name(op->iface->kind));
}

static void say_link_set(struct words *w, const struct op *op)
{
	const struct iface *f = op->iface;

	say(w, "link %s %s, mtu %u", f->name, f->up ? "up" : "down", fate_mtu(f));
	if (f->mac[0])
		say(w, ", mac %s", f->mac);
	if (f->master[0])
		say(w, ", port of %s", f->master);
}

static void say_mirror(struct words *w, const struct op *op)
{
	say(w, "loopback frames of %s", op->iface->name);
	if (op->peer_iface)
		say(w, " to %s %s", op->peer_node->name, op->peer_iface->name);
	else
		say(w, " no more");
}

static void say_local_rule(struct words *w, const struct op *op)
{
	say(w, "rule %u: from all lookup local, was %u", op->local_rule, op->old_local_rule);
}

static void say_sysctl(struct words *w, const struct op *op)
{
	say(w, "sysctl %s = %s", op->sysctl->name, op->sysctl->value);
}

static void say_address(struct words *w, const struct op *op)
{
	say(w, "address %s dev %s", op->address->cidr, op->iface->name);
	say_opt(w, "brd", op->address->broadcast);
	say_opt(w, "scope", op->address->scope);
	say(w, "%s%s%s", op->address->noprefixroute ? " noprefixroute" : "",
	    op->address->nodad ? " nodad" : "", op->address->deprecated ? " deprecated" : "");
}

static void say_rule(struct words *w, const struct op *op)
{
	const struct rule *r = op->rule;

	say(w, "rule %u:%s from %s", r->priority, r->ipv6 ? " ipv6" : "",
	    r->from[0] ? r->from : "all");
	say_opt(w, "to", r->to);
	say_opt(w, "iif", r->iif);
	say_opt(w, "ipproto", r->ipproto);
	if (r->fwmask)
		say(w, " fwmark 0x%x/0x%x", r->fwmark, r->fwmask);
	say(w, " lookup %u", r->table);
}

static void say_neigh(struct words *w, const struct op *op)
{
	say(w, "neighbour %s lladdr %s dev %s", op->neigh->address, op->neigh->mac, op->neigh->dev);
}

static void say_route(struct words *w, const struct op *op)
{
	const struct route *r = op->route;
	bool plain = strcmp(r->type, "unicast") == 0;

	say(w, "route %s%s%s", plain ? "" : r->type, plain ? "" : " ", r->dst);
	say_opt(w, "via", r->via);
	say_opt(w, "dev", r->dev);
	say_opt(w, "src", r->src);
	say_opt(w, "proto", r->protocol);
	if (r->metric)
		say(w, " metric %u", r->metric);
	if (r->table != 254)
		say(w, " table %u", r->table);
	say(w, "%s", r->onlink ? " onlink" : "");
}

static void say_ruleset(struct words *w, const struct op *op)
{
	size_t lines = 0;

	for (const char *p = op->ruleset; *p; p++)
		lines += *p == '\n';
	say(w, "%s", op->node ? "" : "switch ");
	if (!op->ruleset[0])
		say(w, "ruleset removed");
	else
		say(w, "ruleset of %zu lines%s", lines, op->old_ruleset[0] ? ", replacing" : "");
}

static void say_file(struct words *w, const struct op *op)
{
	say(w, "file %s", op->file->path);
	if (op->kind != OP_FILE_SET)
		return;
	if (op->file->symlink[0])
		say(w, " -> %s", op->file->symlink);
	else
		say(w, ", %zu bytes, mode %04o", strlen(op->file->content), op->file->mode);
}

static void say_service(struct words *w, const struct op *op)
{
	const struct service *s = op->service;

	say(w, "%s service %s", service_kind_name(s->kind), s->name);
	if (op->kind != OP_SERVICE_START)
		return;
	for (size_t i = 0; i < s->n_listens; i++) {
		bool v6 = strchr(s->listens[i].address, ':');

		say(w, "%s%s %s%s%s:%u", i ? ", " : " on ", s->listens[i].proto, v6 ? "[" : "",
		    s->listens[i].address, v6 ? "]" : "", s->listens[i].port);
	}
}

/* How each kind reads: an optional verb in front, then the thing. */
static const struct {
	const char *verb;
	void (*say)(struct words *w, const struct op *op);
} lines[] = {
	[OP_NODE_ADD] = {"add ", say_node},	      [OP_SEGMENT_ADD] = {"add ", say_segment},
	[OP_LINK_ADD] = {"add ", say_link},	      [OP_SEGMENT_SET] = {"", say_cable},
	[OP_MIRROR_SET] = {"", say_mirror},	      [OP_LOCAL_RULE_SET] = {"", say_local_rule},
	[OP_SYSCTL_SET] = {"", say_sysctl},	      [OP_LINK_SET] = {"", say_link_set},
	[OP_ADDR_ADD] = {"add ", say_address},	      [OP_RULE_ADD] = {"add ", say_rule},
	[OP_NEIGH_ADD] = {"add ", say_neigh},	      [OP_ROUTE_ADD] = {"add ", say_route},
	[OP_RULESET_SET] = {"", say_ruleset},	      [OP_FILE_SET] = {"write ", say_file},
	[OP_SERVICE_START] = {"start ", say_service}, [OP_SERVICE_SET] = {"change ", say_service},
	[OP_SERVICE_STOP] = {"stop ", say_service},   [OP_FILE_DEL] = {"delete ", say_file},
	[OP_ROUTE_DEL] = {"delete ", say_route},      [OP_NEIGH_DEL] = {"delete ", say_neigh},
	[OP_RULE_DEL] = {"delete ", say_rule},	      [OP_ADDR_DEL] = {"delete ", say_address},
	[OP_LINK_DEL] = {"delete ", say_link},	      [OP_SEGMENT_DEL] = {"delete ", say_segment},
	[OP_NODE_DEL] = {"delete ", say_node},
};
static_assert(ARRAY_SIZE(lines) == N_OP_KINDS, "a line for each kind");

char *op_describe(const struct op *op)
{
	char *text = NULL;
	size_t len = 0;
	struct words w = {.to = open_memstream(&text, &len)};

	if (!w.to)
		return NULL;
	say(&w, "%s: %s", op->node ? op->node->name : "lab", lines[op->kind].verb);
	lines[op->kind].say(&w, op);
	if (fclose(w.to) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
