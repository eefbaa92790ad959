/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which nodes, segments, links and services stand when one model turns into another. */
#include "model/fate.h"

#include <string.h>

#include "model/mirror.h"
#include "model/plan.h"
#include "model/subnet.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

uint32_t fate_mtu(const struct iface *f)
{
	if (f->mtu)
		return f->mtu;
	return f->kind == IFACE_LOOPBACK ? 65536 : 1500;
}

size_t segment_members(const struct model *m, const char *segment)
{
	size_t n = 0;

	for (size_t i = 0; m && i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++)
			n += same(m->nodes[i].ifaces[k].segment, segment) &&
			     !m->nodes[i].ifaces[k].mirrors[0];
	return n;
}

static const struct segment *find_segment(const struct model *m, const char *name)
{
	for (size_t i = 0; m && i < m->n_segments; i++)
		if (same(m->segments[i].name, name))
			return &m->segments[i];
	return NULL;
}

bool segment_is_bridge(const struct segment *s, size_t members)
{
	return s && (s->bridge || members > 2 || segment_is_impaired(s));
}

bool segment_is_impaired(const struct segment *s)
{
	return s->rate_kbit || s->delay_ms || s->jitter_ms || s->loss || s->duplicate || s->reorder;
}

static void find_peer(const struct model *m, const struct iface *f, struct wire *w)
{
	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++) {
			const struct iface *p = &m->nodes[i].ifaces[k];

			if (p == f || p->mirrors[0] || !same(p->segment, f->segment))
				continue;
			w->peer_node = &m->nodes[i];
			w->peer_iface = p;
		}
}

struct wire wire_of(const struct model *m, const struct node *n, const struct iface *f)
{
	struct wire w = {0};

	(void)n;
	if (!f->segment[0])
		return w;
	w.segment = find_segment(m, f->segment);
	w.members = segment_members(m, f->segment);
	if (w.members == 2 && w.segment && !segment_is_bridge(w.segment, w.members))
		find_peer(m, f, &w);
	return w;
}

static bool same_trees(const struct node *a, const struct node *b)
{
	if (a->n_trees != b->n_trees)
		return false;
	for (size_t i = 0; i < a->n_trees; i++)
		if (!same(a->trees[i].source, b->trees[i].source) ||
		    !same(a->trees[i].target, b->trees[i].target))
			return false;
	return true;
}

static bool same_volumes(const struct node *a, const struct node *b)
{
	if (a->n_volumes != b->n_volumes)
		return false;
	for (size_t i = 0; i < a->n_volumes; i++)
		if (!same(a->volumes[i].name, b->volumes[i].name) ||
		    !same(a->volumes[i].target, b->volumes[i].target))
			return false;
	return true;
}

/* A node's root is made once: what is built into it can't change under its programs. */
bool fate_node_stays(const struct change *c, const char *node)
{
	const struct node *a = model_node(c->from, node), *b = model_node(c->to, node);

	return a && b && a->role == b->role && same(a->hostname, b->hostname) &&
	       same(a->kernel, b->kernel) && same(a->disk, b->disk) && a->interop == b->interop &&
	       same_trees(a, b) && same_volumes(a, b);
}

/* A lone end leads nowhere, two are a veth pair, more hang on a bridge (or all, if it says so). */
static int make_of_segment(const struct model *m, const char *segment)
{
	size_t n = segment_members(m, segment);

	return segment_is_bridge(find_segment(m, segment), n) ? 3 : n < 2 ? 1 : 2;
}

bool fate_segment_stays(const struct change *c, const char *segment)
{
	return find_segment(c->from, segment) && find_segment(c->to, segment) &&
	       make_of_segment(c->from, segment) == make_of_segment(c->to, segment);
}

static bool same_cable(const struct segment *a, const struct segment *b)
{
	return a->rate_kbit == b->rate_kbit && a->delay_ms == b->delay_ms &&
	       a->jitter_ms == b->jitter_ms && a->loss == b->loss && a->duplicate == b->duplicate &&
	       a->reorder == b->reorder;
}

static bool has_new_member(const struct change *c, const char *segment)
{
	for (size_t i = 0; i < c->to->n_nodes; i++) {
		const struct node *n = &c->to->nodes[i];

		for (size_t k = 0; k < n->n_ifaces; k++)
			if (same(n->ifaces[k].segment, segment) &&
			    !fate_link_stays(c, n->name, n->ifaces[k].name))
				return true;
	}
	return false;
}

bool fate_cable_differs(const struct change *c, const struct segment *to)
{
	const struct segment *was =
		fate_segment_stays(c, to->name) ? find_segment(c->from, to->name) : NULL;

	if (!was || same_cable(was, to))
		return segment_is_impaired(to) && (!was || has_new_member(c, to->name));
	return true;
}

static bool same_make(const struct iface *a, const struct iface *b)
{
	return a->kind == b->kind && a->queues == b->queues && same(a->segment, b->segment) &&
	       same(a->mirrors, b->mirrors) && same(a->endpoint, b->endpoint) &&
	       a->carried == b->carried;
}

/* One end of a link: made alike in both models, in a node that stays. */
static bool end_stays(const struct change *c, const char *node, const char *iface)
{
	const struct iface *a = node_iface(model_node(c->from, node), iface);
	const struct iface *b = node_iface(model_node(c->to, node), iface);

	return a && b && fate_node_stays(c, node) && same_make(a, b);
}

/* It hangs on the other's port, and goes with it. */
static bool mirrored_stays(const struct change *c, const struct iface *f)
{
	struct mirror_name of;

	return !mirror_parse(f->mirrors, &of) || fate_link_stays(c, of.node, of.iface);
}

bool fate_link_stays(const struct change *c, const char *node, const char *iface)
{
	const struct node *a = model_node(c->from, node), *b = model_node(c->to, node);
	struct wire wa, wb;

	if (same(iface, "lo"))
		return fate_node_stays(c, node);
	if (!end_stays(c, node, iface) || !mirrored_stays(c, node_iface(a, iface)))
		return false;
	wa = wire_of(c->from, a, node_iface(a, iface));
	wb = wire_of(c->to, b, node_iface(b, iface));
	if (!wa.segment)
		return true;
	if (!fate_segment_stays(c, wa.segment->name))
		return false;
	if (!wa.peer_node || !wb.peer_node)
		return true;
	return same(wa.peer_node->name, wb.peer_node->name) &&
	       same(wa.peer_iface->name, wb.peer_iface->name) &&
	       end_stays(c, wa.peer_node->name, wa.peer_iface->name);
}

bool fate_mirror_differs(const struct change *c, const struct node *to, const struct iface *f)
{
	const struct iface *was = node_iface(model_node(c->from, to->name), f->name);
	struct mirrored a, b = mirror_find(c->to, f);

	if (!f->mirrors[0])
		return false;
	if (!fate_link_stays(c, to->name, f->name))
		return f->loopback[0];
	a = mirror_find(c->from, was);
	if (!a.loopback || !b.loopback)
		return a.loopback || b.loopback;
	return !same(was->mac, f->mac) || !same(a.loopback->name, b.loopback->name) ||
	       !same(a.loopback->mac, b.loopback->mac) ||
	       !fate_link_stays(c, b.node->name, b.loopback->name);
}

bool fate_link_differs(const struct change *c, const struct node *to, const struct iface *f)
{
	const struct iface *was;

	if (!fate_link_stays(c, to->name, f->name))
		return true;
	was = subnet_iface(model_node(c->from, to->name), f->name);
	return was->up != f->up || fate_mtu(was) != fate_mtu(f) ||
	       (f->mac[0] && !same(was->mac, f->mac)) || !same(was->master, f->master) ||
	       (f->master[0] && !fate_link_stays(c, to->name, f->master));
}

static bool same_listens(const struct service *a, const struct service *b)
{
	if (a->n_listens != b->n_listens)
		return false;
	for (size_t i = 0; i < a->n_listens; i++) {
		const struct listen_on *x = &a->listens[i], *y = &b->listens[i];

		if (x->port != y->port || !same(x->proto, y->proto) ||
		    !same(x->address, y->address))
			return false;
	}
	return true;
}

/* It runs before and after on the same sockets; a real program can't be told of a new setting, so
 * it starts again. */
bool fate_service_stays(const struct change *c, const struct service *from)
{
	const struct service *to = model_service(c->to, from->name);

	return from->running && to && to->running && from->kind == to->kind &&
	       same(from->node, to->node) && same_listens(from, to) && same(from->via, to->via) &&
	       from->optional == to->optional && fate_node_stays(c, from->node) &&
	       (!from->via[0] || fate_node_stays(c, from->via)) &&
	       (from->kind != SERVICE_PROGRAM || json_equal(from->config, to->config));
}
