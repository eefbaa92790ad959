/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a model must be beyond its types. Each check is one function over the model, in a table; the
 * first that fails speaks.
 */
#include "model/check.h"

#include <stdlib.h>
#include <string.h>

#include "model/check_say.h"
#include "model/fate.h"
#include "model/mirror.h"
#include "model/net.h"
#include "model/plan.h"

static int check_names(const struct model *m, struct err *err)
{
	struct where top = {""};
	int rc = UNIQUE(m, nodes, name, &top, err);

	if (rc == 0)
		rc = UNIQUE(m, segments, name, &top, err);
	return rc < 0 ? rc : UNIQUE(m, services, name, &top, err);
}

static int check_nodes(const struct model *m, struct err *err)
{
	struct where top = {""};
	int rc = 0;

	if (!m->n_nodes)
		return err_set(err, ERR_USAGE, EINVAL, "nodes: A lab needs a node");
	for (size_t i = 0; i < m->n_nodes && rc == 0; i++) {
		struct where here = check_item(&top, "nodes", i);

		rc = check_node(m, &m->nodes[i], &here, err);
	}
	return rc;
}

/* A disk is one node's: two that write one /etc would be one machine twice. */
static int check_disks(const struct model *m, struct err *err)
{
	struct where top = {""};

	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < i; k++) {
			struct where here = check_item(&top, "nodes", i);

			if (m->nodes[i].disk[0] && !strcmp(m->nodes[i].disk, m->nodes[k].disk))
				return check_wrong(err, &here, "The disk '%s' is also that of '%s'",
						   m->nodes[i].disk, m->nodes[k].name);
		}
	return 0;
}

/* One end of a segment, for comparing it with the others. */
struct end {
	const struct node *node;
	const struct iface *iface;
	struct where where;
};

/* Two that share all they have. */
static bool mirrors(const struct end *a, const struct end *b)
{
	struct mirror_name of;

	return mirror_parse(a->iface->mirrors, &of) && strcmp(of.node, b->node->name) == 0 &&
	       strcmp(of.iface, b->iface->name) == 0;
}

static bool share_address(const struct iface *a, const struct iface *b, const char **ret)
{
	struct prefix p, q;

	for (size_t i = 0; i < a->n_addresses; i++)
		for (size_t k = 0; k < b->n_addresses; k++)
			if (prefix_parse(a->addresses[i].cidr, &p) &&
			    prefix_parse(b->addresses[k].cidr, &q) && prefix_same_address(&p, &q)) {
				*ret = a->addresses[i].cidr;
				return true;
			}
	return false;
}

static int compare_ends(const struct end *a, const struct end *b, struct err *err)
{
	const char *cidr;

	if (strcmp(a->iface->segment, b->iface->segment) != 0 || mirrors(a, b) || mirrors(b, a))
		return 0;
	if (share_address(b->iface, a->iface, &cidr))
		return check_wrong(err, &b->where, "%s is also on %s, on the same segment '%s'",
				   cidr, a->where.text, a->iface->segment);
	if (a->iface->mac[0] && strcmp(a->iface->mac, b->iface->mac) == 0)
		return check_wrong(err, &b->where,
				   "%s is also the MAC of %s, on the same segment '%s'",
				   b->iface->mac, a->where.text, a->iface->segment);
	return 0;
}

static int check_ends(const struct model *m, struct err *err)
{
	struct end *ends = calloc(MODEL_MAX_NODES * MODEL_MAX_IFACES, sizeof(*ends));
	struct where top = {""};
	size_t n = 0;
	int rc = 0;

	if (!ends)
		return err_sys(err, ENOMEM, "Can't check a model");
	for (size_t i = 0; i < m->n_nodes && rc == 0; i++) {
		struct where node = check_item(&top, "nodes", i);

		for (size_t k = 0; k < m->nodes[i].n_ifaces && rc == 0; k++) {
			ends[n].node = &m->nodes[i];
			ends[n].iface = &m->nodes[i].ifaces[k];
			ends[n].where = check_item(&node, "ifaces", k);
			for (size_t e = 0; e < n && rc == 0 && ends[n].iface->segment[0]; e++)
				rc = compare_ends(&ends[e], &ends[n], err);
			n++;
		}
	}
	free(ends);
	return rc;
}

static bool same_listen(const struct listen_on *a, const struct listen_on *b)
{
	return a->port == b->port && strcmp(a->proto, b->proto) == 0 &&
	       strcmp(a->address, b->address) == 0;
}

/* Two running services of a node can't have one socket address, unless one would wait for it; nor
 * can one service have it twice. */
static int check_listens(const struct model *m, size_t i, const struct where *w, struct err *err)
{
	const struct service *s = &m->services[i];

	for (size_t a = 0; a < s->n_listens; a++) {
		struct where here = check_item(w, "listens", a);

		for (size_t k = 0; k <= i; k++) {
			const struct service *t = &m->services[k];
			size_t n = k == i ? a : t->n_listens;

			if (k != i && (!t->running || !s->running || t->optional || s->optional ||
				       strcmp(t->node, s->node) != 0))
				continue;
			for (size_t b = 0; b < n; b++)
				if (same_listen(&s->listens[a], &t->listens[b]))
					return check_wrong(err, &here, "'%s' already listens there",
							   t->name);
		}
	}
	return 0;
}

static int check_services(const struct model *m, struct err *err)
{
	struct where top = {""};
	int rc = 0;

	for (size_t i = 0; i < m->n_services && rc == 0; i++) {
		const struct service *s = &m->services[i];
		struct where here = check_item(&top, "services", i);

		if (!model_node(m, s->node))
			return check_wrong(err, &here, "Unknown node '%s'", s->node);
		if (s->via[0] && !model_node(m, s->via))
			return check_wrong(err, &here, "Unknown node '%s' in 'via'", s->via);
		if (s->kind == SERVICE_PROGRAM &&
		    !json_array_size(json_object_get(s->config, "argv")))
			return check_wrong(err, &here, "A program needs config.argv");
		rc = check_listens(m, i, &here, err);
	}
	return rc;
}

/* "203.0.113.50:51820", "[2001:db8::1]:51820" */
static bool is_endpoint(const char *text)
{
	const char *colon = strrchr(text, ':'), *digits = colon ? colon + 1 : "";
	size_t len = colon ? (size_t)(colon - text) : 0, n = strspn(digits, "0123456789");
	bool v6 = len > 2 && text[0] == '[' && text[len - 1] == ']';
	char host[64];
	struct prefix p;

	if (!n || n > 5 || digits[n] || atoi(digits) < 1 || atoi(digits) > 65535 ||
	    len >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(v6 ? len - 2 : len), text + v6);
	return prefix_parse_address(host, &p) && (strchr(host, ':') != NULL) == v6;
}

/* What the tunnels of a segment are. */
struct ends {
	size_t tunnels, servers, carried;
};

static int count_ends(const struct model *m, const char *segment, struct ends *ret, struct err *err)
{
	struct where top = {""};

	*ret = (struct ends){0};
	for (size_t i = 0; i < m->n_nodes; i++) {
		struct where node = check_item(&top, "nodes", i);

		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++) {
			const struct iface *f = &m->nodes[i].ifaces[k];
			struct where here = check_item(&node, "ifaces", k);

			if (f->kind != IFACE_TUNNEL || strcmp(f->segment, segment) != 0)
				continue;
			if (f->endpoint[0] && !is_endpoint(f->endpoint))
				return check_wrong(err, &here,
						   "'%s' is no endpoint: 203.0.113.50:51820 is one",
						   f->endpoint);
			ret->tunnels++;
			ret->servers += f->endpoint[0] != '\0';
			ret->carried += f->carried;
		}
	}
	return 0;
}

/* A tunnel has two ends, one of which can be found, and no cable of its own. */
static int check_tunnel(const struct model *m, const struct segment *s, const struct where *w,
			struct err *err)
{
	struct ends e;
	int rc = count_ends(m, s->name, &e, err);

	if (rc < 0 || !e.tunnels)
		return rc;
	if (segment_is_impaired(s))
		return check_wrong(err, w,
				   "A tunnel has no cable of its own: impair what it goes through");
	if (segment_is_bridge(s, segment_members(m, s->name)) ||
	    e.tunnels != segment_members(m, s->name))
		return check_wrong(err, w, "A tunnel has two ends and nothing between");
	if (e.tunnels == 2 && !e.servers)
		return check_wrong(err, w, "Neither end of the tunnel has an 'endpoint'");
	if (e.carried && e.carried != e.tunnels)
		return check_wrong(err, w, "Both ends of a tunnel are 'carried', or neither");
	return 0;
}

/* What a cable can't do: let frames pass others that none is held back for. */
static int check_segments(const struct model *m, struct err *err)
{
	struct where top = {""};
	int rc = 0;

	for (size_t i = 0; i < m->n_segments && rc == 0; i++) {
		const struct segment *s = &m->segments[i];
		struct where here = check_item(&top, "segments", i);

		if (s->reorder && !s->delay_ms)
			return check_wrong(err, &here,
					   "'reorder' needs a 'delay_ms' that some frames skip");
		rc = check_tunnel(m, s, &here, err);
	}
	return rc;
}

int model_check(const struct model *m, struct err *err)
{
	static int (*const checks[])(const struct model *, struct err *) = {
		check_names, check_nodes, check_disks, check_ends, check_services, check_segments,
	};
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(checks) && rc == 0; i++)
		rc = checks[i](m, err);
	return rc;
}
