/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The score card for people. */
#include <stdio.h>
#include <string.h>

#include "base/textwidth.h"
#include "grade/diagnosis.h"
#include "grade/item.h"
#include "grade/report.h"

enum word {
	W_OBSERVE,
	W_DIAGNOSE,
	W_MEND,
	W_VERIFY,
	W_CARE,
	W_TRUTH,
	W_ANSWER,
	W_NOTHING,
	W_UNSAID,
	W_RIGHT,
	W_LAYER_RIGHT,
	W_WRONG,
	W_FIXED,
	W_HINTS,
	W_PASSED,
	W_SHORT,
	W_VOID,
	W_PASS_MARK,
	W_ITEM_VOID,
	N_WORDS,
};

static const char *const words[N_WORDS][2] = {
	[W_OBSERVE] = {"Observe", "観察"},
	[W_DIAGNOSE] = {"Diagnose", "診断"},
	[W_MEND] = {"Mend", "修復"},
	[W_VERIFY] = {"Verify", "確認"},
	[W_CARE] = {"Care", "慎重さ"},
	[W_TRUTH] = {"Truth", "正解"},
	[W_ANSWER] = {"Your diagnosis", "あなたの診断"},
	[W_NOTHING] = {"nothing is wrong", "ネットワークに異常なし"},
	[W_UNSAID] = {"none stated", "未回答"},
	[W_RIGHT] = {"right", "正しい"},
	[W_LAYER_RIGHT] = {"the layer is right, the cause is not named or another",
			   "レイヤーは正しいが、原因がないか違う"},
	[W_WRONG] = {"not right", "正しくない"},
	[W_FIXED] = {"Working again", "復旧"},
	[W_HINTS] = {"Hints taken", "使ったヒント"},
	[W_PASSED] = {"PASSED", "合格"},
	[W_SHORT] = {"NOT PASSED", "不合格"},
	[W_VOID] = {"VOID", "無効"},
	[W_PASS_MARK] = {"pass mark", "合格点"},
	[W_ITEM_VOID] = {"void, not counted: a recorder was absent",
			 "無効 (集計外): 記録できませんでした"},
};

struct card {
	FILE *f;
	const json_t *grade, *events;
	const struct report_style *style;
	bool ja;
};

static const char *word(const struct card *c, enum word w)
{
	return words[w][c->ja];
}

static const char *sgr(const struct card *c, const char *seq)
{
	return c->style->colour ? seq : "";
}

#define GOOD   "\033[32m"
#define BAD    "\033[31m"
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define NORMAL "\033[0m"

static const char *group_word(const struct card *c, const char *id)
{
	static const char *const ids[] = {"observe", "diagnose", "mend", "verify", "care"};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (strcmp(id, ids[i]) == 0)
			return word(c, (enum word)(W_OBSERVE + i));
	return id;
}

enum { DETAIL_COLUMN = 9 };

/* The line wrapped below itself; one that fits is left as it is, blanks and all. Caller frees. */
static char *fitted(const struct card *c, const char *line)
{
	int columns = c->style->columns;
	char *text = NULL;
	size_t len;
	FILE *f;

	if (!columns || DETAIL_COLUMN + text_width(line) <= columns)
		return strdup(line);
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	text_wrap(f, line, DETAIL_COLUMN, columns);
	fclose(f);
	text[len - 1] = '\0'; /* its newline */
	return text;
}

static void put_detail(const struct card *c, const char *detail)
{
	while (*detail) {
		size_t n = strcspn(detail, "\n");
		auto_free char *line = strndup(detail, n), *text = line ? fitted(c, line) : NULL;

		fprintf(c->f, "%*s%s%s%s\n", DETAIL_COLUMN, "", sgr(c, DIM), text ? text : "",
			sgr(c, NORMAL));
		detail += n + (detail[n] == '\n');
	}
}

static void put_item(const struct card *c, const json_t *it)
{
	double points = json_num(it, "points", 0), max = json_num(it, "max", 0);
	auto_free char *detail = item_detail(it, c->events, c->style->lang);
	bool is_void = json_flag(it, "void", false), full = points >= max;
	const char *mark = is_void ? "-" : full ? "+" : points > 0 ? "~" : "x";

	fprintf(c->f, "  %s%s%s %3g/%-3g %s\n",
		sgr(c, is_void ? DIM
		       : full  ? GOOD
			       : BAD),
		mark, sgr(c, NORMAL), points, max, item_text(it, "title", c->style->lang));
	put_detail(c, is_void ? word(c, W_ITEM_VOID) : detail ? detail : "");
}

static void put_groups(const struct card *c)
{
	const json_t *g, *it, *items = json_object_get(c->grade, "items");
	size_t i, k;

	json_array_foreach (json_object_get(c->grade, "groups"), i, g) {
		const char *id = json_str(g, "id", "");

		fprintf(c->f, "\n%s%s%s  %g/%g\n", sgr(c, BOLD), group_word(c, id), sgr(c, NORMAL),
			json_num(g, "points", 0), json_num(g, "max", 0));
		json_array_foreach (items, k, it)
			if (strcmp(json_str(it, "group", ""), id) == 0)
				put_item(c, it);
	}
}

/* "L2.5 host-dns-proxy-dead (windows), ..." */
static void put_causes(const struct card *c, const json_t *list)
{
	const json_t *e;
	size_t i;

	if (!json_array_size(list))
		fputs(word(c, W_NOTHING), c->f);
	json_array_foreach (list, i, e) {
		const char *at = json_str(e, "at", ""), *cause = json_str(e, "cause", "");

		fprintf(c->f, "%s%s%s%s%s%s%s", i ? ", " : "", json_str(e, "layer", ""),
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

static void put_diagnosis(const struct card *c)
{
	const json_t *d = json_object_get(c->grade, "diagnosis");
	const json_t *answers = json_object_get(d, "answers");
	size_t n = json_array_size(answers);
	bool right = json_flag(d, "correct", false);
	enum word verdict;

	fprintf(c->f, "\n%s: ", word(c, W_TRUTH));
	put_causes(c, json_object_get(c->grade, "truth"));
	fprintf(c->f, "\n%s: ", word(c, W_ANSWER));
	if (!n) {
		fprintf(c->f, "%s\n", word(c, W_UNSAID));
		return;
	}
	put_causes(c, json_array_get(answers, n - 1));
	verdict = right ? W_RIGHT
		  : layers_right(json_array_get(answers, n - 1), json_object_get(c->grade, "truth"))
			  ? W_LAYER_RIGHT
			  : W_WRONG;
	fprintf(c->f, ": %s%s%s\n", sgr(c, right ? GOOD : BAD), word(c, verdict), sgr(c, NORMAL));
}

static void put_fixed(const struct card *c)
{
	const json_t *fixed = json_object_get(c->grade, "fixed"), *p;
	int hints = (int)json_int(c->grade, "hints", 0);
	size_t i;

	if (json_array_size(fixed))
		fprintf(c->f, "%s:\n", word(c, W_FIXED));
	json_array_foreach (fixed, i, p) {
		bool ok = json_flag(p, "ok", false);
		const char *title = item_text(p, "title", c->style->lang);

		fprintf(c->f, "  %s%s%s %s\n", sgr(c, ok ? GOOD : BAD), ok ? "+" : "x",
			sgr(c, NORMAL), *title ? title : json_str(p, "name", ""));
	}
	if (hints)
		fprintf(c->f, "%s: %d\n", word(c, W_HINTS), hints);
}

static void put_verdict(const struct card *c)
{
	bool is_void = json_flag(c->grade, "void", false);
	bool passed = json_flag(c->grade, "passed", false);

	fprintf(c->f, "\n%s%s%d/100  %s%s  (%s %d)\n", sgr(c, BOLD), sgr(c, passed ? GOOD : BAD),
		(int)json_int(c->grade, "score", 0),
		word(c, is_void	 ? W_VOID
			: passed ? W_PASSED
				 : W_SHORT),
		sgr(c, NORMAL), word(c, W_PASS_MARK), (int)json_int(c->grade, "pass", 0));
	if (is_void)
		fprintf(c->f, "%s\n", json_str(c->grade, "why_void", ""));
}

char *report_card(const json_t *grade, const json_t *events, const struct report_style *style)
{
	char *text = NULL;
	size_t len;
	struct card c = {.f = open_memstream(&text, &len),
			 .grade = grade,
			 .events = events,
			 .style = style,
			 .ja = strcmp(style->lang, "ja") == 0};

	if (!c.f)
		return NULL;
	fprintf(c.f, "%s%s%s  %s\n", sgr(&c, BOLD), json_str(grade, "scenario", ""),
		sgr(&c, NORMAL),
		json_object_get(grade, "title") ? item_text(grade, "title", style->lang) : "");
	put_groups(&c);
	put_diagnosis(&c);
	put_fixed(&c);
	put_verdict(&c);
	fclose(c.f);
	return text;
}
