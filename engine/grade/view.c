/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grade document as every score card reads it: what is said, not how it looks. */
#include "grade/view.h"

#include <assert.h>
#include <string.h>

#include "grade/diagnosis.h"
#include "grade/item.h"
#include "grade/words.h"

enum outcome view_outcome(const json_t *item)
{
	double points = json_num(item, "points", 0);

	if (json_flag(item, "void", false))
		return OUTCOME_VOID;
	if (points >= json_num(item, "max", 0))
		return OUTCOME_FULL;
	return points > 0 ? OUTCOME_PART : OUTCOME_NONE;
}

const char *view_sign(enum outcome o)
{
	static const char *const signs[] = {[OUTCOME_FULL] = "+",
					    [OUTCOME_PART] = "~",
					    [OUTCOME_NONE] = "x",
					    [OUTCOME_VOID] = "-"};
	static_assert(ARRAY_SIZE(signs) == N_OUTCOMES, "a sign for each");

	return signs[o];
}

const char *view_outcome_word(enum outcome o, const char *lang)
{
	return grade_word((enum grade_word)(W_FULL + (int)o), lang);
}

bool view_passed(const json_t *grade)
{
	return json_flag(grade, "passed", false);
}

const char *view_verdict(const json_t *grade, const char *lang)
{
	bool is_void = json_flag(grade, "void", false);

	return grade_word(is_void ? W_VOID : view_passed(grade) ? W_PASSED : W_SHORT, lang);
}

char *view_reservations(const json_t *grade, const char *lang)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	if (json_flag(grade, "void", false))
		fprintf(f, "%s: %s\n", grade_word(W_VOID, lang),
			grade_why(json_str(grade, "why_void", ""), lang));
	if (!json_flag(grade, "finished", true))
		fprintf(f, "%s\n", grade_word(W_CUT, lang));
	fclose(f);
	return text;
}

void view_time(FILE *f, double seconds)
{
	long s = seconds > 0 ? (long)seconds : 0;

	if (s >= 3600)
		fprintf(f, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
	else
		fprintf(f, "%ld:%02ld", s / 60, s % 60);
}

bool view_put_time(FILE *f, const json_t *grade, const char *lang)
{
	const json_t *time = json_object_get(grade, "time"), *gap;
	double par = json_num(time, "par", 0);
	size_t i;

	if (!json_is_object(time))
		return false;
	view_time(f, json_num(time, "played", 0));
	fputs(" (", f);
	if (par > 0) {
		fprintf(f, "%s ", grade_word(W_PAR, lang));
		view_time(f, par);
		fputs("; ", f);
	}
	fprintf(f, "%s)", grade_word(W_TIME_FREE, lang));
	json_array_foreach (json_object_get(time, "gaps"), i, gap) {
		fprintf(f, "%s", i ? ", " : "; ");
		if (i == 0)
			fprintf(f, "%s: ", grade_word(W_GAPS, lang));
		view_time(f, json_num(gap, "seconds", 0));
	}
	return true;
}

bool view_put_hints(FILE *f, const json_t *grade, const char *lang)
{
	int hints = (int)json_int(grade, "hints", 0);
	double cost = json_num(grade, "hint_cost", 0);

	if (!hints)
		return false;
	fprintf(f, "%d", hints);
	if (cost > 0)
		fprintf(f, " (%s: %g)", grade_word(W_HINT_COST, lang), cost);
	return true;
}

void view_put_causes(FILE *f, const json_t *list, const char *lang)
{
	const json_t *e;
	size_t i;

	if (!json_array_size(list))
		fputs(grade_word(W_NOTHING, lang), f);
	json_array_foreach (list, i, e) {
		const char *at = json_str(e, "at", ""), *cause = json_str(e, "cause", "");

		fprintf(f, "%s%s%s%s%s%s%s", i ? ", " : "", json_str(e, "layer", ""),
			*cause ? " " : "", cause, *at ? " (" : "", at, *at ? ")" : "");
	}
}

/* Whether the answer names the layer of every fault. */
static bool layers_right(const json_t *answer, const json_t *truth)
{
	const json_t *a, *t;
	size_t i, k;

	json_array_foreach (truth, i, t) {
		bool named = false;

		json_array_foreach (answer, k, a)
			named |= layer_names(json_str(a, "layer", ""), json_str(t, "layer", ""));
		if (!named)
			return false;
	}
	return json_array_size(truth) > 0;
}

const json_t *view_answer(const json_t *grade)
{
	const json_t *all = json_object_get(json_object_get(grade, "diagnosis"), "answers");
	size_t n = json_array_size(all);

	return n ? json_array_get(all, n - 1) : NULL;
}

const char *view_answer_word(const json_t *grade, const char *lang)
{
	const json_t *answer = view_answer(grade);
	enum grade_word w = W_WRONG;

	if (!answer)
		w = W_UNSAID;
	else if (json_flag(json_object_get(grade, "diagnosis"), "correct", false))
		w = W_RIGHT;
	else if (layers_right(answer, json_object_get(grade, "truth")))
		w = W_LAYER_RIGHT;
	return grade_word(w, lang);
}

size_t view_put_route(FILE *f, const json_t *way)
{
	const char *last = "";
	const json_t *step;
	size_t i, n = 0;

	json_array_foreach (way, i, step) {
		const char *layer = json_str(step, "layer", "");

		if (!*layer || strcmp(layer, last) == 0)
			continue;
		fprintf(f, "%s%s", n++ ? " > " : "", layer);
		last = layer;
	}
	return n;
}

static const json_t *item_of(const json_t *grade, const char *id)
{
	const json_t *it;
	size_t i;

	json_array_foreach (json_object_get(grade, "items"), i, it)
		if (strcmp(json_str(it, "id", ""), id) == 0)
			return it;
	return NULL;
}

/* What is earned by how the steps follow each other, and by what was left alone: no one line has or misses it. */
static bool relational(const char *id, const json_t *item)
{
	static const char *const ids[] = {"looked-first", "hypothesis-tested", "diagnosed-first"};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (strcmp(id, ids[i]) == 0)
			return true;
	return strcmp(json_str(item, "group", ""), "care") == 0;
}

enum step_mark view_step_mark(const json_t *step, const json_t *grade)
{
	size_t i, n = 0, some = 0, all = 0;
	const json_t *e;

	json_array_foreach (json_object_get(step, "items"), i, e) {
		const char *id = json_is_string(e) ? json_string_value(e) : "";
		const json_t *it = item_of(grade, id);
		enum outcome o = it ? view_outcome(it) : OUTCOME_NONE;

		if (relational(id, it))
			continue;
		n++;
		some += o != OUTCOME_NONE;
		all += o == OUTCOME_FULL || o == OUTCOME_VOID; /* a void one is nobody's fault */
	}
	if (n == 0)
		return STEP_UNMARKED;
	return all == n ? STEP_TAKEN : some ? STEP_PARTLY : STEP_MISSED;
}

char view_step_sign(enum step_mark mark)
{
	static const char signs[] = {[STEP_UNMARKED] = ' ',
				     [STEP_TAKEN] = '+',
				     [STEP_PARTLY] = '~',
				     [STEP_MISSED] = 'x'};

	return signs[mark];
}

bool view_step_word(enum step_mark mark, enum grade_word *ret)
{
	*ret = mark == STEP_PARTLY ? W_PART : W_MISSED;
	return mark == STEP_PARTLY || mark == STEP_MISSED;
}

const char *const view_layers[] = {"L1", "L2", "L2.5", "L3", "L4", "L5", "other", ""};
static_assert(ARRAY_SIZE(view_layers) == N_VIEW_LAYERS, "as the header says");

bool view_in_layer(const json_t *step, const char *layer)
{
	return strcmp(json_str(step, "layer", ""), layer) == 0;
}

bool view_layer_used(const json_t *grade, const char *layer)
{
	static const char *const ways[] = {"walked", "best"};
	const json_t *path = json_object_get(grade, "path"), *step;
	size_t i;

	for (size_t w = 0; w < ARRAY_SIZE(ways); w++)
		json_array_foreach (json_object_get(path, ways[w]), i, step)
			if (view_in_layer(step, layer))
				return true;
	return false;
}

const char *view_lesson(const json_t *item, const char *lang)
{
	return item_text(json_object_get(item, "lesson"), "text", lang);
}

int view_chapter(const json_t *item)
{
	return (int)json_int(json_object_get(item, "lesson"), "chapter", 0);
}

const json_t *view_commands(const json_t *item)
{
	return json_object_get(json_object_get(item, "lesson"), "commands");
}

/* "wsl$ ", "windows> "; nothing without a node. */
static void put_prompt(FILE *f, const char *node)
{
	if (*node)
		fprintf(f, "%s%s ", node, strcmp(node, "windows") == 0 ? ">" : "$");
}

void view_put_command(FILE *f, const json_t *command)
{
	put_prompt(f, json_str(command, "node", ""));
	fputs(json_str(command, "line", ""), f);
}

void view_put_step(FILE *f, const json_t *step, const char *lang)
{
	static const char *const typed[] = {"look", "try", "change"};
	const char *kind = json_str(step, "kind", "");

	for (size_t i = 0; i < ARRAY_SIZE(typed); i++)
		if (strcmp(kind, typed[i]) == 0)
			put_prompt(f, json_str(step, "node", ""));
	fputs(item_text(step, "text", lang), f);
}
