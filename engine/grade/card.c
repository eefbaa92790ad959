/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The score card on a terminal. */
#include <stdio.h>
#include <string.h>

#include "base/textwidth.h"
#include "grade/card_priv.h"
#include "grade/item.h"
#include "grade/safe.h"
#include "grade/view.h"

enum { DETAIL_COLUMN = 9 };

/* The line wrapped below itself; one that fits is left as it is, blanks and all. Caller frees. */
static char *fitted(const struct card *c, const char *line, int indent)
{
	int columns = c->style->columns;
	char *text = NULL;
	size_t len;
	FILE *f;

	if (!columns || indent + text_width(line) <= columns)
		return strdup(line);
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	text_wrap(f, line, indent, columns);
	fclose(f);
	text[len - 1] = '\0'; /* its newline */
	return text;
}

/* Lines under an item, each in the style. */
static void put_detail(const struct card *c, const char *style, const char *detail)
{
	while (*detail) {
		size_t n = strcspn(detail, "\n");
		auto_free char *line = strndup(detail, n);
		auto_free char *text = line ? fitted(c, line, DETAIL_COLUMN) : NULL;

		fprintf(c->f, "%*s%s%s%s\n", DETAIL_COLUMN, "", card_sgr(c, style),
			text ? text : "", card_sgr(c, *style ? NORMAL : ""));
		detail += n + (detail[n] == '\n');
	}
}

/* A line of "Head: text" made in pieces, then wrapped. */
struct piece {
	FILE *f;
	char *text;
	size_t len;
};

static bool piece_begin(struct piece *p)
{
	p->f = open_memstream(&p->text, &p->len);
	return p->f != NULL;
}

static void piece_end(const struct card *c, struct piece *p, int indent)
{
	auto_free char *text = NULL;

	fclose(p->f);
	text = fitted(c, p->text, indent);
	fprintf(c->f, "%*s%s\n", indent, "", text ? text : "");
	free(p->text);
}

/* The sentence with its chapter, and where points lack what would have earned them. */
static void put_lesson(const struct card *c, const json_t *it)
{
	const char *text = view_lesson(it, c->style->lang);
	int chapter = view_chapter(it);
	const json_t *command;
	struct piece p;
	size_t i;

	if (*text && piece_begin(&p)) {
		fputs(text, p.f);
		if (chapter) {
			fputs(" (", p.f);
			grade_put_chapter(p.f, chapter, c->style->lang);
			fputc(')', p.f);
		}
		piece_end(c, &p, DETAIL_COLUMN);
	}
	if (view_outcome(it) == OUTCOME_FULL || !json_array_size(view_commands(it)))
		return;
	fprintf(c->f, "%*s%s:\n", DETAIL_COLUMN, "", card_word(c, W_PRO));
	json_array_foreach (view_commands(it), i, command) {
		fprintf(c->f, "%*s", DETAIL_COLUMN + 2, "");
		view_put_command(c->f, command);
		fputc('\n', c->f);
	}
}

static void put_item(const struct card *c, const json_t *it)
{
	enum outcome o = view_outcome(it);
	auto_free char *detail = item_detail(it, c->events, c->style->lang), *title = NULL;

	fprintf(c->f, "  %s%s%s %3g/%-3g ",
		card_sgr(c, o == OUTCOME_VOID	? DIM
			    : o == OUTCOME_FULL ? GOOD
						: BAD),
		view_sign(o), card_sgr(c, NORMAL), json_num(it, "points", 0),
		json_num(it, "max", 0));
	title = fitted(c, item_text(it, "title", c->style->lang), 12);
	fprintf(c->f, "%s\n", title ? title : "");
	if (o == OUTCOME_VOID)
		fprintf(c->f, "%*s%s%s: %s%s\n", DETAIL_COLUMN, "", card_sgr(c, DIM),
			card_word(c, W_ITEM_VOID), card_word(c, W_RECORDER), card_sgr(c, NORMAL));
	else
		put_detail(c, DIM, detail ? detail : "");
	put_lesson(c, it);
}

static void put_groups(const struct card *c)
{
	const json_t *g, *it, *items = json_object_get(c->grade, "items");
	size_t i, k;

	json_array_foreach (json_object_get(c->grade, "groups"), i, g) {
		const char *id = json_str(g, "id", "");

		fprintf(c->f, "\n%s%s%s  %g/%g\n", card_sgr(c, BOLD),
			grade_group(id, c->style->lang), card_sgr(c, NORMAL),
			json_num(g, "points", 0), json_num(g, "max", 0));
		json_array_foreach (items, k, it)
			if (strcmp(json_str(it, "group", ""), id) == 0)
				put_item(c, it);
	}
}

static void put_diagnosis(const struct card *c)
{
	bool right = json_flag(json_object_get(c->grade, "diagnosis"), "correct", false);

	fprintf(c->f, "\n%s: ", card_word(c, W_TRUTH));
	view_put_causes(c->f, json_object_get(c->grade, "truth"), c->style->lang);
	fprintf(c->f, "\n%s: ", card_word(c, W_ANSWER));
	if (view_answer(c->grade)) {
		view_put_causes(c->f, view_answer(c->grade), c->style->lang);
		fputs(": ", c->f);
	}
	fprintf(c->f, "%s%s%s\n", card_sgr(c, right ? GOOD : BAD),
		view_answer_word(c->grade, c->style->lang), card_sgr(c, NORMAL));
}

static void put_fixed(const struct card *c)
{
	const json_t *fixed = json_object_get(c->grade, "fixed"), *p;
	size_t i;

	if (json_array_size(fixed))
		fprintf(c->f, "%s:\n", card_word(c, W_FIXED));
	json_array_foreach (fixed, i, p) {
		bool ok = json_flag(p, "ok", false);
		const char *title = item_text(p, "title", c->style->lang);

		fprintf(c->f, "  %s%s%s %s\n", card_sgr(c, ok ? GOOD : BAD), ok ? "+" : "x",
			card_sgr(c, NORMAL), *title ? title : json_str(p, "name", ""));
	}
}

/* Hints and time. */
static void put_costs(const struct card *c)
{
	struct piece p;

	if (json_int(c->grade, "hints", 0) && piece_begin(&p)) {
		fprintf(p.f, "%s: ", card_word(c, W_HINTS));
		view_put_hints(p.f, c->grade, c->style->lang);
		piece_end(c, &p, 0);
	}
	if (json_is_object(json_object_get(c->grade, "time")) && piece_begin(&p)) {
		fprintf(p.f, "%s: ", card_word(c, W_TIME));
		view_put_time(p.f, c->grade, c->style->lang);
		piece_end(c, &p, 0);
	}
}

static void put_verdict(const struct card *c)
{
	auto_free char *but = view_reservations(c->grade, c->style->lang);
	struct piece p;

	fprintf(c->f, "\n%s%s%d/100  %s%s  (%s %d)\n", card_sgr(c, BOLD),
		card_sgr(c, view_passed(c->grade) ? GOOD : BAD),
		(int)json_int(c->grade, "score", 0), view_verdict(c->grade, c->style->lang),
		card_sgr(c, NORMAL), card_word(c, W_PASS_MARK), (int)json_int(c->grade, "pass", 0));
	if (but && *but && piece_begin(&p)) {
		but[strlen(but) - 1] = '\0';
		fputs(but, p.f);
		piece_end(c, &p, 0);
	}
}

static void put_card(const struct card *c)
{
	fprintf(c->f, "%s%s%s  %s\n", card_sgr(c, BOLD), json_str(c->grade, "scenario", ""),
		card_sgr(c, NORMAL),
		json_object_get(c->grade, "title") ? item_text(c->grade, "title", c->style->lang)
						   : "");
	fprintf(c->f, "%s%s%s\n", card_sgr(c, DIM), card_word(c, W_SIGNS), card_sgr(c, NORMAL));
	put_groups(c);
	card_ways(c);
	put_diagnosis(c);
	put_fixed(c);
	put_costs(c);
	put_verdict(c);
}

char *report_card(const json_t *grade, const json_t *events, const struct report_style *style)
{
	auto_json json_t *safe_grade = safe_copy(grade), *safe_events = safe_copy(events);
	char *text = NULL;
	size_t len;
	struct card c = {.f = open_memstream(&text, &len),
			 .grade = safe_grade,
			 .events = safe_events,
			 .style = style};

	if (!c.f)
		return NULL;
	if (style->accessible)
		card_flat(&c);
	else
		put_card(&c);
	fclose(c.f);
	return text;
}
