/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drawing for terminals.
 *
 * Theory of operation. The lab is drawn as a tree from the internet's node: a box a node, under it
 * the segments that lead on, under each the nodes on it, joined by rails at the left. A node
 * belongs to the segment nearest the root that has it; met elsewhere it is only named ("above",
 * "below"); one that would start too far right is named ("below") and becomes the root of a tree of
 * its own. So every model fits the columns, and every node has exactly one box. A line is: the rails of
 * the levels above (a string that grows on the way down), then one piece.
 */
#define _GNU_SOURCE
#include <string.h>

#include "base/width.h"
#include "model/drawer.h"

enum {
	COLUMNS = 78,
	LEAST_COLUMNS = 40,
	DEEPEST = 42, /* of COLUMNS: a box starting further right has no room for an address */
	RAILS_MAX = DEEPEST * 3 + 16,
	TICK = 2, /* columns, with its blank */
	TITLE_MAX = 160,
	SEGMENTS_MAX = 64,
};

#define PLAIN "\033[0m"
#define BOLD  "\033[1m"
#define GREEN "\033[32m"
#define CYAN  "\033[36m"

struct glyphs {
	const char *top_left, *top_right, *low_left, *low_right;
	const char *across, *down;
	const char *tee_down; /* a rail leaves downwards */
	const char *tee_side; /* a rail goes on, a branch leaves to the right */
	const char *more;     /* a text was cut */
	const char *tick;     /* proved */
};

static const struct glyphs box_glyphs = {"┌", "┐", "└", "┘", "─", "│", "┬", "├", "…", "✓"};
static const struct glyphs ascii_glyphs = {"+", "+", "+", "+", "-", "|", "+", "+", ">", "*"};

struct pen {
	const struct model *m;
	FILE *to;
	const struct glyphs *g;
	const struct draw_look *look;
	size_t columns;
	bool node_done[MODEL_MAX_NODES];
	bool claimed[MODEL_MAX_NODES];	 /* its box comes on a segment nearer to the root: not to be
					    taken from there */
	bool root_next[MODEL_MAX_NODES]; /* named "below" */
	bool segment_done[SEGMENTS_MAX];
};

/* Rails of the levels above, and how many columns they take. */
struct rails {
	char text[RAILS_MAX];
	size_t columns;
};

static struct rails rails_add(const struct rails *r, const char *piece, size_t columns)
{
	struct rails out = {.columns = r->columns + columns};

	snprintf(out.text, sizeof(out.text), "%.*s%s", RAILS_MAX - 16, r->text, piece);
	return out;
}

/* The rail of a level for the lines that follow a branch: it goes on, or it has ended. */
static struct rails rails_down(const struct pen *p, const struct rails *r, bool last)
{
	char piece[16];

	snprintf(piece, sizeof(piece), "%s  ", last ? " " : p->g->down);
	return rails_add(r, piece, 3);
}

static void put_style(const struct pen *p, const char *sequence)
{
	if (p->look->color)
		fputs(sequence, p->to);
}

static void repeat(const struct pen *p, const char *piece, size_t n)
{
	while (n-- > 0)
		fputs(piece, p->to);
}

/* s, cut to columns, padded to columns. */
static void put_cell(const struct pen *p, const char *s, size_t columns)
{
	size_t width = width_columns(s);

	if (width <= columns) {
		fputs(s, p->to);
		repeat(p, " ", columns - width);
	} else if (columns) {
		size_t fit = width_fit(s, columns - 1);
		char *head = strndup(s, fit);

		fputs(head ? head : "", p->to);
		fputs(p->g->more, p->to);
		repeat(p, " ", columns - 1 - (head ? width_columns(head) : 0));
		free(head);
	}
}

/* Columns of a box: what an interface's lines are made of. */
struct grid {
	size_t name, label, addresses; /* widest of each; label 0 when there is none */
	size_t inner;		       /* between the two margins */
};

static size_t at_least(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t at_most(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Columns before the addresses. */
static size_t grid_indent(const struct grid *g)
{
	return g->name + 2 + (g->label ? g->label + 2 : 0);
}

static struct grid grid_of(const struct pen *p, const struct node *n, const char *title,
			   size_t room)
{
	struct grid g = {0};
	char text[TITLE_MAX];
	size_t width;

	for (size_t i = 0; i < n->n_ifaces; i++) {
		const struct iface *f = &n->ifaces[i];

		if (!draw_shown(f))
			continue;
		g.name = at_least(g.name, width_columns(f->name));
		g.label = at_least(g.label, width_columns(draw_label(f)));
		for (size_t k = 0; k < f->n_addresses; k++) {
			draw_address(&f->addresses[k], text, sizeof(text));
			width = width_columns(text) +
				(draw_is_proved(p->look, n, &f->addresses[k]) ? TICK : 0);
			g.addresses = at_least(g.addresses, width);
		}
	}
	/* A long label gives way to the addresses. */
	if (grid_indent(&g) + g.addresses > room)
		g.label = g.label > 0 ? at_most(g.label, at_least(room / 4, 4)) : 0;
	g.inner = grid_indent(&g) + at_least(g.addresses, 4);
	g.inner = at_most(at_least(g.inner, width_columns(title) + 2), room);
	return g;
}

/* An address, ticked where it is proved: the tick is not what gives way. */
static void put_address(const struct pen *p, const char *address, size_t columns, bool proved)
{
	size_t room = columns > TICK ? columns - TICK : 0,
	       used = at_most(width_columns(address), room);

	if (!proved || !room) {
		put_cell(p, address, columns);
		return;
	}
	put_style(p, GREEN);
	put_cell(p, address, used);
	fprintf(p->to, " %s", p->g->tick);
	put_style(p, PLAIN);
	repeat(p, " ", room - used);
}

/* One line of a box: name, label, address; any may be "". */
static void put_row(const struct pen *p, const struct rails *r, const struct grid *g,
		    const char *name, const char *label, const char *address, bool proved)
{
	size_t rest = g->inner - at_most(grid_indent(g), g->inner);

	fprintf(p->to, "%s%s ", r->text, p->g->down);
	put_cell(p, name, g->name);
	fputs("  ", p->to);
	if (g->label) {
		put_cell(p, label, g->label);
		fputs("  ", p->to);
	}
	put_address(p, address, rest, proved);
	fprintf(p->to, " %s\n", p->g->down);
}

static void put_iface(const struct pen *p, const struct rails *r, const struct grid *g,
		      const struct node *n, const struct iface *f)
{
	char text[TITLE_MAX] = "";

	if (f->n_addresses == 0)
		put_row(p, r, g, f->name, draw_label(f), "", false);
	for (size_t i = 0; i < f->n_addresses; i++) {
		draw_address(&f->addresses[i], text, sizeof(text));
		put_row(p, r, g, i ? "" : f->name, i ? "" : draw_label(f), text,
			draw_is_proved(p->look, n, &f->addresses[i]));
	}
}

/* "┌─ router ───┐"; corner is a tee where a rail comes in from the left. */
static void put_top(const struct pen *p, const struct grid *g, const char *corner,
		    const char *title)
{
	size_t width = at_most(width_columns(title), g->inner - 2);

	fprintf(p->to, "%s%s ", corner, p->g->across);
	put_style(p, BOLD);
	put_cell(p, title, width);
	put_style(p, PLAIN);
	fputs(" ", p->to);
	repeat(p, p->g->across, g->inner - width - 1);
	fprintf(p->to, "%s\n", p->g->top_right);
}

static void put_bottom(const struct pen *p, const struct rails *r, const struct grid *g,
		       bool leads_on)
{
	fprintf(p->to, "%s%s", r->text, p->g->low_left);
	repeat(p, p->g->across, 2);
	fputs(leads_on ? p->g->tee_down : p->g->across, p->to);
	repeat(p, p->g->across, g->inner - 1);
	fprintf(p->to, "%s\n", p->g->low_right);
}

static bool on_segment(const struct node *n, const char *segment)
{
	for (size_t i = 0; i < n->n_ifaces; i++)
		if (strcmp(n->ifaces[i].segment, segment) == 0)
			return true;
	return false;
}

/* Segments of n nobody has drawn yet, in the order of its interfaces. */
static size_t open_segments(const struct pen *p, const struct node *n, size_t ret[MODEL_MAX_IFACES])
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_ifaces; i++)
		for (size_t s = 0; s < p->m->n_segments && s < SEGMENTS_MAX; s++) {
			bool seen = p->segment_done[s];

			for (size_t k = 0; k < count; k++)
				seen = seen || ret[k] == s;
			if (!seen && strcmp(p->m->segments[s].name, n->ifaces[i].segment) == 0)
				ret[count++] = s;
		}
	return count;
}

static void draw_node(struct pen *p, size_t node, const struct rails *r, const char *corner);

/* A node that has its box elsewhere. */
static void put_mention(struct pen *p, size_t node, bool above)
{
	fprintf(p->to, "%s %s (%s)\n", p->g->across, p->m->nodes[node].name,
		above ? draw_tr(p->look, "above", "上に既出")
		      : draw_tr(p->look, "below", "下に図示"));
	if (!above && !p->claimed[node])
		p->root_next[node] = true;
}

static void draw_branch(struct pen *p, size_t node, const struct rails *r, bool last)
{
	struct rails below = rails_down(p, r, last);

	fprintf(p->to, "%s%s", r->text, last ? p->g->low_left : p->g->tee_side);
	repeat(p, p->g->across, 2);
	if (p->node_done[node])
		put_mention(p, node, true);
	else if (p->claimed[node] || p->root_next[node] ||
		 below.columns > DEEPEST * p->columns / COLUMNS)
		put_mention(p, node, false);
	else
		draw_node(p, node, &below, p->g->tee_down);
}

/* The nodes on a segment beside the one it was reached from. */
static void draw_members(struct pen *p, size_t from, size_t segment, const struct rails *r)
{
	const char *name = p->m->segments[segment].name;
	size_t members[MODEL_MAX_NODES], n = 0;
	bool mine[MODEL_MAX_NODES];

	for (size_t i = 0; i < p->m->n_nodes; i++)
		if (i != from && on_segment(&p->m->nodes[i], name))
			members[n++] = i;
	for (size_t i = 0; i < n; i++) {
		mine[i] = !p->claimed[members[i]];
		p->claimed[members[i]] = true;
	}
	for (size_t i = 0; i < n; i++) {
		if (mine[i])
			p->claimed[members[i]] = false;
		draw_branch(p, members[i], r, i + 1 == n);
	}
}

static void put_segment(const struct pen *p, size_t segment, size_t column)
{
	char title[TITLE_MAX];

	draw_segment_title(&p->m->segments[segment], p->look, title, sizeof(title));
	put_style(p, CYAN);
	put_cell(p, title, at_most(width_columns(title), p->columns - column));
	put_style(p, PLAIN);
	fputs("\n", p->to);
}

/* One segment hangs straight under the box; several branch off first. */
static void draw_segments(struct pen *p, size_t node, const size_t *segments, size_t n,
			  const struct rails *r)
{
	for (size_t i = 0; i < n; i++)
		p->segment_done[segments[i]] = true;
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n;
		struct rails below = rails_down(p, r, last);

		fprintf(p->to, "%s%s%s ", r->text,
			n == 1 ? p->g->down
			: last ? p->g->low_left
			       : p->g->tee_side,
			n == 1 ? " " : p->g->across);
		put_segment(p, segments[i], r->columns + 3);
		draw_members(p, node, segments[i], n == 1 ? r : &below);
	}
}

static void draw_node(struct pen *p, size_t node, const struct rails *r, const char *corner)
{
	const struct node *n = &p->m->nodes[node];
	struct rails below = rails_add(r, "   ", 3);
	size_t segments[MODEL_MAX_IFACES], count;
	char title[TITLE_MAX];
	struct grid g;

	p->node_done[node] = true;
	draw_title(n, title, sizeof(title));
	g = grid_of(p, n, title, p->columns - r->columns - 4);
	put_top(p, &g, corner, title);
	for (size_t i = 0; i < n->n_ifaces; i++)
		if (draw_shown(&n->ifaces[i]))
			put_iface(p, r, &g, n, &n->ifaces[i]);
	count = open_segments(p, n, segments);
	put_bottom(p, r, &g, count > 0);
	draw_segments(p, node, segments, count, &below);
}

/* The next root: a node named "below", the internet's, else the first without a box. */
static bool next_root(const struct pen *p, size_t *ret)
{
	bool found = false;

	for (size_t i = p->m->n_nodes; i-- > 0;) {
		if (p->node_done[i])
			continue;
		if (!found || p->m->nodes[i].role == ROLE_INTERNET ||
		    p->m->nodes[*ret].role != ROLE_INTERNET)
			*ret = i;
		found = true;
	}
	for (size_t i = 0; i < p->m->n_nodes; i++)
		if (p->root_next[i] && !p->node_done[i]) {
			*ret = i;
			return true;
		}
	return found;
}

static size_t columns_of(const struct draw_look *look)
{
	size_t n = look->columns ? at_most(look->columns, COLUMNS) : COLUMNS;

	return at_least(n, LEAST_COLUMNS);
}

static void draw_with(const struct model *m, const struct draw_look *look, FILE *to,
		      const struct glyphs *g)
{
	struct pen p = {.m = m, .to = to, .g = g, .look = look, .columns = columns_of(look)};
	struct rails none = {""};
	bool first = true;
	size_t root = 0;

	while (next_root(&p, &root)) {
		if (!first)
			fputs("\n", to);
		first = false;
		draw_node(&p, root, &none, g->top_left);
	}
}

void draw_text(const struct model *m, const struct draw_look *look, FILE *to)
{
	draw_with(m, look, to, &box_glyphs);
	draw_proved(look, box_glyphs.tick, to);
}

void draw_ascii(const struct model *m, const struct draw_look *look, FILE *to)
{
	draw_with(m, look, to, &ascii_glyphs);
	draw_proved(look, ascii_glyphs.tick, to);
}
