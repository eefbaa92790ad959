/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo pause [--lab NAME] */
#define _GNU_SOURCE
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/lab_option.h"

static const struct option_spec options[] = {LAB_OPTION, {0}};

static const struct example examples[] = {
	{"netdojo pause",
	 {"leave the attempt; `netdojo play --resume` goes on with it",
	  "練習を中断。`netdojo play --resume` で再開"}},
	{0},
};

const struct command_spec spec_pause = {
	.name = "pause",
	.synopsis = "",
	.summary = {"leave a lab and keep its attempt", "練習を中断し、記録を残す"},
	.about =
		{"Ends the lab and keeps the attempt with all that was recorded, as `dojo pause` "
		 "does inside. `netdojo play --resume` builds the same network again, broken "
		 "again, and goes on. The time between does not count.",
		 "ラボを終え、記録を残します (中での `dojo pause` と同じ)。`netdojo play --resume` "
		 "で同じネットワークを壊れた状態から作り直して再開します。中断中の時間は数えません"
		 "。"},
	.options = options,
	.examples = examples,
	.run = cmd_pause,
};

int cmd_pause(struct cli *c)
{
	auto_client *lab = NULL;
	struct err err = {0};
	int rc = client_open(cli_opt(c, "lab"), &lab, &err);

	if (rc == 0)
		rc = client_call(lab, json_pack("{s:s, s:s}", "do", "session", "session", "pause"),
				 NULL, 0, NULL, NULL, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	follow_end(lab);
	return EXIT_DONE;
}
