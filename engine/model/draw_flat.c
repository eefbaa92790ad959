/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drawing as sentences, one a line: for a screen reader, and wherever a drawing says nothing. */
#define _GNU_SOURCE
#include <string.h>

#include "model/drawer.h"

enum { ENDS_MAX = MODEL_MAX_NODES * 2, CELL = 160 };

/* An interface on a segment. */
struct end {
	const struct node *node;
	const struct iface *iface;
};

static size_t ends_of(const struct model *m, const char *segment, struct end ret[ENDS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++)
			if (strcmp(m->nodes[i].ifaces[k].segment, segment) == 0 && count < ENDS_MAX)
				ret[count++] = (struct end){&m->nodes[i], &m->nodes[i].ifaces[k]};
	return count;
}

/* "windows vEthernet (WSL) 172.27.32.1/20". */
static void put_end(const struct node *n, const struct iface *f, FILE *to)
{
	const char *label = draw_label(f);
	char text[CELL];

	fprintf(to, "%s %s", n->name, label[0] ? label : f->name);
	for (size_t i = 0; i < f->n_addresses; i++) {
		draw_address(&f->addresses[i], text, sizeof(text));
		fprintf(to, "%s%s", i ? ", " : " ", text);
	}
}

static void put_list(const struct end *ends, size_t n, const struct draw_look *look, FILE *to)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			fputs(i + 1 == n ? draw_tr(look, " and ", "、") : draw_tr(look, "; ", "、"),
			      to);
		put_end(ends[i].node, ends[i].iface, to);
	}
}

static void put_segment(const struct model *m, const struct segment *s,
			const struct draw_look *look, FILE *to)
{
	struct end ends[ENDS_MAX];
	size_t n = ends_of(m, s->name, ends);
	const char *label = draw_segment_label(s, look);

	if (n == 2 && !look->ja) {
		put_end(ends[0].node, ends[0].iface, to);
		fputs(" is joined to ", to);
		put_end(ends[1].node, ends[1].iface, to);
		fprintf(to, " by %s%s%s.\n", label, s->cidr[0] ? " " : "", s->cidr);
		return;
	}
	if (n == 0)
		return;
	fprintf(to, "%s%s%s%s", label, s->cidr[0] ? " " : "", s->cidr,
		draw_tr(look, n == 1 ? " has only " : " joins ", " につながっているもの: "));
	put_list(ends, n, look, to);
	fputs(draw_tr(look, ".\n", "。\n"), to);
}

/* What hangs on no segment: the internet's addresses, a bridge of the node's own. */
static void put_inner(const struct node *n, const struct draw_look *look, FILE *to)
{
	for (size_t i = 0; i < n->n_ifaces; i++) {
		const struct iface *f = &n->ifaces[i];

		if (f->segment[0] || !f->n_addresses)
			continue;
		fputs(draw_tr(look, "Inside it is ", "内部にあるもの: "), to);
		put_end(n, f, to);
		fputs(draw_tr(look, ".\n", "。\n"), to);
	}
}

void draw_flat(const struct model *m, const struct draw_look *look, FILE *to)
{
	char title[CELL];

	for (size_t i = 0; i < m->n_nodes; i++) {
		draw_title(&m->nodes[i], title, sizeof(title));
		fprintf(to, look->ja ? "機器 %s。\n" : "Machine %s.\n", title);
		put_inner(&m->nodes[i], look, to);
	}
	for (size_t i = 0; i < m->n_segments; i++)
		put_segment(m, &m->segments[i], look, to);
	draw_proved(look, "", to);
}
