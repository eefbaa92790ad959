/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The score card for a screen reader or a Braille line: one statement a line, nothing said by place, sign or colour. */
#include <stdio.h>
#include <string.h>

#include "grade/card_priv.h"
#include "grade/item.h"
#include "grade/view.h"

/* "Score 85 of 100", in the order of the language. */
static void put_of(const struct card *c, double points, double max)
{
	fprintf(c->f, strcmp(c->style->lang, "ja") ? "%g of %g" : "%g / %g", points, max);
}

static void put_evidence(const struct card *c, const json_t *it)
{
	auto_json json_t *evidence = NULL;
	const json_t *e;
	size_t i, more;

	evidence = item_evidence(it, c->events, c->style->lang, &more);
	json_array_foreach (evidence, i, e)
		fprintf(c->f, "%s: %s %lld, %s\n", card_word(c, W_EVIDENCE), card_word(c, W_EVENT),
			(long long)json_int(e, "seq", 0), json_str(e, "text", ""));
	if (!more)
		return;
	fprintf(c->f, "%s: ", card_word(c, W_EVIDENCE));
	grade_put_more(c->f, more, c->style->lang);
	fputc('\n', c->f);
}

static void put_lesson(const struct card *c, const json_t *it)
{
	const char *text = view_lesson(it, c->style->lang);
	const json_t *command;
	size_t i;

	if (*text)
		fprintf(c->f, "%s: %s", card_word(c, W_LESSON), text);
	if (*text && view_chapter(it)) {
		fputs(" (", c->f);
		grade_put_chapter(c->f, view_chapter(it), c->style->lang);
		fputc(')', c->f);
	}
	if (*text)
		fputc('\n', c->f);
	json_array_foreach (view_commands(it), i, command) {
		fprintf(c->f, "%s: ", card_word(c, W_PRO));
		view_put_command(c->f, command);
		fputc('\n', c->f);
	}
}

static void put_item(const struct card *c, const json_t *it)
{
	enum outcome o = view_outcome(it);
	const char *why = item_why(it, c->style->lang);

	fprintf(c->f, "%s: %s, ", item_text(it, "title", c->style->lang),
		view_outcome_word(o, c->style->lang));
	put_of(c, json_num(it, "points", 0), json_num(it, "max", 0));
	fputc('\n', c->f);
	if (o == OUTCOME_VOID)
		fprintf(c->f, "%s: %s\n", card_word(c, W_WHY), card_word(c, W_RECORDER));
	else if (*why)
		fprintf(c->f, "%s: %s\n", card_word(c, W_WHY), why);
	put_evidence(c, it);
	put_lesson(c, it);
}

static void put_groups(const struct card *c)
{
	const json_t *g, *it, *items = json_object_get(c->grade, "items");
	size_t i, k;

	json_array_foreach (json_object_get(c->grade, "groups"), i, g) {
		const char *id = json_str(g, "id", "");

		fprintf(c->f, "%s: ", grade_group(id, c->style->lang));
		put_of(c, json_num(g, "points", 0), json_num(g, "max", 0));
		fprintf(c->f, " %s\n", card_word(c, W_POINTS));
		json_array_foreach (items, k, it)
			if (strcmp(json_str(it, "group", ""), id) == 0)
				put_item(c, it);
	}
}

/* "Your way, L1, look, 0:12: $ ip address" */
static void put_way(const struct card *c, const char *way, enum grade_word head, const char *layer)
{
	bool walked = strcmp(way, "walked") == 0;
	enum grade_word mark;
	const json_t *step;
	size_t i;

	json_array_foreach (json_object_get(json_object_get(c->grade, "path"), way), i, step) {
		if (!view_in_layer(step, layer))
			continue;
		fprintf(c->f, "%s, %s, %s", card_word(c, head),
			*layer ? layer : card_word(c, W_NO_LAYER),
			grade_kind(json_str(step, "kind", ""), c->style->lang));
		if (walked) {
			fputs(", ", c->f);
			view_time(c->f, json_num(step, "t", 0));
		} else if (view_step_word(view_step_mark(step, c->grade), &mark)) {
			fprintf(c->f, ", %s", card_word(c, mark));
		}
		fputs(": ", c->f);
		view_put_step(c->f, step, c->style->lang);
		fputc('\n', c->f);
	}
}

static void put_answer(const struct card *c)
{
	const json_t *fixed = json_object_get(c->grade, "fixed"), *p;
	size_t i;

	fprintf(c->f, "%s: ", card_word(c, W_TRUTH));
	view_put_causes(c->f, json_object_get(c->grade, "truth"), c->style->lang);
	fprintf(c->f, "\n%s: ", card_word(c, W_ANSWER));
	if (view_answer(c->grade)) {
		view_put_causes(c->f, view_answer(c->grade), c->style->lang);
		fputs(", ", c->f);
	}
	fprintf(c->f, "%s\n", view_answer_word(c->grade, c->style->lang));
	json_array_foreach (fixed, i, p) {
		const char *title = item_text(p, "title", c->style->lang);

		fprintf(c->f, "%s: %s, %s\n", card_word(c, W_FIXED),
			*title ? title : json_str(p, "name", ""),
			card_word(c, json_flag(p, "ok", false) ? W_HOLDS : W_FAILS));
	}
}

static void put_costs(const struct card *c)
{
	if (json_int(c->grade, "hints", 0)) {
		fprintf(c->f, "%s: ", card_word(c, W_HINTS));
		view_put_hints(c->f, c->grade, c->style->lang);
		fputc('\n', c->f);
	}
	if (json_is_object(json_object_get(c->grade, "time"))) {
		fprintf(c->f, "%s: ", card_word(c, W_TIME));
		view_put_time(c->f, c->grade, c->style->lang);
		fputc('\n', c->f);
	}
}

void card_flat(const struct card *c)
{
	auto_free char *but = view_reservations(c->grade, c->style->lang);

	fprintf(c->f, "%s %s\n", json_str(c->grade, "scenario", ""),
		json_object_get(c->grade, "title") ? item_text(c->grade, "title", c->style->lang)
						   : "");
	fprintf(c->f, "%s: ", card_word(c, W_SCORE));
	put_of(c, (double)json_int(c->grade, "score", 0), 100);
	fprintf(c->f, ", %s, %s %d\n", view_verdict(c->grade, c->style->lang),
		card_word(c, W_PASS_MARK), (int)json_int(c->grade, "pass", 0));
	fputs(but ? but : "", c->f);
	put_groups(c);
	for (size_t i = 0; i < N_VIEW_LAYERS; i++) {
		put_way(c, "walked", W_WALKED, view_layers[i]);
		put_way(c, "best", W_BEST, view_layers[i]);
	}
	put_answer(c);
	put_costs(c);
}
