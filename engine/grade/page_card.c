/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's card: totals, every item with its evidence and lesson, the diagnosis; and the two ways. */
#include <string.h>

#include "grade/item.h"
#include "grade/page_priv.h"

static const char *const looks[N_OUTCOMES] = {[OUTCOME_FULL] = "good",
					      [OUTCOME_PART] = "part",
					      [OUTCOME_NONE] = "bad",
					      [OUTCOME_VOID] = "void"};

static void put_totals(const struct page *p)
{
	const json_t *g;
	size_t i;

	fputs("<ul class=\"totals\">\n", p->f);
	json_array_foreach (json_object_get(p->grade, "groups"), i, g) {
		double points = json_num(g, "points", 0), max = json_num(g, "max", 0);

		fputs("<li>", p->f);
		page_put(p, grade_group(json_str(g, "id", ""), p->lang));
		fprintf(p->f,
			" <span>%g / %g</span><div class=\"bar\"><i style=\"width:%.0f%%\"></i>"
			"</div></li>\n",
			points, max, max > 0 ? 100 * points / max : 0);
	}
	fputs("</ul>\n", p->f);
}

static void put_evidence(const struct page *p, const json_t *it)
{
	size_t i, more;
	auto_json json_t *evidence = item_evidence(it, p->events, p->lang, &more);
	const json_t *e;

	if (!json_array_size(evidence))
		return;
	fputs("<ul aria-label=\"", p->f);
	page_word(p, W_EVIDENCE);
	fputs("\">\n", p->f);
	json_array_foreach (evidence, i, e) {
		fputs("<li>", p->f);
		page_event(p, json_int(e, "seq", 0));
		fputs(" <code>", p->f);
		page_put(p, json_str(e, "text", ""));
		fputs("</code></li>\n", p->f);
	}
	if (more) {
		fputs("<li>", p->f);
		grade_put_more(p->f, more, p->lang);
		fputs("</li>\n", p->f);
	}
	fputs("</ul>\n", p->f);
}

static void put_command(const struct page *p, const json_t *command)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	view_put_command(f, command);
	fclose(f);
	fputs(" <code>", p->f);
	page_put(p, text);
	fputs("</code>", p->f);
}

static void put_commands(const struct page *p, const json_t *it)
{
	const json_t *command;
	size_t i;

	if (!json_array_size(view_commands(it)))
		return;
	fputs("<p class=\"pro\"><span class=\"soft\">", p->f);
	page_word(p, W_PRO);
	fputs(":</span>", p->f);
	json_array_foreach (view_commands(it), i, command)
		put_command(p, command);
	fputs("</p>\n", p->f);
}

static void put_lesson(const struct page *p, const json_t *it)
{
	const char *text = view_lesson(it, p->lang);

	if (*text) {
		fputs("<p class=\"lesson\">", p->f);
		page_said(p, text);
		if (view_chapter(it)) {
			fputs(" <span class=\"soft\">(", p->f);
			grade_put_chapter(p->f, view_chapter(it), p->lang);
			fputs(")</span>", p->f);
		}
		fputs("</p>\n", p->f);
	}
	put_commands(p, it);
}

/* "+ full points 10/10" */
static void put_mark(const struct page *p, const json_t *it)
{
	enum outcome o = view_outcome(it);

	fprintf(p->f, "<span class=\"mark %s\"><span aria-hidden=\"true\">%s</span> %g / %g ",
		looks[o], view_sign(o), json_num(it, "points", 0), json_num(it, "max", 0));
	page_put(p, view_outcome_word(o, p->lang));
	fputs("</span>", p->f);
}

static void put_item(const struct page *p, const json_t *it)
{
	const char *why = view_outcome(it) == OUTCOME_VOID ? grade_word(W_RECORDER, p->lang)
							   : item_why(it, p->lang);
	const char *layer = json_str(it, "layer", "");

	fputs("<li>", p->f);
	put_mark(p, it);
	fputs("<div><h4>", p->f);
	page_put(p, item_text(it, "title", p->lang));
	if (*layer) {
		fputs(" <span class=\"layer\">", p->f);
		page_put(p, layer);
		fputs("</span>", p->f);
	}
	fputs("</h4>\n", p->f);
	if (*why) {
		fputs("<p class=\"why\">", p->f);
		page_said(p, why);
		fputs("</p>\n", p->f);
	}
	put_evidence(p, it);
	put_lesson(p, it);
	fputs("</div></li>\n", p->f);
}

static void put_group(const struct page *p, const char *id)
{
	const json_t *it;
	size_t i;

	fputs("<h3>", p->f);
	page_put(p, grade_group(id, p->lang));
	fputs("</h3>\n<ul class=\"items\">\n", p->f);
	json_array_foreach (json_object_get(p->grade, "items"), i, it)
		if (strcmp(json_str(it, "group", ""), id) == 0)
			put_item(p, it);
	fputs("</ul>\n", p->f);
}

static void put_causes(const struct page *p, enum grade_word head, const json_t *list,
		       const char *verdict)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	if (list)
		view_put_causes(f, list, p->lang);
	fclose(f);
	fputs("<tr><th scope=\"row\">", p->f);
	page_word(p, head);
	fputs("</th><td>", p->f);
	if (list) {
		fputs("<code>", p->f);
		page_put(p, text);
		fputs("</code> ", p->f);
	}
	page_put(p, verdict);
	fputs("</td></tr>\n", p->f);
}

static void put_earlier(const struct page *p)
{
	const json_t *all = json_object_get(json_object_get(p->grade, "diagnosis"), "answers");

	for (size_t i = 0; i + 1 < json_array_size(all); i++)
		put_causes(p, W_EARLIER, json_array_get(all, i), "");
}

static void put_diagnosis(const struct page *p)
{
	const json_t *fixed = json_object_get(p->grade, "fixed"), *probe;
	size_t i;

	fputs("<h3>", p->f);
	page_word(p, W_DIAGNOSIS);
	fputs("</h3>\n<table>\n", p->f);
	put_causes(p, W_TRUTH, json_object_get(p->grade, "truth"), "");
	put_causes(p, W_ANSWER, view_answer(p->grade), view_answer_word(p->grade, p->lang));
	put_earlier(p);
	json_array_foreach (fixed, i, probe) {
		const char *title = item_text(probe, "title", p->lang);

		fputs("<tr><th scope=\"row\">", p->f);
		page_word(p, W_FIXED);
		fputs("</th><td>", p->f);
		page_put(p, *title ? title : json_str(probe, "name", ""));
		fputs(": ", p->f);
		page_word(p, json_flag(probe, "ok", false) ? W_HOLDS : W_FAILS);
		fputs("</td></tr>\n", p->f);
	}
	fputs("</table>\n", p->f);
}

void page_card(const struct page *p)
{
	const json_t *g;
	size_t i;

	put_totals(p);
	json_array_foreach (json_object_get(p->grade, "groups"), i, g)
		put_group(p, json_str(g, "id", ""));
	put_diagnosis(p);
}

/* + earned, ~ partly, x missed, nothing for a step that earns nothing: said to who does not see it, too. */
static void put_sign(const struct page *p, enum step_mark mark)
{
	if (mark == STEP_UNMARKED)
		return;
	fprintf(p->f, "<span aria-hidden=\"true\">%c </span>", view_step_sign(mark));
	if (mark != STEP_TAKEN)
		return; /* the words stand after the step */
	fputs("<span class=\"unseen\">", p->f);
	page_word(p, W_EARNED);
	fputs(" </span>", p->f);
}

/* One way's cell of a layer's row. */
static void put_cell(const struct page *p, const char *way, enum grade_word head, const char *layer)
{
	bool walked = strcmp(way, "walked") == 0, any = false;
	enum grade_word said;
	const json_t *step;
	size_t i;

	fputs("<td data-head=\"", p->f);
	page_word(p, head);
	fputs("\"><ul>\n", p->f);
	json_array_foreach (json_object_get(json_object_get(p->grade, "path"), way), i, step) {
		bool earned = json_array_size(json_object_get(step, "items")) > 0;
		enum step_mark mark = !walked  ? view_step_mark(step, p->grade)
				      : earned ? STEP_TAKEN
					       : STEP_UNMARKED;

		if (!view_in_layer(step, layer))
			continue;
		any = true;
		fputs("<li>", p->f);
		put_sign(p, mark);
		fputs("<span class=\"kind\">", p->f);
		page_put(p, grade_kind(json_str(step, "kind", ""), p->lang));
		fputs("</span>", p->f);
		if (walked) {
			fputs("<span class=\"t\">", p->f);
			view_time(p->f, json_num(step, "t", 0));
			fputs("</span>", p->f);
		}
		fputs("<code>", p->f);
		page_step(p, step);
		fputs("</code>", p->f);
		if (view_step_word(mark, &said)) {
			fputs(" <span class=\"soft\">", p->f);
			page_word(p, said);
			fputs("</span>", p->f);
		}
		fputs("</li>\n", p->f);
	}
	if (!any) {
		fputs("<li class=\"soft\">", p->f);
		page_word(p, W_NOT_WALKED);
		fputs("</li>", p->f);
	}
	fputs("</ul></td>\n", p->f);
}

static void put_route(const struct page *p, const char *way, enum grade_word head)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	if (!view_put_route(f, json_object_get(json_object_get(p->grade, "path"), way)))
		fputs(grade_word(W_NOT_WALKED, p->lang), f);
	fclose(f);
	page_word(p, head);
	fputs(": ", p->f);
	page_put(p, text);
	fputs("<br>\n", p->f);
}

static void put_row(const struct page *p, const char *layer)
{
	fputs("<tr><th scope=\"row\">", p->f);
	page_put(p, *layer ? layer : grade_word(W_NO_LAYER, p->lang));
	fputs("<small>", p->f);
	page_put(p, grade_layer(layer, p->lang));
	fputs("</small></th>\n", p->f);
	put_cell(p, "walked", W_WALKED, layer);
	put_cell(p, "best", W_BEST, layer);
	fputs("</tr>\n", p->f);
}

void page_ways(const struct page *p)
{
	fputs("<p>", p->f);
	put_route(p, "walked", W_WALKED);
	put_route(p, "best", W_BEST);
	fputs("</p>\n<table class=\"ways\">\n<thead><tr><th scope=\"col\">", p->f);
	page_word(p, W_COL_LAYER);
	fputs("</th><th scope=\"col\">", p->f);
	page_word(p, W_WALKED);
	fputs("</th><th scope=\"col\">", p->f);
	page_word(p, W_BEST);
	fputs("</th></tr></thead>\n<tbody>\n", p->f);
	for (size_t i = 0; i < N_VIEW_LAYERS; i++)
		if (view_layer_used(p->grade, view_layers[i]))
			put_row(p, view_layers[i]);
	fputs("</tbody></table>\n", p->f);
}
