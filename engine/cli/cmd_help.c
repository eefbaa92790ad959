/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo help [COMMAND] */
#include "cli/commands.h"
#include "cli/help.h"

static const struct example examples[] = {
	{"netdojo help up", {"everything about one command", "コマンド 1 つの説明"}},
	{0},
};

const struct command_spec spec_help = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = {"explain a command, or list them all", "コマンドの説明、または一覧"},
	.about = {"Explains one command: its options, examples and exit codes. Without COMMAND, "
		  "lists "
		  "them all.",
		  "コマンドのオプション、例、終了コードを説明します。COMMAND "
		  "がなければ一覧を表示します。"},
	.operands = {{"COMMAND", COMPLETE_COMMAND}},
	.max = 1,
	.examples = examples,
	.run = cmd_help,
};

int cmd_help(struct cli *c)
{
	const struct command_spec *cmd;
	struct err err = {0};

	if (!c->n_args) {
		help_all(c);
		return EXIT_DONE;
	}
	if (command_find_near(c->args[0], &cmd, &err) < 0)
		return cli_fail(c, &err);
	help_command(c, cmd);
	return EXIT_DONE;
}
