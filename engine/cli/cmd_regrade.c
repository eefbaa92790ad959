/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo regrade [ATTEMPT]... */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "base/textwidth.h"
#include "cli/attempt_find.h"
#include "cli/catalogue.h"
#include "cli/closing.h"
#include "cli/commands.h"
#include "cli/grading.h"
#include "cli/script_client.h"
#include "evidence/log.h"
#include "evidence/query.h"
#include "grade/compare.h"
#include "grade/item.h"

/* The scenario file whose rubric is asked: the one named, else the catalogue's of that id. Caller frees. */
static int find_rubric(const struct cli *c, const char *id, char **ret, struct err *err)
{
	const char *named = cli_opt(c, "scenario");
	auto_catalogue_entry e = {0};
	int rc = catalogue_find(named ? named : id, &e, err);

	if (rc < 0 && !named) {
		err_wrap(err, "The catalogue has no '%s' any more", id);
		return err_mend(err, "Name the rubric with --scenario FILE.lua");
	}
	if (rc < 0)
		return rc;
	*ret = strdup(e.path);
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't name the scenario");
}

/* The folder's evidence under the rubric of a scenario file; nothing is written. */
static int grade_with(const char *dir, const char *path, const char *lang, const json_t *start,
		      struct attempt *ret, struct err *err)
{
	auto_script_client *s = NULL;
	auto_json json_t *meta = NULL;
	struct script_port port;
	int rc = script_client_start(&s, err);

	if (rc == 0)
		rc = script_client_load(s, path, json_str(start, "seed", ""),
					json_str(start, "variant", ""), lang, &meta, err);
	if (rc < 0)
		return rc;
	if (strcmp(json_str(meta, "id", ""), json_str(start, "scenario", "")) != 0)
		return err_set(err, ERR_USAGE, EINVAL, "%s is '%s', but '%s' was played", path,
			       json_str(meta, "id", ""), json_str(start, "scenario", ""));
	port = script_client_port(s);
	return attempt_score(dir, &port, meta, ret, err);
}

/* What it got when it was played: score.json as it lies there, else the played rubric now. Caller owns. */
static int old_grade(const char *dir, const char *lang, const json_t *start, json_t **ret,
		     struct err *err)
{
	auto_free char *score = NULL, *played = NULL;
	auto_attempt a = {0};
	json_t *kept;
	int rc;

	if (asprintf(&score, "%s/score.json", dir) < 0 ||
	    asprintf(&played, "%s/scenario.lua", dir) < 0)
		return err_sys(err, ENOMEM, "Can't name the attempt's files");
	kept = json_load_file(score, 0, NULL);
	if (json_is_array(json_object_get(kept, "items"))) {
		*ret = kept;
		return 0;
	}
	json_decref(kept);
	rc = grade_with(dir, played, lang, start, &a, err);
	if (rc == 0)
		*ret = json_incref(a.grade);
	return rc;
}

static json_t *summary(const json_t *grade)
{
	return json_pack("{s:i, s:i, s:b, s:b}", "score", (int)json_int(grade, "score", 0), "pass",
			 (int)json_int(grade, "pass", 0), "passed",
			 (int)json_flag(grade, "passed", false), "void",
			 (int)json_flag(grade, "void", false));
}

static json_t *row_of(const char *dir, const char *rubric, const json_t *before,
		      const json_t *after)
{
	const char *slash = strrchr(dir, '/');

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "name",
			 slash && slash[1] ? slash + 1 : dir, "path", dir, "scenario",
			 json_str(after, "scenario", ""), "rubric", rubric, "old", summary(before),
			 "new", summary(after), "items", grade_compare(before, after));
}

static int regrade(const struct cli *c, const char *word, json_t *rows, struct err *err)
{
	auto_free char *dir = NULL, *rubric = NULL;
	auto_evidence_log log = {0};
	auto_json json_t *before = NULL;
	auto_attempt after = {0};
	auto_closing closing = CLOSING_NONE;
	const json_t *start;
	int rc = attempt_find(word, &dir, err);

	if (rc == 0)
		rc = closing_begin(dir, &closing, err);
	if (rc == 0)
		rc = evidence_log_load(dir, &log, err);
	start = rc < 0 ? NULL : evidence_first(log.events, "lab", "start");
	if (rc == 0 && !start)
		return err_set(err, ERR_USAGE, EBADMSG, "The log in '%s' has no beginning", dir);
	if (rc == 0)
		rc = find_rubric(c, json_str(start, "scenario", ""), &rubric, err);
	if (rc == 0)
		rc = old_grade(dir, cli_lang(c), start, &before, err);
	if (rc == 0)
		rc = grade_with(dir, rubric, cli_lang(c), start, &after, err);
	if (rc == 0)
		rc = closing_end(c, &closing, err);
	if (rc == 0)
		json_array_append_new(rows, row_of(dir, rubric, before, after.grade));
	return rc;
}

static const char *change_word(const struct cli *c, const char *change)
{
	static const struct {
		const char *change;
		struct text word;
	} words[] = {
		{"added", {"the rubric asks this now", "新しい項目"}},
		{"removed", {"the rubric asks this no more", "なくなった項目"}},
		{"worth", {"worth another number of points", "配点の変更"}},
		{"points", {"the same evidence earns another number of points", "得点の変更"}},
		{"void",
		 {"void now: a recorder it rests on was absent", "無効: 必要な記録がありません"}},
		{"counted", {"counted now", "集計に入るようになった"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(change, words[i].change) == 0)
			return cli_tr(c, words[i].word);
	return change;
}

static void put_worth(const struct cli *c, const json_t *worth)
{
	if (json_is_null(worth))
		fputc('-', c->out);
	else if (json_flag(worth, "void", false))
		fputs(cli_tr(c, (struct text){"void", "無効"}), c->out);
	else
		fprintf(c->out, "%g/%g", json_num(worth, "points", 0), json_num(worth, "max", 0));
}

static void print_item(const struct cli *c, const json_t *it)
{
	const char *why = cli_tr_json(c, json_object_get(it, "why"));

	fputs("  ", c->out);
	put_worth(c, json_object_get(it, "old"));
	fputs(" > ", c->out);
	put_worth(c, json_object_get(it, "new"));
	fprintf(c->out, "  %s: %s\n", item_text(it, "title", cli_lang(c)),
		change_word(c, json_str(it, "change", "")));
	if (*why)
		fprintf(c->out, "      %s\n", why);
}

static void put_summary(const struct cli *c, const json_t *s)
{
	bool is_void = json_flag(s, "void", false), passed = json_flag(s, "passed", false);

	fprintf(c->out, "%d/100 %s", (int)json_int(s, "score", 0),
		cli_tr(c, is_void  ? (struct text){"void", "無効"}
			  : passed ? (struct text){"passed", "合格"}
				   : (struct text){"not passed", "不合格"}));
}

static void print_row(const struct cli *c, const json_t *row)
{
	const json_t *items = json_object_get(row, "items"), *it;
	size_t i;

	fprintf(c->out, "%s%s%s\n  ", cli_style(c, STYLE_BOLD), json_str(row, "name", ""),
		cli_style(c, STYLE_NONE));
	put_summary(c, json_object_get(row, "old"));
	fputs(" > ", c->out);
	put_summary(c, json_object_get(row, "new"));
	fputc('\n', c->out);
	if (!json_array_size(items))
		fprintf(c->out, "  %s\n",
			cli_tr(c, (struct text){"no item changed", "変わった項目はありません"}));
	json_array_foreach (items, i, it)
		print_item(c, it);
}

int cmd_regrade(struct cli *c)
{
	auto_json json_t *rows = json_array();
	struct err err = {0};
	const json_t *row;
	size_t i;

	for (i = 0; i == 0 || i < c->n_args; i++)
		if (regrade(c, c->n_args ? c->args[i] : NULL, rows, &err) < 0)
			return cli_fail(c, &err);
	if (c->json)
		return cli_print_json(c, "regrade", json_pack("{s:O}", "attempts", rows));
	json_array_foreach (rows, i, row)
		print_row(c, row);
	return EXIT_DONE;
}
