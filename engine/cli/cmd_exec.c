/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo exec NODE -- CMD ARG... */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "cli/client_priv.h"
#include "cli/commands.h"
#include "cli/lab_option.h"
#include "cli/rawterm.h"
#include "cli/relay.h"

static const struct option_spec options[] = {
	LAB_OPTION,
	{.long_name = "raw",
	 .help = {"a Linux program even in the node windows",
		  "windows ノードでも Linux のプログラムを実行"}},
	{.long_name = "user",
	 .short_name = 'u',
	 .arg = "USER",
	 .help = {"run as root or learner (default: the node's user)",
		  "root または learner として実行 (既定: ノードのユーザー)"}},
	{0},
};

static const struct example examples[] = {
	{"netdojo exec wsl -- ping -c1 8.8.8.8",
	 {"one command in a node", "ノードで 1 つのコマンド"}},
	{"netdojo exec -u root wsl -- ip route add default via 172.20.0.1",
	 {"as the node's root", "ノードの root として"}},
	{"tar c . | netdojo exec wsl -- tar x", {"pipes go through", "パイプも使える"}},
	{"netdojo exec windows -- 'Get-NetRoute | ? NextHop -ne 0.0.0.0'",
	 {"one PowerShell command line", "PowerShell のコマンドライン 1 行"}},
	{0},
};

static const struct exit_spec exits[] = {
	{"CMD's", {"CMD ran", "CMD が実行された"}},
	{"125",
	 {"netdojo failed: no such lab or node, wrong usage",
	  "netdojo の失敗 (ラボやノードがない、使い方の誤り)"}},
	{"126", {"CMD could not be run", "CMD を実行できない"}},
	{"127", {"CMD was not found", "CMD が見つからない"}},
	{"128+n", {"CMD died by signal n", "CMD がシグナル n で終了"}},
	{0},
};

enum { EXIT_OURS = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

const struct command_spec spec_exec = {
	.name = "exec",
	.synopsis = "NODE -- CMD [ARG]...",
	.summary = {"run a command in a node", "ノードでコマンドを実行"},
	.about =
		{"Runs a program in a node of a live lab, with its standard input, output and "
		 "error joined to ours, or on a "
		 "terminal of its own where ours are a terminal. The node has its own files and "
		 "environment; nothing of "
		 "yours is in it but the program's arguments.\n\n"
		 "On the node windows the words, joined by blanks, are one PowerShell command "
		 "line, and the status is 0 when it succeeded, else that of its last program or "
		 "1. A WSL that was shut down is started first; what wsl.exe would warn of goes to "
		 "standard error.",
		 "動いているラボのノードでプログラムを実行します。標準入出力はそのままつながり、端"
		 "末からなら専用の端末で動きます。"
		 "ノードのファイルと環境変数は独自のものです。\n\n"
		 "windows ノードでは、語を空白でつないだものが PowerShell のコマンドライン 1 "
		 "行になり、終了コードは成功なら 0、失敗なら最後のプログラムのもの、または 1 です。"
		 "停止中の WSL はまず起動され、wsl.exe の警告は標準エラー出力に出ます。"},
	.operands = {{"NODE", COMPLETE_NODE}},
	.min = 1,
	.max = 1,
	.rest = REST_AFTER_OPERANDS,
	.options = options,
	.examples = examples,
	.exits = exits,
	.failure = EXIT_OURS,
	.run = cmd_exec,
};

static int fail(const struct cli *c, const struct err *err)
{
	int ours = cli_fail(c, err);

	return err->code == ENOENT ? EXIT_NOT_FOUND
	       : err->code == EACCES || err->code == ENOEXEC || err->code == EISDIR
		       ? EXIT_NOT_EXECUTABLE
		       : ours;
}

static json_t *argv_json(const struct cli *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < c->n_rest; i++)
		json_array_append_new(a, json_string(c->rest[i]));
	return a;
}

/* Bytes that are not UTF-8 can't travel in JSON; better refused than changed. */
static int check_words(const struct cli *c, struct err *err)
{
	for (size_t i = 0; i < c->n_rest; i++) {
		auto_json json_t *s = json_string(c->rest[i]);

		if (!s)
			return err_set(err, ERR_USAGE, EILSEQ, "Argument %zu of CMD is not UTF-8",
				       i);
	}
	return 0;
}

/* The Windows side speaks PowerShell. */
static bool is_powershell(const struct cli *c)
{
	return strcmp(c->args[0], "windows") == 0 && !cli_flag(c, "raw");
}

static json_t *request(const struct cli *c, bool tty)
{
	const char *user = cli_opt(c, "user"), *term = getenv("TERM");
	unsigned rows, cols;
	json_t *env = json_object();

	rawterm_size(STDIN_FILENO, &rows, &cols);
	if (tty && term)
		json_object_set_new(env, "TERM", json_string(term));
	if (is_powershell(c))
		json_object_set_new(env, "LANGUAGE", json_string(cli_lang(c)));
	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:o, s:b, s:i, s:i, s:s, s:b}", "do", "exec",
			 "node", c->args[0], "argv", argv_json(c), "user", user ? user : "", "cwd",
			 "", "env", env, "tty", tty, "rows", (int)rows, "cols", (int)cols, "by",
			 "learner", "powershell", (int)is_powershell(c));
}

/* What wsl.exe would say of WSL's start. */
static void warn(const json_t *answer)
{
	const json_t *line;
	size_t i;

	json_array_foreach (json_object_get(answer, "warnings"), i, line)
		if (json_is_string(line))
			fprintf(stderr, "%s\n", json_string_value(line));
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(struct cli *c, struct client *client, struct err *err)
{
	bool tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	int fds[N_STREAMS];
	nd_cleanup(relay_close) struct relay r;
	auto_msg answer = {0};
	int64_t id;
	int rc, status;

	relay_open(&r, client);
	rc = tty ? 0 : streams_open(&r.streams, fds, err);
	if (rc < 0)
		return rc;
	rc = client_send(client, request(c, tty), fds, tty ? 0 : N_STREAMS, &id, err);
	streams_sent(&r.streams);
	if (rc >= 0)
		rc = relay_await(&r, err);
	if (rc >= 0)
		rc = client_await(client, id, &answer, err);
	if (rc < 0)
		return rc;
	warn(answer.body);
	r.pty = msg_take_fd(&answer, 0);
	r.exec = json_int(answer.body, "exec", 0);
	rc = relay_run(&r, &status, err);
	return rc < 0 ? rc : status_of(status);
}

int cmd_exec(struct cli *c)
{
	auto_client *client = NULL;
	struct err err = {0};
	int rc;

	if (check_words(c, &err) < 0 || client_open(cli_opt(c, "lab"), &client, &err) < 0)
		return cli_fail(c, &err);
	rc = run(c, client, &err);
	return rc < 0 ? fail(c, &err) : rc;
}
