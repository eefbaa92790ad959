/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The score card as Markdown. */
#include <stdio.h>
#include <string.h>

#include "grade/item.h"
#include "grade/page.h"
#include "grade/safe.h"
#include "grade/view.h"
#include "grade/words.h"

struct md {
	FILE *f;
	const json_t *grade, *events; /* safe to be shown */
	const char *lang;
};

static const char *word(const struct md *m, enum grade_word w)
{
	return grade_word(w, m->lang);
}

/* Text of which nothing is markup, a mention or a reference to an issue. One line. */
static void put(const struct md *m, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\`*_{}[]<>#|~!@&", *s))
			fputc('\\', m->f);
		fputc(*s == '\n' || *s == '\t' ? ' ' : *s, m->f);
	}
}

/* As code: fenced by more backticks than it holds in a row. In a table a bar must still be escaped. */
static void put_code(const struct md *m, const char *s, bool in_table)
{
	size_t most = 0, run = 0;

	for (const char *p = s; *p; p++) {
		run = *p == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	for (size_t i = 0; i <= most; i++)
		fputc('`', m->f);
	fputs(most ? " " : "", m->f);
	for (; *s; s++) {
		if (*s == '|' && in_table)
			fputc('\\', m->f);
		fputc(*s == '\n' || *s == '\t' ? ' ' : *s, m->f);
	}
	fputs(most ? " " : "", m->f);
	for (size_t i = 0; i <= most; i++)
		fputc('`', m->f);
}

/* A sentence, its `code` as such. */
static void put_said(const struct md *m, const char *s)
{
	const char *tick, *end;

	while ((tick = strchr(s, '`')) && (end = strchr(tick + 1, '`'))) {
		auto_free char *before = strndup(s, (size_t)(tick - s));
		auto_free char *code = strndup(tick + 1, (size_t)(end - tick - 1));

		put(m, before ? before : "");
		put_code(m, code ? code : "", false);
		s = end + 1;
	}
	put(m, s);
}

/* A command or a step of a way, as code. */
static void put_code_of(const struct md *m, const json_t *step, bool in_table)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	if (json_object_get(step, "line"))
		view_put_command(f, step);
	else
		view_put_step(f, step, m->lang);
	fclose(f);
	put_code(m, text, in_table);
}

static void put_causes(const struct md *m, const json_t *list)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	view_put_causes(f, list, m->lang);
	fclose(f);
	put_code(m, text, true);
}

static void put_head(const struct md *m)
{
	auto_free char *but = view_reservations(m->grade, m->lang);
	char *rest = but, *line;

	fputs("# ", m->f);
	put(m, json_str(m->grade, "scenario", ""));
	if (json_object_get(m->grade, "title")) {
		fputs(": ", m->f);
		put(m, item_text(m->grade, "title", m->lang));
	}
	fprintf(m->f, "\n\n**%d/100, %s** (%s %d)\n\n", (int)json_int(m->grade, "score", 0),
		view_verdict(m->grade, m->lang), word(m, W_PASS_MARK),
		(int)json_int(m->grade, "pass", 0));
	while ((line = strsep(&rest, "\n")))
		if (*line) {
			fputs("> ", m->f);
			put(m, line);
			fputs("\n\n", m->f);
		}
}

static void put_facts(const struct md *m)
{
	fputs("- ", m->f);
	fprintf(m->f, "%s: ", word(m, W_TRUTH));
	put_causes(m, json_object_get(m->grade, "truth"));
	fprintf(m->f, "\n- %s: ", word(m, W_ANSWER));
	if (view_answer(m->grade)) {
		put_causes(m, view_answer(m->grade));
		fputs(": ", m->f);
	}
	fprintf(m->f, "%s\n", view_answer_word(m->grade, m->lang));
	if (json_int(m->grade, "hints", 0)) {
		fprintf(m->f, "- %s: ", word(m, W_HINTS));
		view_put_hints(m->f, m->grade, m->lang);
		fputc('\n', m->f);
	}
	if (json_is_object(json_object_get(m->grade, "time"))) {
		fprintf(m->f, "- %s: ", word(m, W_TIME));
		view_put_time(m->f, m->grade, m->lang);
		fputc('\n', m->f);
	}
	fprintf(m->f, "- %s: ", word(m, W_SEED));
	put_code(m, json_str(m->grade, "seed", ""), false);
	fputc('\n', m->f);
}

static void put_fixed(const struct md *m)
{
	const json_t *fixed = json_object_get(m->grade, "fixed"), *p;
	size_t i;

	json_array_foreach (fixed, i, p) {
		const char *title = item_text(p, "title", m->lang);

		fprintf(m->f, "- %s: ", word(m, W_FIXED));
		put(m, *title ? title : json_str(p, "name", ""));
		fprintf(m->f, ": %s\n", word(m, json_flag(p, "ok", false) ? W_HOLDS : W_FAILS));
	}
}

static void put_lesson(const struct md *m, const json_t *it)
{
	const char *text = view_lesson(it, m->lang);
	const json_t *command;
	size_t i;

	if (*text) {
		fputs("  - ", m->f);
		put_said(m, text);
		if (view_chapter(it)) {
			fputs(" (", m->f);
			grade_put_chapter(m->f, view_chapter(it), m->lang);
			fputc(')', m->f);
		}
		fputc('\n', m->f);
	}
	if (!json_array_size(view_commands(it)))
		return;
	fprintf(m->f, "  - %s: ", word(m, W_PRO));
	json_array_foreach (view_commands(it), i, command) {
		fputs(i ? ", " : "", m->f);
		put_code_of(m, command, false);
	}
	fputc('\n', m->f);
}

static void put_evidence(const struct md *m, const json_t *it)
{
	size_t i, more;
	auto_json json_t *evidence = item_evidence(it, m->events, m->lang, &more);
	const json_t *e;

	json_array_foreach (evidence, i, e) {
		fprintf(m->f, "  - %s, %s %lld: ", word(m, W_EVIDENCE), word(m, W_EVENT),
			(long long)json_int(e, "seq", 0));
		put_code(m, json_str(e, "text", ""), false);
		fputc('\n', m->f);
	}
	if (more) {
		fprintf(m->f, "  - %s: ", word(m, W_EVIDENCE));
		grade_put_more(m->f, more, m->lang);
		fputc('\n', m->f);
	}
}

static void put_item(const struct md *m, const json_t *it)
{
	enum outcome o = view_outcome(it);
	const char *why = o == OUTCOME_VOID ? word(m, W_RECORDER) : item_why(it, m->lang);

	fputs("- **", m->f);
	put(m, item_text(it, "title", m->lang));
	fprintf(m->f, "**: %g/%g, %s", json_num(it, "points", 0), json_num(it, "max", 0),
		view_outcome_word(o, m->lang));
	if (*why) {
		fputs(": ", m->f);
		put_said(m, why);
	}
	fputc('\n', m->f);
	put_evidence(m, it);
	put_lesson(m, it);
}

static void put_groups(const struct md *m)
{
	const json_t *g, *it;
	size_t i, k;

	json_array_foreach (json_object_get(m->grade, "groups"), i, g) {
		const char *id = json_str(g, "id", "");

		fprintf(m->f, "\n### %s %g/%g\n\n", grade_group(id, m->lang),
			json_num(g, "points", 0), json_num(g, "max", 0));
		json_array_foreach (json_object_get(m->grade, "items"), k, it)
			if (strcmp(json_str(it, "group", ""), id) == 0)
				put_item(m, it);
	}
}

static void put_cell(const struct md *m, const char *way, const char *layer)
{
	bool walked = strcmp(way, "walked") == 0;
	enum grade_word mark;
	const json_t *step;
	size_t i, n = 0;

	fputs(" | ", m->f);
	json_array_foreach (json_object_get(json_object_get(m->grade, "path"), way), i, step) {
		if (!view_in_layer(step, layer))
			continue;
		fputs(n++ ? "<br>" : "", m->f);
		if (walked) {
			view_time(m->f, json_num(step, "t", 0));
			fputc(' ', m->f);
		}
		fprintf(m->f, "%s ", grade_kind(json_str(step, "kind", ""), m->lang));
		put_code_of(m, step, true);
		if (!walked && view_step_word(view_step_mark(step, m->grade), &mark))
			fprintf(m->f, " (%s)", word(m, mark));
	}
	if (!n)
		fputs(word(m, W_NOT_WALKED), m->f);
}

static void put_ways(const struct md *m)
{
	if (!json_is_object(json_object_get(m->grade, "path")))
		return;
	fprintf(m->f, "\n## %s\n\n| %s | %s | %s |\n| --- | --- | --- |\n", word(m, W_WAYS),
		word(m, W_COL_LAYER), word(m, W_WALKED), word(m, W_BEST));
	for (size_t i = 0; i < N_VIEW_LAYERS; i++) {
		const char *layer = view_layers[i];

		if (!view_layer_used(m->grade, layer))
			continue;
		fprintf(m->f, "| %s%s%s", *layer ? layer : word(m, W_NO_LAYER), *layer ? " " : "",
			grade_layer(layer, m->lang));
		put_cell(m, "walked", layer);
		put_cell(m, "best", layer);
		fputs(" |\n", m->f);
	}
}

char *report_markdown(const json_t *grade, const json_t *events, const char *lang)
{
	auto_json json_t *safe_grade = safe_copy(grade), *safe_events = safe_copy(events);
	char *text = NULL;
	size_t len;
	struct md m = {.f = open_memstream(&text, &len),
		       .grade = safe_grade,
		       .events = safe_events,
		       .lang = lang};

	if (!m.f)
		return NULL;
	put_head(&m);
	put_facts(&m);
	put_fixed(&m);
	fprintf(m.f, "\n## %s\n", word(&m, W_CARD));
	put_groups(&m);
	put_ways(&m);
	fclose(m.f);
	return text;
}
