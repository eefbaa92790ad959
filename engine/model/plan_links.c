/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner's phases for nodes, segments and links. */
#include "model/mirror.h"
#include "model/planner.h"
#include "model/subnet.h"

/* An operation on a link, with what its kind may want to know of the wiring. */
static struct op link_op(enum op_kind kind, const struct model *m, const struct node *n,
			 const struct iface *f)
{
	struct wire w = wire_of(m, n, f);

	return (struct op){
		.kind = kind,
		.node = n,
		.iface = f,
		.segment = w.segment,
		.segment_members = w.members,
		.peer_node = w.peer_node,
		.peer_iface = w.peer_iface,
	};
}

/* Whether (n, f) speaks for its pair: the first end in the model's order. */
static bool is_first_end(const struct node *n, const struct iface *f, const struct wire *w)
{
	if (!w->peer_iface)
		return true;
	return n == w->peer_node ? f < w->peer_iface : n < w->peer_node;
}

/*
 * A pair is deleted from the side that survives: the kernel frees the other end of a dead namespace
 * only milliseconds later. Where both nodes go, so does the pair, with no operation.
 */
static bool speaks_for_deletion(const struct change *c, const struct node *n, const struct iface *f,
				const struct wire *w)
{
	bool mine = fate_node_stays(c, n->name), theirs;

	if (!w->segment)
		return mine;
	if (!w->peer_node)
		return true;
	theirs = fate_node_stays(c, w->peer_node->name);
	if (mine != theirs)
		return mine;
	return mine && is_first_end(n, f, w);
}

static void links_del(struct planner *p, bool mirrors)
{
	const struct model *m = p->c.from;

	for (size_t i = 0; m && i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i];

		for (size_t k = 0; k < n->n_ifaces; k++) {
			const struct iface *f = &n->ifaces[k];
			struct wire w = wire_of(m, n, f);

			if (f->kind != IFACE_LOOPBACK && !f->mirrors[0] == !mirrors &&
			    !fate_link_stays(&p->c, n->name, f->name) &&
			    speaks_for_deletion(&p->c, n, f, &w))
				planner_emit(p, link_op(OP_LINK_DEL, m, n, f));
		}
	}
}

/*
 * Without a `to` the nodes' deaths take every link: nothing outlives them that could trip over one. But what mirrors has
 * links of its own in the switch.
 */
void plan_links_del(struct planner *p)
{
	links_del(p, true);
	if (p->c.to)
		links_del(p, false);
}

static void segments(struct planner *p, const struct model *m, enum op_kind kind)
{
	for (size_t i = 0; m && i < m->n_segments; i++) {
		const struct segment *s = &m->segments[i];

		if (!fate_segment_stays(&p->c, s->name))
			planner_emit(p,
				     (struct op){.kind = kind,
						 .segment = s,
						 .segment_members = segment_members(m, s->name)});
	}
}

void plan_segments_del(struct planner *p)
{
	segments(p, p->c.from, OP_SEGMENT_DEL);
}

void plan_segments_add(struct planner *p)
{
	segments(p, p->c.to, OP_SEGMENT_ADD);
}

void plan_segments_set(struct planner *p)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_segments; i++) {
		const struct segment *s = &m->segments[i];

		if (fate_cable_differs(&p->c, s))
			planner_emit(p,
				     (struct op){.kind = OP_SEGMENT_SET,
						 .segment = s,
						 .segment_members = segment_members(m, s->name)});
	}
}

static void nodes(struct planner *p, const struct model *m, enum op_kind kind)
{
	for (size_t i = 0; m && i < m->n_nodes; i++)
		if (!fate_node_stays(&p->c, m->nodes[i].name))
			planner_emit(p, (struct op){.kind = kind, .node = &m->nodes[i]});
}

void plan_nodes_del(struct planner *p)
{
	nodes(p, p->c.from, OP_NODE_DEL);
}

void plan_nodes_add(struct planner *p)
{
	nodes(p, p->c.to, OP_NODE_ADD);
}

static void links_add(struct planner *p, bool mirrors)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i];

		for (size_t k = 0; k < n->n_ifaces; k++) {
			const struct iface *f = &n->ifaces[k];
			struct wire w = wire_of(m, n, f);

			if (f->kind != IFACE_LOOPBACK && !f->mirrors[0] == !mirrors &&
			    !fate_link_stays(&p->c, n->name, f->name) && is_first_end(n, f, &w))
				planner_emit(p, link_op(OP_LINK_ADD, m, n, f));
		}
	}
}

void plan_links_add(struct planner *p)
{
	links_add(p, false);
	links_add(p, true);
}

static void mirror_set(struct planner *p, const struct node *n, const struct iface *f)
{
	struct mirrored of = mirror_find(p->c.to, f);

	if (fate_mirror_differs(&p->c, n, f))
		planner_emit(p, (struct op){.kind = OP_MIRROR_SET,
					    .node = n,
					    .iface = f,
					    .peer_node = of.loopback ? of.node : NULL,
					    .peer_iface = of.loopback});
}

void plan_mirrors_set(struct planner *p)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++)
			mirror_set(p, &m->nodes[i], &m->nodes[i].ifaces[k]);
}

/* "lo" of a node that does not list it any more goes back to what every node has. */
static void unlisted_lo(struct planner *p, const struct node *n)
{
	const struct iface *lo = subnet_iface(n, "lo");

	if (!node_iface(n, "lo") && fate_node_stays(&p->c, n->name) &&
	    fate_link_differs(&p->c, n, lo))
		planner_emit(p, link_op(OP_LINK_SET, p->c.to, n, lo));
}

void plan_links_set(struct planner *p)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i];

		for (size_t k = 0; k < n->n_ifaces; k++)
			if (fate_link_differs(&p->c, n, &n->ifaces[k]))
				planner_emit(p, link_op(OP_LINK_SET, m, n, &n->ifaces[k]));
		unlisted_lo(p, n);
	}
}
