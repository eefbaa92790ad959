/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node of the build port: its network namespace and its routing socket. */
#define _GNU_SOURCE
#include "netns/build_node.h"

#include <libmnl/libmnl.h>
#include <string.h>

#include "base/cleanup.h"
#include "netns/link.h"
#include "netns/netns.h"
#include "netns/sysctl.h"

struct build_node *build_node_find(struct build *b, const char *name)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		if (!strcmp(b->nodes[i].name, name))
			return &b->nodes[i];
	return NULL;
}

int build_node_need(struct build *b, const char *name, struct build_node **ret, struct err *err)
{
	struct build_node *n = build_node_find(b, name);

	if (!n)
		return err_set(err, ERR_MACHINE, ENOENT, "No node %s", name);
	*ret = n;
	return 0;
}

void build_node_done(struct build_node *n)
{
	rtsock_close(&n->rt);
	if (n->nf)
		mnl_socket_close(n->nf);
	fd_closep(&n->netns);
	free(n->name);
	*n = (struct build_node){.netns = -1};
}

/* A namespace as every node has it: our defaults pinned, lo up. */
static int make(struct build *b, struct build_node *ret, struct err *err)
{
	auto_fd ns = netns_make(b->home, err);
	struct rtsock rt = {0};
	auto_visit v = NETNS_AT_HOME;
	int rc;

	if (ns < 0)
		return ns;
	rc = netns_enter(&v, ns, b->home, err);
	if (rc < 0)
		return rc;
	rc = rtsock_open(&rt, err);
	if (rc < 0)
		return rc;
	sysctl_pin(b->pins);
	rc = link_set_flag_up(&rt, 1, true, err);
	if (rc < 0) {
		rtsock_close(&rt);
		return rc;
	}
	*ret = (struct build_node){.netns = fd_steal(&ns), .rt = rt};
	return 0;
}

int build_node_spare(struct build *b, struct err *err)
{
	int rc = make(b, &b->spares[b->n_spares], err);

	if (rc == 0)
		b->n_spares++;
	return rc;
}

void build_node_drop_spares(struct build *b)
{
	while (b->n_spares)
		build_node_done(&b->spares[--b->n_spares]);
}

int build_node_first(struct build *b, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	int rc;

	sysctl_quiet_hub();
	rc = build_node_spare(b, err);
	if (rc == 0)
		rc = netns_enter(&v, b->spares[0].netns, b->home, err);
	if (rc < 0)
		return rc;
	b->pins = sysctl_unpinned();
	sysctl_pin(b->pins);
	return 0;
}

static int take(struct build *b, struct build_node *ret, struct err *err)
{
	if (!b->n_spares)
		return make(b, ret, err);
	*ret = b->spares[--b->n_spares];
	return 0;
}

static bool wants_lo_down(const struct node *node)
{
	const struct iface *lo = node_iface(node, "lo");

	return lo && !lo->up;
}

int build_node_add(struct build *b, const struct node *node, struct err *err)
{
	auto_free char *name = strdup(node->name);
	struct build_node *grown, fresh;
	int rc;

	if (build_node_find(b, node->name))
		return 0;
	grown = reallocarray(b->nodes, b->n_nodes + 1, sizeof(*grown));
	if (!name || !grown)
		return err_sys(err, ENOMEM, "Can't add a node");
	b->nodes = grown;
	rc = take(b, &fresh, err);
	if (rc < 0)
		return rc;
	if (wants_lo_down(node))
		rc = link_set_flag_up(&fresh.rt, 1, false, err);
	if (rc < 0) {
		build_node_done(&fresh);
		return rc;
	}
	fresh.name = ptr_steal(name);
	b->nodes[b->n_nodes++] = fresh;
	return 0;
}

int build_node_del(struct build *b, const char *name, struct err *err)
{
	struct build_node *n = build_node_find(b, name);
	int rc;

	if (!n)
		return 0;
	rc = link_del_all(n, b->home, err);
	build_node_done(n);
	*n = b->nodes[--b->n_nodes];
	return rc;
}
