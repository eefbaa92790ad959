/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawings of a lab: the choice of a drawer, and what they share. */
#define _GNU_SOURCE
#include "model/draw.h"

#include <assert.h>
#include <string.h>

#include "model/drawer.h"

static const struct {
	const char *name;
	void (*draw)(const struct model *m, const struct draw_look *look, FILE *to);
} drawers[] = {
	[DRAW_TEXT] = {"text", draw_text},	    [DRAW_ASCII] = {"ascii", draw_ascii},
	[DRAW_FLAT] = {"flat", draw_flat},	    [DRAW_DOT] = {"dot", draw_dot},
	[DRAW_MERMAID] = {"mermaid", draw_mermaid},
};
static_assert(ARRAY_SIZE(drawers) == N_DRAW_FORMATS, "a drawer for each format");

const char *draw_format_name(enum draw_format f)
{
	return drawers[f].name;
}

enum draw_format draw_format_from_name(const char *name)
{
	size_t f = 0;

	while (f < N_DRAW_FORMATS && strcmp(drawers[f].name, name) != 0)
		f++;
	return (enum draw_format)f;
}

char *draw_look(const struct model *m, const struct draw_look *look)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	drawers[look->format].draw(m, look, to);
	if (fclose(to) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

char *draw_model(const struct model *m, enum draw_format f)
{
	return draw_look(m, &(struct draw_look){.format = f});
}

const char *draw_tr(const struct draw_look *look, const char *en, const char *ja)
{
	return look->ja ? ja : en;
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

/* The topologies' own networks; another's label stays as the scenario has it. */
const char *draw_segment_label(const struct segment *s, const struct draw_look *look)
{
	static const char *const ja[][2] = {
		{"Internet uplink", "インターネット回線"},
		{"Home LAN", "家庭内 LAN"},
		{"WSL virtual switch", "WSL の仮想スイッチ"},
		{"Company network", "社内ネットワーク"},
		{"Another tailnet", "別の tailnet"},
	};
	const char *label = s->label[0] ? s->label : s->name;

	for (size_t i = 0; look->ja && i < ARRAY_SIZE(ja); i++)
		if (strcmp(label, ja[i][0]) == 0)
			return ja[i][1];
	return label;
}

void draw_segment_title(const struct segment *s, const struct draw_look *look, char *ret,
			size_t size)
{
	snprintf(ret, size, "%s%s%s", draw_segment_label(s, look), s->cidr[0] ? "  " : "", s->cidr);
}

void draw_address(const struct address *a, char *ret, size_t size)
{
	const char *slash = strchr(a->cidr, '/');
	bool host = slash && strcmp(slash, strchr(a->cidr, ':') ? "/128" : "/32") == 0;

	snprintf(ret, size, "%.*s", host ? (int)(slash - a->cidr) : (int)strlen(a->cidr), a->cidr);
}
