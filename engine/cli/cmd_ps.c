/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo ps */
#include <string.h>
#include <time.h>

#include "base/textwidth.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/statedir.h"

static const char *const formats[] = {"human", "json", NULL};

static const struct example examples[] = {
	{"netdojo ps", {"the labs that are running", "動いているラボ"}},
	{0},
};

const struct command_spec spec_ps = {
	.name = "ps",
	.synopsis = "",
	.summary = {"list the running labs", "動いているラボの一覧"},
	.about = {"Lists your running labs. Those of `check` and `test` are private and not shown.",
		  "自分の動いているラボを表示します。`check` と `test` のラボは表示しません。"},
	.formats = formats,
	.examples = examples,
	.run = cmd_ps,
};

enum {
	PATIENCE_MS = 2000
}; /* a lab that is just being built answers late; then it is listed without details */

/* Not the variant: that one is drawn is the answer, and a lab that is listed is being played. */
static json_t *row_of(const char *name)
{
	static const char *const keys[] = {"scenario", "seed",	  "mode",    "healthy",	 "ready",
					   "pid",      "started", "attempt", "recorded", "nodes"};
	auto_client *client = NULL;
	auto_json json_t *info = NULL;
	json_t *row;

	if (client_open(name, &client, NULL) < 0)
		return NULL;
	row = json_pack("{s:s}", "lab", name);
	if (client_set_patience(client, PATIENCE_MS, NULL) < 0 ||
	    client_call(client, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, NULL) < 0)
		return row;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set(row, keys[i], json_object_get(info, keys[i]));
	return row;
}

static int gather(json_t *rows, struct err *err)
{
	auto_fd dir = statedir_open(err);
	char **names;
	size_t n;
	int rc = dir < 0 ? dir : statedir_names(dir, &names, &n, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		json_t *row = row_of(names[i]);

		if (row)
			json_array_append_new(rows, row);
	}
	statedir_names_free(names, n);
	return 0;
}

/* As wide as the longest name, so that columns stand. */
static int name_width(const json_t *rows)
{
	const json_t *row;
	int width = 32;
	size_t i;

	json_array_foreach (rows, i, row) {
		int n = (int)strlen(json_str(row, "lab", ""));

		width = n > width ? n : width;
	}
	return width;
}

static void print_row(const struct cli *c, const json_t *row, int width)
{
	time_t started = (time_t)json_num(row, "started", 0);
	char since[32] = "-";
	struct tm local;

	if (started)
		strftime(since, sizeof(since), "%Y-%m-%d %H:%M:%S", localtime_r(&started, &local));
	text_pad(c->out, json_str(row, "lab", ""), width);
	fprintf(c->out, "  %-10s  %5zu  %s\n", json_str(row, "mode", "-"),
		json_array_size(json_object_get(row, "nodes")), since);
}

int cmd_ps(struct cli *c)
{
	auto_json json_t *rows = json_array();
	struct err err = {0};
	json_t *row;
	int width;
	size_t i;

	if (gather(rows, &err) < 0)
		return cli_fail(c, &err);
	if (c->json)
		return cli_print_json(c, "ps", json_pack("{s:O}", "labs", rows));
	if (json_array_size(rows) == 0) {
		fputs(cli_tr(c,
			     (struct text){"No lab is running\n", "動いているラボはありません\n"}),
		      c->out);
		return EXIT_DONE;
	}
	width = name_width(rows);
	fprintf(c->out, "%s%-*s  MODE        NODES  SINCE%s\n", cli_style(c, STYLE_BOLD), width,
		"LAB", cli_style(c, STYLE_NONE));
	json_array_foreach (rows, i, row)
		print_row(c, row, width);
	return EXIT_DONE;
}
