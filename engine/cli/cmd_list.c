/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo list [SELECT]... */
#include <errno.h>
#include <string.h>

#include "base/textwidth.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/kernel.h"
#include "cli/kernels.h"
#include "cli/tools.h"

static const char *const formats[] = {"human", "json", "markdown", NULL};

static const struct option_spec options[] = {
	{.long_name = "titles",
	 .short_name = 't',
	 .help = {"numbers and titles instead of ids and layers, which tell what is wrong",
		  "ID とレイヤー (答えの手がかりになる) の代わりに番号と題名"}},
	{0},
};

static const struct example examples[] = {
	{"netdojo list --titles",
	 {"to choose one without a hint of its answer: `netdojo play 1`",
	  "答えの手がかりなしに選ぶ: `netdojo play 1`"}},
	{"netdojo list", {"every scenario, in the guide's order", "すべてのシナリオ (ガイドの順)"}},
	{"netdojo list layer:L3 tag:dns 'l1-*'",
	 {"those of the firewall layer, those about DNS, and those whose id begins so",
	  "ファイアウォールのレイヤー、DNS、ID が l1- で始まるもの"}},
	{0},
};

const struct command_spec spec_list = {
	.name = "list",
	.synopsis = "[SELECT]...",
	.summary = {"list the scenarios", "シナリオの一覧"},
	.about = {"Lists the scenarios that match any SELECT: an id, its number, a pattern of ids "
		  "(* ? "
		  "[...]), layer:L3, "
		  "mode:nat, tag:dns, or a path of a scenario file. What of the kernel and of the "
		  "tools a "
		  "scenario needs and this machine lacks is named with it.",
		  "SELECT のどれかに合うシナリオを表示します: ID、番号、ID のパターン (* ? "
		  "[...])、layer:L3、mode:nat、tag:dns、"
		  "またはファイルのパス。シナリオに必要で、このマシンのカーネルやツールに無いものも"
		  "表示します。"},
	.operands = {{"SELECT", COMPLETE_SELECT}},
	.max = COMMAND_ANY,
	.options = options,
	.formats = formats,
	.examples = examples,
	.run = cmd_list,
};

/* A scenario that could be loaded, and what of its requirements is missing here. */
struct row {
	const struct catalogue_entry *entry; /* borrowed */
	json_t *lacking;		     /* owned */
};

struct rows {
	struct row *v;
	size_t n;
};

static void rows_done(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		json_decref(rows->v[i].lacking);
	free(rows->v);
}

/* One scenario as the list document has it. */
static json_t *row_of(const struct row *r)
{
	static const char *const keys[] = {"title",   "layer", "mode",	 "level",
					   "minutes", "tags",  "sources"};
	const struct catalogue_entry *e = r->entry;
	json_t *row = json_pack("{s:s}", "id", e->id);

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set(row, keys[i], json_object_get(e->meta, keys[i]));
	json_object_set_new(row, "runnable", json_boolean(json_array_size(r->lacking) == 0));
	json_object_set(row, "lacks", r->lacking);
	return row;
}

static int print_json(const struct cli *c, const struct rows *rows)
{
	json_t *all = json_array();

	for (size_t i = 0; i < rows->n; i++)
		json_array_append_new(all, row_of(&rows->v[i]));
	return cli_print_json(c, "list", json_pack("{s:o}", "scenarios", all));
}

/* What is missing, below its scenario. */
static void print_lacking(const struct cli *c, int indent, struct text head, const char *what)
{
	if (*what)
		fprintf(c->out, "%*s  %s%s %s%s\n", indent, "", cli_style(c, STYLE_WARN),
			cli_tr(c, head), what, cli_style(c, STYLE_NONE));
}

static void lacking(const struct cli *c, const struct row *r, int indent)
{
	char what[512];

	tools_describe(r->lacking, what, sizeof(what));
	print_lacking(c, indent, (struct text){"not installed:", "未インストール:"}, what);
	kernel_describe(r->lacking, what, sizeof(what));
	print_lacking(c, indent, (struct text){"kernel lacks:", "カーネルに無いもの:"}, what);
}

static void print_row(const struct cli *c, const struct row *r, int id_width)
{
	const json_t *meta = r->entry->meta;

	text_pad(c->out, r->entry->id, id_width);
	fprintf(c->out, "  %-5s  %-8s  %5d  %3d  ", json_str(meta, "layer", ""),
		json_str(meta, "mode", ""), (int)json_int(meta, "level", 0),
		(int)json_int(meta, "minutes", 0));
	fprintf(c->out, "%s\n", cli_tr_json(c, json_object_get(meta, "title")));
	lacking(c, r, id_width);
}

/* The whole list's numbers, whatever part of it is shown. */
static int print_titles(const struct cli *c, const struct rows *rows, struct err *err)
{
	auto_catalogue all = {0};
	int rc = catalogue_select(NULL, 0, &all, err);

	if (rc < 0)
		return rc;
	fprintf(c->out, "%s NO  MODE      LEVEL  MIN  TITLE%s\n", cli_style(c, STYLE_BOLD),
		cli_style(c, STYLE_NONE));
	for (size_t i = 0; i < rows->n; i++) {
		const json_t *m = rows->v[i].entry->meta;
		unsigned n = catalogue_number(&all, rows->v[i].entry->id);

		if (n)
			fprintf(c->out, "%3u", n);
		else
			fputs("  -", c->out);
		fprintf(c->out, "  %-8s  %5d  %3d  %s\n", json_str(m, "mode", ""),
			(int)json_int(m, "level", 0), (int)json_int(m, "minutes", 0),
			cli_tr_json(c, json_object_get(m, "title")));
		lacking(c, &rows->v[i], 3);
	}
	return 0;
}

static void print_human(const struct cli *c, const struct rows *rows)
{
	int width = (int)strlen("ID");

	for (size_t i = 0; i < rows->n; i++)
		if (text_width(rows->v[i].entry->id) > width)
			width = text_width(rows->v[i].entry->id);
	fputs(cli_style(c, STYLE_BOLD), c->out);
	text_pad(c->out, "ID", width);
	fprintf(c->out, "  LAYER  MODE      LEVEL  MIN  TITLE%s\n", cli_style(c, STYLE_NONE));
	for (size_t i = 0; i < rows->n; i++)
		print_row(c, &rows->v[i], width);
}

/* docs/catalogue.md is this: what is the same wherever it is made, so of the kernels it tells by the table. */
static void print_markdown(const struct cli *c, const struct rows *rows)
{
	char verdict[128];

	fputs("| id | layer | mode | level | minutes | title |", c->out);
	for (size_t k = 0; k < n_kernels_known; k++)
		fprintf(c->out, " %s |", kernels_known[k].name);
	fputs("\n| --- | --- | --- | --- | --- | --- |", c->out);
	for (size_t k = 0; k < n_kernels_known; k++)
		fputs(" --- |", c->out);
	fputc('\n', c->out);
	for (size_t i = 0; i < rows->n; i++) {
		const json_t *m = rows->v[i].entry->meta;
		auto_json json_t *names = kernel_names(m);

		fprintf(c->out, "| `%s` | %s | %s | %d | %d | %s |", rows->v[i].entry->id,
			json_str(m, "layer", ""), json_str(m, "mode", ""),
			(int)json_int(m, "level", 0), (int)json_int(m, "minutes", 0),
			cli_tr_json(c, json_object_get(m, "title")));
		for (size_t k = 0; k < n_kernels_known; k++) {
			kernels_verdict(&kernels_known[k], names, verdict, sizeof(verdict));
			fprintf(c->out, " %s |", verdict);
		}
		fputc('\n', c->out);
	}
}

/* Scenarios that can't be loaded are said so, and the others are listed all the same. */
static int make_rows(const struct cli *c, const struct catalogue *all, struct rows *rows)
{
	auto_kernel kernel = {.cli = c};
	int rc = EXIT_DONE;

	rows->v = calloc(all->n + 1, sizeof(*rows->v));
	for (size_t i = 0; rows->v && i < all->n; i++) {
		const struct catalogue_entry *e = &all->v[i];
		const json_t *requires = json_object_get(e->meta, "requires");
		auto_json json_t *lacking = tools_lacking(requires);
		struct err err = {0};

		if (!e->meta)
			err_set(&err, ERR_USAGE, EINVAL, "%s", e->error);
		else if (kernel_lacking(&kernel, e->meta, lacking, &err) < 0)
			err_wrap(&err, "%s", e->path);
		if (err.kind)
			rc = cli_fail(c, &err);
		else
			rows->v[rows->n++] = (struct row){e, ptr_steal(lacking)};
	}
	return rc;
}

int cmd_list(struct cli *c)
{
	nd_cleanup(rows_done) struct rows rows = {0};
	auto_catalogue all = {0};
	struct err err = {0};
	int rc = EXIT_DONE, broken;

	if (catalogue_select(c->args, c->n_args, &all, &err) < 0)
		return cli_fail(c, &err);
	broken = make_rows(c, &all, &rows);
	if (c->json)
		rc = print_json(c, &rows);
	else if (strcmp(c->format, "markdown") == 0)
		print_markdown(c, &rows);
	else if (rows.n && cli_flag(c, "titles")) {
		if (print_titles(c, &rows, &err) < 0)
			return cli_fail(c, &err);
	} else if (rows.n)
		print_human(c, &rows);
	return rc ? rc : broken;
}
