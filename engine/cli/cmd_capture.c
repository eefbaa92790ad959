/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo capture NODE[:IF]... -w FILE|- */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/helper.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/lab_option.h"

static const struct option_spec options[] = {
	{.long_name = "write",
	 .short_name = 'w',
	 .arg = "FILE",
	 .complete = COMPLETE_FILE,
	 .help = {"the pcapng file to write; - is standard output",
		  "書き込む pcapng ファイル。- は標準出力"}},
	LAB_OPTION,
	{0},
};

static const struct example examples[] = {
	{"netdojo capture wsl windows -w lab.pcapng",
	 {"every interface of two nodes in one file, by name",
	  "2 つのノードの全インターフェースを 1 ファイルに"}},
	{"netdojo capture wsl:eth0 -w - | wireshark -k -i -",
	 {"live, in Wireshark", "Wireshark でリアルタイムに"}},
	{0},
};

const struct command_spec spec_capture = {
	.name = "capture",
	.synopsis = "NODE[:IF[,IF]...]... -w FILE|-",
	.summary = {"capture packets of nodes into one pcapng", "ノードのパケットを pcapng に記録"},
	.about = {"Captures what goes over the interfaces of nodes (all of a node's, or those "
		  "named: wsl:eth0,lo) into one pcapng in "
		  "which each interface has its name, until Ctrl-C or the lab's end.",
		  "ノードのインターフェース (全部、または指定した 1 つ) を通るパケットを 1 つの "
		  "pcapng に記録します。Ctrl-C か"
		  "ラボの終了で止まります。"},
	.operands = {{"NODE", COMPLETE_NODE}},
	.min = 1,
	.max = COMMAND_ANY,
	.options = options,
	.examples = examples,
	.run = cmd_capture,
};

enum { MAX_TAPS = 16 };

/* The command line of netdojo-capture. */
struct words {
	char *v[2 * MAX_TAPS + 8];
	size_t n;
	char *owned[MAX_TAPS + 2];
	size_t n_owned;
};

static void words_done(struct words *w)
{
	for (size_t i = 0; i < w->n_owned; i++)
		free(w->owned[i]);
}

/* Adds "OPTION VALUE"; value is stolen. */
static int add(struct words *w, const char *option, char *value, struct err *err)
{
	if (!value)
		return err_sys(err, ENOMEM, "Can't start the capture");
	w->v[w->n++] = (char *)option;
	w->v[w->n++] = w->owned[w->n_owned++] = value;
	return 0;
}

/* The number of a descriptor that the program we become shall have. */
static char *inherited(int fd)
{
	char *text;

	fcntl(fd, F_SETFD, 0);
	return asprintf(&text, "%d", fd) < 0 ? NULL : text;
}

/* Asks the lab for a node's namespaces. The user namespace is the same for all nodes; it is wanted
 * once. */
static int add_tap(struct words *w, struct client *client, const char *operand, struct err *err)
{
	size_t len = strcspn(operand, ":");
	auto_free char *node = strndup(operand, len);
	auto_msg m = {0};
	char *value;
	int rc = client_call_msg(client, json_pack("{s:s, s:s}", "do", "tap", "node", node), NULL,
				 0, &m, err);

	if (rc < 0)
		return rc;
	if (m.n_fds != 2)
		return err_set(err, ERR_MACHINE, EPROTO, "The lab gave no namespaces of '%s'",
			       node);
	if (w->n == 1)
		rc = add(w, "--userns", inherited(msg_take_fd(&m, 0)), err);
	if (asprintf(&value, "%s=%d%s", node, m.fds[1], operand + len) < 0)
		value = NULL;
	fcntl(msg_take_fd(&m, 1), F_SETFD, 0);
	return rc < 0 ? rc : add(w, "--node", value, err);
}

static int check(const struct cli *c, struct err *err)
{
	const char *file = cli_opt(c, "write");

	if (!file) {
		err_set(err, ERR_USAGE, EINVAL, "There is no file to write");
		return err_mend(err, "Add -w FILE, or -w - for a pipe into Wireshark");
	}
	if (strcmp(file, "-") == 0 && isatty(STDOUT_FILENO)) {
		err_set(err, ERR_USAGE, EINVAL, "A capture is not for a terminal");
		return err_mend(err, "Pipe it: netdojo capture %s -w - | wireshark -k -i -",
				c->args[0]);
	}
	if (c->n_args > MAX_TAPS)
		return err_set(err, ERR_USAGE, E2BIG, "More than %d nodes", MAX_TAPS);
	return 0;
}

/* The capture ends with the lab: that is when the other end of our connection closes. */
static int prepare(const struct cli *c, struct client *client, struct words *w, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n_args; i++)
		rc = add_tap(w, client, c->args[i], err);
	if (rc == 0)
		rc = add(w, "--until", inherited(client_fd(client)), err);
	if (rc == 0)
		rc = add(w, "-w", strdup(cli_opt(c, "write")), err);
	return rc;
}

int cmd_capture(struct cli *c)
{
	nd_cleanup(words_done) struct words w = {.v = {(char *)"netdojo-capture"}, .n = 1};
	auto_client *client = NULL;
	struct err err = {0};
	int rc = check(c, &err);

	if (rc == 0)
		rc = client_open(cli_opt(c, "lab"), &client, &err);
	if (rc == 0)
		rc = prepare(c, client, &w, &err);
	if (rc == 0)
		helper_exec(w.v, &err);
	return cli_fail(c, &err);
}
