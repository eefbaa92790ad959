/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo reset [--lab NAME] [-y] */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/lab_option.h"

static const struct option_spec options[] = {
	LAB_OPTION,
	{.long_name = "yes", .short_name = 'y', .help = {"do not ask first", "確認せずに実行する"}},
	{0},
};

static const struct example examples[] = {
	{"netdojo reset",
	 {"everything broken as at the start; asks first", "最初の壊れた状態に戻す (確認あり)"}},
	{"netdojo reset --lab well --yes", {"another lab, without asking", "別のラボを確認なしで"}},
	{0},
};

const struct command_spec spec_reset = {
	.name = "reset",
	.synopsis = "",
	.summary = {"put a lab back to its broken state", "ラボを最初の壊れた状態に戻す"},
	.about =
		{"Builds the lab anew from the same seed, broken as at the start, in less than a "
		 "second. The attempt goes on: what was seen before counts, a mend is gone. Its "
		 "terminals get a new shell.",
		 "同じシードから 1 秒以内にラボを作り直し、最初の壊れた状態に戻します。練習は続き、"
		 "これまでの観察は有効で、直した内容は消えます。端末には新しいシェルが開きます。"},
	.options = options,
	.examples = examples,
	.run = cmd_reset,
};

static const struct text question = {
	"Build lab '%s' anew, broken as at the start? What was mended goes.",
	"ラボ '%s' を作り直し、最初の壊れた状態に戻しますか? 直した内容は消えます。"};

/* 1 yes, 0 no; ERR_USAGE where nobody can be asked. */
static int sure(const struct cli *c, const char *lab, struct err *err)
{
	const char *ask = cli_tr(c, question), *name = strstr(ask, "%s");
	auto_free char *text = NULL;

	if (cli_flag(c, "yes"))
		return 1;
	if (!isatty(STDIN_FILENO)) {
		err_set(err, ERR_USAGE, EINVAL, "There is nobody to ask");
		return err_mend(err, "Say --yes");
	}
	if (asprintf(&text, "%.*s%s%s", (int)(name - ask), ask, lab, name + 2) < 0)
		return err_sys(err, ENOMEM, "Can't ask");
	return ask_yes(c, text);
}

/* A lab that nobody sits in for: we build the next one. */
static int rebuild(struct cli *c, struct client *lab, const json_t *info, struct err *err)
{
	auto_client *next = NULL;
	auto_json json_t *up = NULL;
	struct boot b = {.scenario_path = json_str(info, "file", "scenario.lua"),
			 .scenario_id = json_str(info, "scenario", ""),
			 .lab = json_str(info, "lab", ""),
			 .seed = json_str(info, "seed", ""),
			 .variant = json_str(info, "variant", ""),
			 .lang = cli_lang(c),
			 .healthy = json_flag(info, "healthy", false),
			 .trees = json_object_get(info, "trees"),
			 .attempt_dir = json_str(info, "attempt", ""),
			 .resume = "reset"};
	int rc = client_call(lab, json_pack("{s:s, s:s}", "do", "leave", "why", "reset"), NULL, 0,
			     NULL, NULL, err);

	if (rc < 0)
		return rc;
	follow_end(lab);
	return client_boot(&b, NULL, NULL, &next, &up, err);
}

static int reset(struct cli *c, struct client *lab, const json_t *info, struct err *err)
{
	auto_client *next = NULL;
	int rc;

	if (!json_flag(info, "held", false))
		return rebuild(c, lab, info, err);
	rc = client_call(lab, json_pack("{s:s, s:s}", "do", "session", "session", "reset"), NULL, 0,
			 NULL, NULL, err);
	return rc < 0 ? rc : follow_reset(lab, json_str(info, "lab", ""), &next, err);
}

int cmd_reset(struct cli *c)
{
	auto_client *lab = NULL;
	auto_json json_t *info = NULL;
	struct err err = {0};
	int rc = client_open(cli_opt(c, "lab"), &lab, &err);

	if (rc == 0)
		rc = client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, &err);
	if (rc == 0)
		rc = sure(c, json_str(info, "lab", ""), &err);
	if (rc == 0)
		return EXIT_SHORT; /* asked, and not wanted */
	if (rc > 0)
		rc = reset(c, lab, info, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	if (c->progress)
		cli_note(c, "%s: %s", json_str(info, "lab", ""),
			 cli_tr(c, (struct text){"broken as at the start",
						 "最初の壊れた状態に戻しました"}));
	return EXIT_DONE;
}
