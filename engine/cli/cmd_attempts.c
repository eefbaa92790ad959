/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo attempts [SELECT]... */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/textwidth.h"
#include "cli/attempt_find.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/select.h"

/* The scenarios meant by a word that asks more than the id, by their ids: [..]; NULL and err where there are none. */
static json_t *ids_of(const char *word, struct err *err)
{
	auto_catalogue all = {0};
	json_t *ids;

	if (catalogue_select(&word, 1, &all, err) < 0)
		return NULL;
	ids = json_object();
	for (size_t i = 0; i < all.n; i++)
		json_object_set_new(ids, all.v[i].id, json_true());
	return ids;
}

/* One SELECT word. A scenario that is in the catalogue no more is still found by its id. */
struct filter {
	struct select_word word;
	json_t *ids; /* owned; NULL where the id decides */
};

struct filters {
	struct filter v[CLI_MAX_VALUES];
	size_t n;
};

static void filters_done(struct filters *f)
{
	for (size_t i = 0; i < f->n; i++)
		json_decref(f->v[i].ids);
}

static int read_filters(const struct cli *c, struct filters *ret, struct err *err)
{
	for (size_t i = 0; i < c->n_args && ret->n < ARRAY_SIZE(ret->v); i++) {
		struct filter *f = &ret->v[ret->n];
		int rc = select_parse(c->args[i], &f->word, err);

		if (rc < 0)
			return rc;
		ret->n++;
		if (select_by_id(&f->word))
			continue;
		f->ids = ids_of(c->args[i], err);
		if (!f->ids)
			return -EINVAL;
	}
	return 0;
}

static bool wanted(const struct filters *f, const json_t *about)
{
	const char *id = json_str(about, "scenario", "");

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].ids ? json_object_get(f->v[i].ids, id) != NULL
				: select_matches(&f->v[i].word, id, "", NULL))
			return true;
	return f->n == 0;
}

static int gather(const struct filters *f, json_t *rows, struct err *err)
{
	auto_attempt_names all = {0};
	int rc = attempt_names_read(&all, err);

	for (size_t i = 0; rc == 0 && i < all.n; i++) {
		auto_free char *dir = NULL;
		auto_json json_t *about = NULL;

		if (asprintf(&dir, "%s/%s", all.root, all.v[i]) < 0)
			return err_sys(err, ENOMEM, "Can't list the attempts");
		about = attempt_about(dir);
		if (!about || !wanted(f, about))
			continue;
		/* Which variant was drawn is the answer, as long as one may still be given. */
		if (!json_object_get(about, "score"))
			json_object_del(about, "variant");
		json_array_append(rows, about);
	}
	return rc;
}

/* "85  passed", or how far it is. */
static void print_state(const struct cli *c, const json_t *row)
{
	static const struct {
		const char *state;
		struct text word;
	} states[] = {
		{"playing", {"being played", "実施中"}},  {"paused", {"paused", "中断中"}},
		{"unfinished", {"unfinished", "未完了"}}, {"left", {"left", "終了 (採点なし)"}},
		{"finished", {"not graded", "未採点"}},	  {"closed", {"closed", "打ち切り"}},
	};
	bool graded = json_object_get(row, "score") != NULL;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(json_str(row, "state", ""), states[i].state) == 0) {
			text_pad(c->out, cli_tr(c, states[i].word), 17);
			return;
		}
	if (graded && json_flag(row, "void", false)) {
		text_pad(c->out, cli_tr(c, (struct text){"void", "無効"}), 17);
		return;
	}
	fprintf(c->out, "%s%3d ",
		cli_style(c, json_flag(row, "passed", false) ? STYLE_GOOD : STYLE_BAD),
		(int)json_int(row, "score", 0));
	text_pad(c->out,
		 cli_tr(c, json_flag(row, "passed", false) ? (struct text){"passed", "合格"}
							   : (struct text){"not passed", "不合格"}),
		 13);
	fputs(cli_style(c, STYLE_NONE), c->out);
}

static void print_row(const struct cli *c, const json_t *row)
{
	const char *name = json_str(row, "name", ""), *dash = strrchr(name, '-');
	time_t wall = (time_t)json_num(row, "wall", 0);
	char date[32] = "-";
	struct tm local;

	if (wall)
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M", localtime_r(&wall, &local));
	text_pad(c->out, dash ? dash + 1 : name, 6);
	fprintf(c->out, "%-17s ", date);
	print_state(c, row);
	fprintf(c->out, "%s\n", json_str(row, "scenario", ""));
}

/* Why there is nothing to list. */
static void print_none(const struct cli *c, size_t of)
{
	if (!of)
		fputs(cli_tr(c,
			     (struct text){"There is no attempt; `netdojo play ID` begins one\n",
					   "記録はありません。`netdojo play ID` で始められます\n"}),
		      c->out);
	else
		fprintf(c->out,
			c->lang == LANG_JA ? "%zu 件の記録に当てはまるものはありません。"
					     "`netdojo attempts` で一覧を表示します\n"
					   : "None matches, of %zu in all; `netdojo attempts` "
					     "lists them\n",
			of);
}

static void print_human(const struct cli *c, const json_t *rows)
{
	auto_attempt_names all = {0};
	const json_t *row;
	size_t i;

	attempt_names_read(&all, NULL);
	if (!json_array_size(rows)) {
		print_none(c, c->n_args ? all.n : 0);
		return;
	}
	fprintf(c->out, "%sID    DATE              STATE            SCENARIO%s\n",
		cli_style(c, STYLE_BOLD), cli_style(c, STYLE_NONE));
	json_array_foreach (rows, i, row)
		print_row(c, row);
	if (all.root)
		fprintf(c->out, "%s %s\n", cli_tr(c, (struct text){"in", "場所:"}), all.root);
}

int cmd_attempts(struct cli *c)
{
	nd_cleanup(filters_done) struct filters filters = {.n = 0};
	auto_json json_t *rows = json_array();
	struct err err = {0};

	if (read_filters(c, &filters, &err) < 0 || gather(&filters, rows, &err) < 0)
		return cli_fail(c, &err);
	if (c->json)
		return cli_print_json(c, "attempts", json_pack("{s:O}", "attempts", rows));
	print_human(c, rows);
	return EXIT_DONE;
}
