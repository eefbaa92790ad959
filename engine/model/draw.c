/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawings of a lab: the choice of a drawer, and what they share. */
#define _GNU_SOURCE
#include "model/draw.h"

#include <assert.h>
#include <string.h>

#include "model/drawer.h"

static void (*const drawers[])(const struct model *m, FILE *to) = {
	[DRAW_TEXT] = draw_text,
	[DRAW_ASCII] = draw_ascii,
	[DRAW_DOT] = draw_dot,
	[DRAW_MERMAID] = draw_mermaid,
};
static_assert(ARRAY_SIZE(drawers) == N_DRAW_FORMATS, "a drawer for each format");

char *draw_model(const struct model *m, enum draw_format f)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	drawers[f](m, to);
	if (fclose(to) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

bool draw_shown(const struct iface *f)
{
	return f->segment[0] || f->n_addresses;
}

const char *draw_label(const struct iface *f)
{
	return strcmp(f->label, f->name) == 0 ? "" : f->label;
}

void draw_title(const struct node *n, char *ret, size_t size)
{
	if (strcasecmp(n->name, n->hostname) == 0)
		snprintf(ret, size, "%s", n->name);
	else
		snprintf(ret, size, "%s (%s)", n->name, n->hostname);
}

void draw_segment_title(const struct segment *s, char *ret, size_t size)
{
	snprintf(ret, size, "%s%s%s", s->label[0] ? s->label : s->name, s->cidr[0] ? "  " : "",
		 s->cidr);
}

void draw_address(const struct address *a, char *ret, size_t size)
{
	const char *slash = strchr(a->cidr, '/');
	bool host = slash && strcmp(slash, strchr(a->cidr, ':') ? "/128" : "/32") == 0;

	snprintf(ret, size, "%.*s", host ? (int)(slash - a->cidr) : (int)strlen(a->cidr), a->cidr);
}
