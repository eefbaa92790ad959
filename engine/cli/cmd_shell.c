/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo shell [NODE] */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/attempts.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/hosting.h"
#include "cli/lab_option.h"
#include "term/term.h"

static const struct option_spec options[] = {
	LAB_OPTION,
	{.long_name = "user",
	 .short_name = 'u',
	 .arg = "USER",
	 .help = {"root or learner (default: the node's user)",
		  "root または learner (既定: ノードのユーザー)"}},
	{.long_name = "shell",
	 .arg = "SHELL",
	 .choices = (const char *const[]){"bash", "zsh", "fish", "sh", NULL},
	 .help = {"the shell to run (default: bash, on the node windows its prompt)",
		  "使うシェル (既定: bash、windows ノードではそのプロンプト)"}},
	{0},
};

static const struct example examples[] = {
	{"netdojo shell", {"a shell in the WSL node of the only lab", "WSL ノードのシェル"}},
	{"netdojo shell windows", {"the Windows prompt", "Windows のプロンプト"}},
	{"netdojo shell --lab well router", {"in another lab and node", "別のラボとノードで"}},
	{0},
};

const struct command_spec spec_shell = {
	.name = "shell",
	.synopsis = "[NODE]",
	.summary = {"open a recorded shell in a node", "ノードのシェルを開く (記録される)"},
	.about = {"Opens a shell in a node of a live lab; without NODE, in the learner's. What is "
		  "typed and shown is recorded "
		  "in the attempt's folder as an asciicast, and counts for the grade. On the node "
		  "windows the shell is a PowerShell prompt; a window whose WSL is shut down "
		  "becomes "
		  "one.",
		  "動いているラボのノードでシェルを開きます (既定: 学習者のノード)。操作は "
		  "asciicast として記録され、採点の"
		  "対象になります。windows ノードでは PowerShell のプロンプトです。WSL "
		  "が停止したウィンドウも"
		  "このプロンプトに変わります。"},
	.operands = {{"NODE", COMPLETE_NODE}},
	.max = 1,
	.options = options,
	.examples = examples,
	.run = cmd_shell,
};

enum { MAX_WORDS = 20 };

struct words {
	char *v[MAX_WORDS];
	size_t n;
};

static void add_pair(struct words *w, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	w->v[w->n++] = (char *)option;
	w->v[w->n++] = (char *)value;
}

static int find_attempt(struct client *client, char **ret, bool *ret_held, struct err *err)
{
	auto_json json_t *info = NULL;
	int rc = client_call(client, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);

	if (rc == 0) {
		*ret = strdup(json_str(info, "attempt", ""));
		*ret_held = json_flag(info, "held", false);
	}
	return rc;
}

/* Where the score card is: a lab that play holds is graded there. */
static void tell_card(const struct cli *c, bool held)
{
	static const struct text play = {"The score card is in the terminal of `netdojo play`",
					 "採点表は `netdojo play` の端末に表示されます"},
				 grade = {"For the score card, run `netdojo grade`",
					  "採点表は `netdojo grade` で表示できます"};

	/* the terminal stands where `dojo grade` was asked and answered */
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	cli_note(c, "%s", cli_tr(c, held ? play : grade));
}

/* What the terminal host's own codes mean here; else the shell's status is ours. */
static int ending(const struct cli *c, int status, bool held)
{
	struct err err = {0};

	switch (status) {
	case TERM_EXIT_GRADE:
		tell_card(c, held);
		return EXIT_DONE;
	case TERM_EXIT_QUIT:
		return EXIT_DONE;
	case TERM_EXIT_LOST:
		err_set(&err, ERR_MACHINE, EPIPE, "The lab is gone");
		return cli_fail(c, &err);
	default:
		return status;
	}
}

int cmd_shell(struct cli *c)
{
	auto_client *client = NULL;
	auto_free char *attempt = NULL;
	bool held = false;
	struct err err = {0};
	char fd[16], session[16] = "shell-";
	struct words w = {.v = {(char *)"netdojo-term"}, .n = 1};
	int status;

	if (client_open(cli_opt(c, "lab"), &client, &err) < 0 ||
	    find_attempt(client, &attempt, &held, &err) < 0)
		return cli_fail(c, &err);
	draw_word(session + strlen(session), 4);
	snprintf(fd, sizeof(fd), "%d", client_fd(client));
	add_pair(&w, "--fd", fd);
	add_pair(&w, "--node", c->n_args ? c->args[0] : NULL);
	add_pair(&w, "--user", cli_opt(c, "user"));
	add_pair(&w, "--shell", cli_opt(c, "shell"));
	add_pair(&w, "--session", session);
	add_pair(&w, "--record", attempt);
	add_pair(&w, "--lang", cli_lang(c));
	status = hosting_run(w.v, client_fd(client), &err);
	return status < 0 ? cli_fail(c, &err) : ending(c, status, held);
}
