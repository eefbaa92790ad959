/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The build port on a real kernel: what each operation and each read is done by. */
#define _GNU_SOURCE
#include "netns/build.h"

#include "base/cleanup.h"
#include "netns/address.h"
#include "netns/build_node.h"
#include "netns/build_read.h"
#include "netns/impair.h"
#include "netns/link.h"
#include "netns/mirror.h"
#include "netns/neigh.h"
#include "netns/netns.h"
#include "netns/route.h"
#include "netns/rule.h"
#include "netns/ruleset.h"
#include "netns/socket.h"
#include "netns/steer.h"
#include "netns/sysctl.h"

typedef int (*op_fn)(struct build *b, const struct op *op, struct err *err);

static int node_add(struct build *b, const struct op *op, struct err *err)
{
	return build_node_add(b, op->node, err);
}

static int node_del(struct build *b, const struct op *op, struct err *err)
{
	return build_node_del(b, op->node->name, err);
}

/* undo NULL: nothing to do that a later undo (of the link, of the node) does not do. */
static const struct {
	op_fn apply, undo;
} ops[] = {
	[OP_NODE_ADD] = {node_add, node_del},
	[OP_SEGMENT_ADD] = {link_add_segment, link_del_segment},
	[OP_LINK_ADD] = {link_add, link_del},
	[OP_SEGMENT_SET] = {impair_set, NULL}, /* undone by the way back's own */
	[OP_SYSCTL_SET] = {sysctl_set, NULL},
	[OP_LINK_SET] = {link_set, NULL},
	[OP_MIRROR_SET] = {mirror_set, NULL},
	[OP_LOCAL_RULE_SET] = {rule_set_local, NULL}, /* undone as a ruleset is */
	[OP_ADDR_ADD] = {address_add, address_del},
	[OP_RULE_ADD] = {rule_add, rule_del},
	[OP_NEIGH_ADD] = {neigh_add, neigh_del},
	[OP_ROUTE_ADD] = {route_add, route_del},
	[OP_RULESET_SET] = {ruleset_set, NULL}, /* undone by turning the operation round */
	[OP_ROUTE_DEL] = {route_del, route_add},
	[OP_NEIGH_DEL] = {neigh_del, neigh_add},
	[OP_RULE_DEL] = {rule_del, rule_add},
	[OP_ADDR_DEL] = {address_del, address_add},
	[OP_LINK_DEL] = {link_del, NULL},
	[OP_SEGMENT_DEL] = {link_del_segment, link_add_segment},
	[OP_NODE_DEL] = {node_del, node_add},
};

/* "wsl: route default via 172.27.32.1: Nexthop has invalid gateway": the plan's own words lead. */
static int put_context(const struct op *op, struct err *err)
{
	auto_free char *what = op_describe(op);

	return err_wrap(err, "%s", what ? what : op_kind_name(op->kind));
}

static int build_apply(void *ctx, const struct op *op, struct err *err)
{
	int rc;

	if (op->kind >= ARRAY_SIZE(ops) || !ops[op->kind].apply)
		return err_set(err, ERR_MACHINE, ENOSYS, "The build port does not do %s",
			       op_kind_name(op->kind));
	/* Nodes come first in a plan, links next: what nodes were made ahead in vain is only memory after that, and
	 * all links that will be up are. */
	if (op->kind != OP_NODE_ADD)
		build_node_drop_spares(ctx);
	if (op->kind > OP_LINK_SET)
		link_settle(ctx);
	rc = ops[op->kind].apply(ctx, op, err);
	if (rc < 0 && err)
		put_context(op, err);
	return rc;
}

static void build_undo(void *ctx, const struct op *op)
{
	struct op back = *op;

	if (op->kind == OP_RULESET_SET) {
		back.ruleset = op->old_ruleset;
		back.old_ruleset = op->ruleset;
		ruleset_set(ctx, &back, NULL);
		return;
	}
	if (op->kind == OP_LOCAL_RULE_SET) {
		back.local_rule = op->old_local_rule;
		back.old_local_rule = op->local_rule;
		rule_set_local(ctx, &back, NULL);
		return;
	}
	if (op->kind < ARRAY_SIZE(ops) && ops[op->kind].undo)
		ops[op->kind].undo(ctx, op, NULL);
}

typedef int (*read_fn)(struct build *b, struct build_node *n, json_t **ret, struct err *err);

static const read_fn reads[N_READS] = {
	[READ_LINKS] = read_links,	   [READ_ROUTES] = read_routes,
	[READ_RULES] = read_rules,	   [READ_NEIGHS] = read_neighs,
	[READ_RULESET] = ruleset_read,	   [READ_SOCKETS] = read_sockets,
	[READ_LISTENERS] = read_listeners, [READ_OPEN] = read_open,
	[READ_CONNTRACK] = read_conntrack,
};

static int build_read(void *ctx, const char *node, enum read_what what, const char *arg,
		      json_t **ret, struct err *err)
{
	struct build *b = ctx;
	struct build_node *n;
	int rc = build_node_need(b, node, &n, err);

	if (rc < 0)
		return rc;
	rc = what == READ_SYSCTL ? sysctl_read(b, n, arg, ret, err) : reads[what](b, n, ret, err);
	if (rc < 0 && err)
		err_wrap(err, "%s: read %s", node, read_what_name(what));
	return rc;
}

static int build_open_socket(void *ctx, const char *node, int type, const char *address,
			     uint16_t port, struct err *err)
{
	struct build *b = ctx;
	struct build_node *n;
	int rc = build_node_need(b, node, &n, err);

	if (rc < 0)
		return rc;
	rc = socket_open(b, n, type, address, port, err);
	if (rc < 0 && err)
		err_wrap(err, "%s", node);
	return rc;
}

static int build_steer(void *ctx, const struct steering *s, struct err *err)
{
	return steer_set(ctx, s, err);
}

static int build_netns_fd(void *ctx, const char *node)
{
	struct build_node *n = build_node_find(ctx, node);

	return n ? n->netns : -ENOENT;
}

static void build_free(struct build *b)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		build_node_done(&b->nodes[i]);
	build_node_drop_spares(b);
	steer_done(b);
	free(b->nodes);
	rtsock_close(&b->hub);
	fd_closep(&b->home);
	free(b);
}

int build_open(struct build_port *ret, struct err *err)
{
	struct build *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return err_sys(err, ENOMEM, "Can't open the build port");
	b->home = netns_current(err);
	rc = b->home < 0 ? b->home : rtsock_open(&b->hub, err);
	if (rc == 0)
		rc = build_node_first(b, err);
	if (rc < 0) {
		build_free(b);
		return rc;
	}
	*ret = (struct build_port){.ctx = b,
				   .apply = build_apply,
				   .undo = build_undo,
				   .read = build_read,
				   .open_socket = build_open_socket,
				   .steer = build_steer,
				   .netns_fd = build_netns_fd};
	return 0;
}

void build_close(struct build_port *port)
{
	if (port->ctx)
		build_free(port->ctx);
	*port = (struct build_port){0};
}

void build_prepare(struct build_port *port, size_t n)
{
	struct build *b = port->ctx;

	while (b->n_spares < n && b->n_spares < ARRAY_SIZE(b->spares))
		if (build_node_spare(b, NULL) < 0)
			return;
}
