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
#include "cli/follow.h"
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

/* The lab we sit in; after a reset, the one that took its place. */
struct seat {
	struct client *client;
	char *attempt, *lab;
	bool held; /* by play */
};

static void leave_seat(struct seat *s)
{
	client_free(s->client);
	free(s->attempt);
	free(s->lab);
}

static void add_pair(struct words *w, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	w->v[w->n++] = (char *)option;
	w->v[w->n++] = (char *)value;
}

static int know(struct seat *s, struct err *err)
{
	auto_json json_t *info = NULL;
	int rc =
		client_call(s->client, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);

	if (rc < 0)
		return rc;
	s->attempt = strdup(json_str(info, "attempt", ""));
	s->lab = strdup(json_str(info, "lab", ""));
	s->held = json_flag(info, "held", false);
	return s->attempt && s->lab ? 0 : err_sys(err, ENOMEM, "Can't join the lab");
}

/* Into the lab that takes the place of ours. */
static int move(struct seat *s, struct err *err)
{
	struct seat next = {0};
	int rc = follow_reset(s->client, s->lab, &next.client, err);

	if (rc == 0)
		rc = know(&next, err);
	leave_seat(s);
	*s = next;
	return rc;
}

/* The terminal stands where `dojo grade` was asked and answered. */
static void tell(const struct cli *c, struct text t)
{
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	cli_note(c, "%s", cli_tr(c, t));
}

/* Where the score card is: a lab that play holds is graded there. */
static void tell_card(const struct cli *c, bool held)
{
	static const struct text play = {"The score card is in the terminal of `netdojo play`",
					 "採点表は `netdojo play` の端末に表示されます"},
				 grade = {"For the score card, run `netdojo grade`",
					  "採点表は `netdojo grade` で表示できます"};

	tell(c, held ? play : grade);
}

static const struct text on_pause = {"The attempt was paused, and the lab is gone",
				     "練習が中断され、ラボが終了しました"},
			 on_reset = {"The lab was reset; this is a new shell in it",
				     "ラボがリセットされました。新しいシェルを開きます"};

/* What the terminal host's own codes mean here; else the shell's status is ours. */
static int ending(const struct cli *c, int status, bool held)
{
	struct err err = {0};

	switch (status) {
	case TERM_EXIT_GRADE:
		tell_card(c, held);
		return EXIT_DONE;
	case TERM_EXIT_PAUSE:
		tell(c, on_pause);
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

static int terminal(const struct cli *c, const struct seat *s, const char *session, struct err *err)
{
	struct words w = {.v = {(char *)"netdojo-term"}, .n = 1};
	char fd[16];

	snprintf(fd, sizeof(fd), "%d", client_fd(s->client));
	add_pair(&w, "--fd", fd);
	add_pair(&w, "--node", c->n_args ? c->args[0] : NULL);
	add_pair(&w, "--user", cli_opt(c, "user"));
	add_pair(&w, "--shell", cli_opt(c, "shell"));
	add_pair(&w, "--session", session);
	add_pair(&w, "--record", s->attempt);
	add_pair(&w, "--lang", cli_lang(c));
	return hosting_run(w.v, client_fd(s->client), err);
}

int cmd_shell(struct cli *c)
{
	nd_cleanup(leave_seat) struct seat s = {0};
	struct err err = {0};
	char session[16] = "shell-";
	int status;

	draw_word(session + strlen(session), 4);
	if (client_open(cli_opt(c, "lab"), &s.client, &err) < 0 || know(&s, &err) < 0)
		return cli_fail(c, &err);
	while ((status = terminal(c, &s, session, &err)) == TERM_EXIT_RESET) {
		tell(c, on_reset);
		if (move(&s, &err) < 0)
			return cli_fail(c, &err);
	}
	return status < 0 ? cli_fail(c, &err) : ending(c, status, s.held);
}
