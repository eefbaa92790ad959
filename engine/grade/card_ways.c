/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path walked beside the best path, on a terminal: two columns, or one after the other. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/textwidth.h"
#include "base/width.h"
#include "grade/card_priv.h"
#include "grade/view.h"

enum {
	WIDE = 92,	 /* from here on two columns hold whole commands */
	UNBOUNDED = 100, /* what a column has where there is no terminal */
	GUTTER = 3,
	HANG = 2, /* how far a step's further lines stand in */
};

/* Lines of one column. */
struct lines {
	char **v;
	size_t n;
};

static void lines_done(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

static void add_line(struct lines *l, int indent, const char *s, size_t len)
{
	char **more = realloc(l->v, (l->n + 1) * sizeof(*more));

	if (!more)
		return;
	l->v = more;
	if (asprintf(&l->v[l->n], "%*s%.*s", indent, "", (int)len, s) >= 0)
		l->n++;
}

/* How many bytes of s go on a line of that width: up to its last blank, or what fits of one long word. */
static size_t cut(const char *s, size_t columns)
{
	size_t fits = width_fit(s, columns), n = fits;

	if (!s[fits])
		return fits;
	while (n && s[n] != ' ')
		n--;
	if (n)
		return n;
	return fits ? fits : strlen(s);
}

static void add_wrapped(struct lines *l, const char *text, int columns)
{
	int indent = 0;

	while (*text) {
		size_t n = cut(text, (size_t)(columns - indent));

		add_line(l, indent, text, n);
		text += n;
		text += strspn(text, " ");
		indent = HANG;
	}
}

/* "+ 0:12 look  wsl$ ip route" */
static void add_walked(const struct card *c, struct lines *l, const json_t *step, int columns)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	fprintf(f, "%s ", json_array_size(json_object_get(step, "items")) ? "+" : " ");
	view_time(f, json_num(step, "t", 0));
	fprintf(f, " %s  ", grade_kind(json_str(step, "kind", ""), c->style->lang));
	view_put_step(f, step, c->style->lang);
	fclose(f);
	add_wrapped(l, text, columns);
}

/* "x look  wsl$ ip route" */
static void add_best(const struct card *c, struct lines *l, const json_t *step, int columns)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	fprintf(f, "%c %s  ", view_step_sign(view_step_mark(step, c->grade)),
		grade_kind(json_str(step, "kind", ""), c->style->lang));
	view_put_step(f, step, c->style->lang);
	fclose(f);
	add_wrapped(l, text, columns);
}

/* One way's steps in one layer. */
static void gather(const struct card *c, struct lines *l, const char *way, const char *layer,
		   int columns)
{
	bool walked = strcmp(way, "walked") == 0;
	const json_t *step;
	size_t i;

	json_array_foreach (json_object_get(json_object_get(c->grade, "path"), way), i, step) {
		if (!view_in_layer(step, layer))
			continue;
		if (walked)
			add_walked(c, l, step, columns);
		else
			add_best(c, l, step, columns);
	}
	if (!l->n)
		add_wrapped(l, card_word(c, W_NOT_WALKED), columns);
}

static void put_layer_head(const struct card *c, const char *layer)
{
	fprintf(c->f, "  %s%s%s%s%s\n", card_sgr(c, BOLD),
		*layer ? layer : card_word(c, W_NO_LAYER), *layer ? "  " : "",
		grade_layer(layer, c->style->lang), card_sgr(c, NORMAL));
}

static void put_beside(const struct card *c, const char *layer, int columns)
{
	nd_cleanup(lines_done) struct lines left = {0};
	nd_cleanup(lines_done) struct lines right = {0};
	int width = (columns - 4 - GUTTER) / 2;

	gather(c, &left, "walked", layer, width);
	gather(c, &right, "best", layer, width);
	for (size_t i = 0; i < left.n || i < right.n; i++) {
		fputs("    ", c->f);
		text_pad(c->f, i < left.n ? left.v[i] : "", width);
		fprintf(c->f, " | %s\n", i < right.n ? right.v[i] : "");
	}
}

static void put_one(const struct card *c, const char *way, enum grade_word head, const char *layer,
		    int columns)
{
	nd_cleanup(lines_done) struct lines l = {0};

	gather(c, &l, way, layer, columns - 6);
	fprintf(c->f, "    %s:\n", card_word(c, head));
	for (size_t i = 0; i < l.n; i++)
		fprintf(c->f, "      %s\n", l.v[i]);
}

/* "Your way: L1 > L2.5 > L1" */
static void put_route(const struct card *c, const char *way, enum grade_word head)
{
	const json_t *steps = json_object_get(json_object_get(c->grade, "path"), way);

	fprintf(c->f, "  %s: ", card_word(c, head));
	if (!view_put_route(c->f, steps))
		fputs(card_word(c, W_NOT_WALKED), c->f);
	fputc('\n', c->f);
}

void card_ways(const struct card *c)
{
	int columns = c->style->columns ? c->style->columns : UNBOUNDED;

	if (!json_is_object(json_object_get(c->grade, "path")))
		return;
	fprintf(c->f, "\n%s%s%s\n", card_sgr(c, BOLD), card_word(c, W_WAYS), card_sgr(c, NORMAL));
	put_route(c, "walked", W_WALKED);
	put_route(c, "best", W_BEST);
	if (columns >= WIDE) {
		fputs("\n    ", c->f);
		text_pad(c->f, card_word(c, W_WALKED), (columns - 4 - GUTTER) / 2);
		fprintf(c->f, " | %s\n", card_word(c, W_BEST));
	}
	for (size_t i = 0; i < N_VIEW_LAYERS; i++) {
		if (!view_layer_used(c->grade, view_layers[i]))
			continue;
		put_layer_head(c, view_layers[i]);
		if (columns >= WIDE) {
			put_beside(c, view_layers[i], columns);
			continue;
		}
		put_one(c, "walked", W_WALKED, view_layers[i], columns);
		put_one(c, "best", W_BEST, view_layers[i], columns);
	}
}
