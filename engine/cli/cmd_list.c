/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo list [SELECT]... */
#include <errno.h>
#include <string.h>

#include "base/textwidth.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/tools.h"

static const char *const formats[] = {"human", "json", "markdown", NULL};

static const struct example examples[] = {
	{"netdojo list", {"every scenario, in the guide's order", "すべてのシナリオ (ガイドの順)"}},
	{"netdojo list layer:L3 tag:dns 'l1-*'",
	 {"those of the firewall layer, those about DNS, and those whose id begins so",
	  "ファイアウォール層、DNS、ID が l1- で始まるもの"}},
	{0},
};

const struct command_spec spec_list = {
	.name = "list",
	.synopsis = "[SELECT]...",
	.summary = {"list the scenarios", "シナリオの一覧"},
	.about = {"Lists the scenarios that match any SELECT: an id, a pattern of ids (* ? [...]), "
		  "layer:L3, "
		  "mode:nat, tag:dns, or a path of a scenario file. Tools a scenario would like "
		  "and this machine lacks "
		  "are named with their packages.",
		  "SELECT のどれかに合うシナリオを表示します: ID、ID のパターン (* ? "
		  "[...])、layer:L3、mode:nat、tag:dns、"
		  "またはファイルのパス。足りないツールはパッケージ名とともに表示します。"},
	.operands = {{"SELECT", COMPLETE_SELECT}},
	.max = COMMAND_ANY,
	.formats = formats,
	.examples = examples,
	.run = cmd_list,
};

/* One scenario as the list document has it. */
static json_t *row_of(const struct catalogue_entry *e)
{
	static const char *const keys[] = {"title",   "layer", "mode",	 "level",
					   "minutes", "tags",  "sources"};
	json_t *row = json_pack("{s:s}", "id", e->id);
	json_t *lacking = tools_lacking(json_object_get(e->meta, "requires"));

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set(row, keys[i], json_object_get(e->meta, keys[i]));
	json_object_set_new(row, "runnable", json_boolean(json_array_size(lacking) == 0));
	json_object_set_new(row, "lacks", lacking);
	return row;
}

static int print_json(const struct cli *c, const struct catalogue *all)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].meta)
			json_array_append_new(rows, row_of(&all->v[i]));
	return cli_print_json(c, "list", json_pack("{s:o}", "scenarios", rows));
}

static void print_row(const struct cli *c, const struct catalogue_entry *e, int id_width)
{
	auto_json json_t *lacking = tools_lacking(json_object_get(e->meta, "requires"));
	char what[512];

	text_pad(c->out, e->id, id_width);
	fprintf(c->out, "  %-5s  %-8s  %5d  %3d  ", json_str(e->meta, "layer", ""),
		json_str(e->meta, "mode", ""), (int)json_int(e->meta, "level", 0),
		(int)json_int(e->meta, "minutes", 0));
	fprintf(c->out, "%s\n", cli_tr_json(c, json_object_get(e->meta, "title")));
	if (json_array_size(lacking) == 0)
		return;
	tools_describe(lacking, what, sizeof(what));
	fprintf(c->out, "%*s  %s%s %s%s\n", id_width, "", cli_style(c, STYLE_WARN),
		cli_tr(c, (struct text){"not installed:", "未インストール:"}), what,
		cli_style(c, STYLE_NONE));
}

static void print_human(const struct cli *c, const struct catalogue *all)
{
	int width = (int)strlen("ID");

	for (size_t i = 0; i < all->n; i++)
		if (text_width(all->v[i].id) > width)
			width = text_width(all->v[i].id);
	fputs(cli_style(c, STYLE_BOLD), c->out);
	text_pad(c->out, "ID", width);
	fprintf(c->out, "  LAYER  MODE      LEVEL  MIN  TITLE%s\n", cli_style(c, STYLE_NONE));
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].meta)
			print_row(c, &all->v[i], width);
}

/* docs/catalogue.md is this. */
static void print_markdown(const struct cli *c, const struct catalogue *all)
{
	fputs("| id | layer | mode | level | minutes | title |\n| --- | --- | --- | --- | --- | "
	      "--- |\n",
	      c->out);
	for (size_t i = 0; i < all->n; i++) {
		const json_t *m = all->v[i].meta;

		if (m)
			fprintf(c->out, "| `%s` | %s | %s | %d | %d | %s |\n", all->v[i].id,
				json_str(m, "layer", ""), json_str(m, "mode", ""),
				(int)json_int(m, "level", 0), (int)json_int(m, "minutes", 0),
				cli_tr_json(c, json_object_get(m, "title")));
	}
}

/* A scenario that can't be loaded is said so, and the others are listed all the same. */
static int tell_broken(const struct cli *c, const struct catalogue *all)
{
	int rc = EXIT_DONE;

	for (size_t i = 0; i < all->n; i++) {
		struct err err = {0};

		if (all->v[i].meta)
			continue;
		err_set(&err, ERR_USAGE, EINVAL, "%s", all->v[i].error);
		rc = cli_fail(c, &err);
	}
	return rc;
}

int cmd_list(struct cli *c)
{
	auto_catalogue all = {0};
	struct err err = {0};
	int rc;

	if (catalogue_select(c->args, c->n_args, &all, &err) < 0)
		return cli_fail(c, &err);
	if (c->json) {
		rc = print_json(c, &all);
		if (rc != EXIT_DONE)
			return rc;
	} else if (strcmp(c->format, "markdown") == 0) {
		print_markdown(c, &all);
	} else {
		print_human(c, &all);
	}
	return tell_broken(c, &all);
}
