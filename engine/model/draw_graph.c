/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drawings for other programs: Graphviz's dot and Mermaid. A pair is an edge, a larger segment
 * a node of its own. */
#include <string.h>

#include "model/drawer.h"
#include "model/fate.h"
#include "model/plan.h"

/* How a language spells what would end its strings. */
struct escape {
	char plain;
	const char *spelt;
};
static const struct escape dot_escapes[] = {{'"', "\\\""}, {'\\', "\\\\"}, {0}};
static const struct escape mermaid_escapes[] = {{'"', "#quot;"},
						{'<', "#lt;"},
						{'>', "#gt;"},
						{'#', "#35;"},
						{'&', "#amp;"},
						{'\\', "#92;"},
						{0}};

static void put_text(FILE *to, const char *text, const struct escape *e)
{
	for (; *text; text++) {
		const struct escape *hit = e;

		while (hit->plain && hit->plain != *text)
			hit++;
		if (hit->plain)
			fputs(hit->spelt, to);
		else
			fputc(*text, to);
	}
}

struct language {
	const struct escape *escapes;
	const char *newline;
};
static const struct language dot = {dot_escapes, "\\n"};
static const struct language mermaid = {mermaid_escapes, "<br/>"};

static void put_node_label(FILE *to, const struct node *n, const struct language *l)
{
	char text[160];

	draw_title(n, text, sizeof(text));
	put_text(to, text, l->escapes);
	for (size_t i = 0; i < n->n_ifaces; i++) {
		const struct iface *f = &n->ifaces[i];

		if (!draw_shown(f))
			continue;
		fputs(l->newline, to);
		put_text(to, draw_label(f)[0] ? f->label : f->name, l->escapes);
		for (size_t k = 0; k < f->n_addresses; k++) {
			draw_address(&f->addresses[k], text, sizeof(text));
			fprintf(to, "%s%s", k ? ", " : " ", text);
		}
	}
}

static void put_segment_label(FILE *to, const struct segment *s, const struct language *l)
{
	put_text(to, s->label[0] ? s->label : s->name, l->escapes);
	if (s->cidr[0])
		fprintf(to, "%s%s", l->newline, s->cidr);
}

/* A bridge is a node of the drawing even where only two are on it: the WSL switch. */
static bool is_edge(const struct model *m, const struct segment *s)
{
	size_t members = segment_members(m, s->name);

	return members == 2 && !segment_is_bridge(s, members);
}

typedef void (*join_fn)(FILE *to, const struct node *n, const struct iface *f,
			const struct wire *w);

/* Calls pair once for each pair, and end for each end of a larger segment. */
static void each_join(const struct model *m, FILE *to, join_fn pair, join_fn end)
{
	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++) {
			const struct node *n = &m->nodes[i];
			const struct iface *f = &n->ifaces[k];
			struct wire w = wire_of(m, n, f);

			if (!w.segment)
				continue;
			if (!w.peer_iface)
				end(to, n, f, &w);
			else if (n < w.peer_node || (n == w.peer_node && f < w.peer_iface))
				pair(to, n, f, &w);
		}
}

static void dot_pair(FILE *to, const struct node *n, const struct iface *f, const struct wire *w)
{
	fprintf(to, "\t\"%s\" -- \"%s\" [taillabel=\"%s\", headlabel=\"%s\", label=\"", n->name,
		w->peer_node->name, f->name, w->peer_iface->name);
	put_segment_label(to, w->segment, &dot);
	fputs("\"];\n", to);
}

static void dot_end(FILE *to, const struct node *n, const struct iface *f, const struct wire *w)
{
	fprintf(to, "\t\"%s\" -- \"segment %s\" [taillabel=\"%s\"];\n", n->name, w->segment->name,
		f->name);
}

void draw_dot(const struct model *m, const struct draw_look *look, FILE *to)
{
	(void)look; /* a picture is not the learner's screen */
	fputs("graph \"", to);
	put_text(to, m->name, dot_escapes);
	fputs("\" {\n\tnode [shape=box];\n", to);
	for (size_t i = 0; i < m->n_nodes; i++) {
		fprintf(to, "\t\"%s\" [label=\"", m->nodes[i].name);
		put_node_label(to, &m->nodes[i], &dot);
		fputs("\"];\n", to);
	}
	for (size_t i = 0; i < m->n_segments; i++) {
		if (is_edge(m, &m->segments[i]))
			continue;
		fprintf(to, "\t\"segment %s\" [shape=ellipse, label=\"", m->segments[i].name);
		put_segment_label(to, &m->segments[i], &dot);
		fputs("\"];\n", to);
	}
	each_join(m, to, dot_pair, dot_end);
	fputs("}\n", to);
}

/* Mermaid's words ("end") and '-' are no ids: "n_" or "s_" in front, '_' for '-'. */
static void put_id(FILE *to, char kind, const char *name)
{
	fprintf(to, "%c_", kind);
	for (; *name; name++)
		fputc(*name == '-' ? '_' : *name, to);
}

static void mermaid_pair(FILE *to, const struct node *n, const struct iface *f,
			 const struct wire *w)
{
	(void)f;
	fputs("    ", to);
	put_id(to, 'n', n->name);
	fputs(" ---|\"", to);
	put_segment_label(to, w->segment, &mermaid);
	fputs("\"| ", to);
	put_id(to, 'n', w->peer_node->name);
	fputs("\n", to);
}

static void mermaid_end(FILE *to, const struct node *n, const struct iface *f, const struct wire *w)
{
	fputs("    ", to);
	put_id(to, 'n', n->name);
	fputs(" ---|\"", to);
	put_text(to, f->name, mermaid_escapes);
	fputs("\"| ", to);
	put_id(to, 's', w->segment->name);
	fputs("\n", to);
}

void draw_mermaid(const struct model *m, const struct draw_look *look, FILE *to)
{
	(void)look; /* a picture is not the learner's screen */
	fputs("graph TD\n", to);
	for (size_t i = 0; i < m->n_nodes; i++) {
		fputs("    ", to);
		put_id(to, 'n', m->nodes[i].name);
		fputs("[\"", to);
		put_node_label(to, &m->nodes[i], &mermaid);
		fputs("\"]\n", to);
	}
	for (size_t i = 0; i < m->n_segments; i++) {
		if (is_edge(m, &m->segments[i]))
			continue;
		fputs("    ", to);
		put_id(to, 's', m->segments[i].name);
		fputs("([\"", to);
		put_segment_label(to, &m->segments[i], &mermaid);
		fputs("\"])\n", to);
	}
	each_join(m, to, mermaid_pair, mermaid_end);
}
