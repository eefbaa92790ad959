/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo down [--lab NAME | --all] */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/lab_option.h"
#include "cli/statedir.h"

static const struct option_spec options[] = {
	LAB_OPTION,
	{.long_name = "all",
	 .short_name = 'a',
	 .help = {"every lab of yours; none is fine too", "自分のラボすべて (なくてもよい)"}},
	{0},
};

static const struct example examples[] = {
	{"netdojo down", {"end the only lab", "唯一のラボを終了"}},
	{"netdojo down --all", {"end them all", "すべて終了"}},
	{0},
};

const struct command_spec spec_down = {
	.name = "down",
	.synopsis = "",
	.summary = {"end a lab", "ラボを終了"},
	.about = {"Ends a lab and returns when it is gone: its processes, namespaces, links and "
		  "mounts. The attempt's "
		  "folder stays, and `netdojo grade --attempt` still grades it.",
		  "ラボを終了し、プロセスやネットワークがすべて消えたら戻ります。記録フォルダーは残"
		  "り、"
		  "`netdojo grade --attempt` で採点できます。"},
	.options = options,
	.examples = examples,
	.run = cmd_down,
};

enum { END_MS = 10000 }; /* how long the kernel may take over a lab's namespaces before we say so */

/* A lab that was asked to end. */
struct ending {
	struct client *client;
	char *name;
	int pidfd; /* its init; -1 = not known */
};

static void ending_done(struct ending *e)
{
	client_free(e->client);
	free(e->name);
	fd_closep(&e->pidfd);
}

/* init's socket closes before the kernel has killed the rest of its PID namespace; its pidfd tells
 * when it has. */
static int ask(const char *lab, struct ending *ret, struct err *err)
{
	auto_json json_t *info = NULL;
	int rc = client_open(lab, &ret->client, err);

	if (rc == 0)
		rc = client_call(ret->client, json_pack("{s:s}", "do", "info"), NULL, 0, &info,
				 NULL, err);
	if (rc < 0)
		return rc;
	ret->name = strdup(json_str(info, "lab", lab ? lab : ""));
	ret->pidfd = pidfd_open((pid_t)json_int(info, "pid", 0), 0);
	rc = client_call(ret->client, json_pack("{s:s}", "do", "down"), NULL, 0, NULL, NULL, err);
	/* Gone before it could answer is as good. */
	return rc == -EPIPE ? 0 : rc;
}

static int await_gone(const struct ending *e, struct err *err)
{
	struct pollfd p = {.fd = e->pidfd, .events = POLLIN};
	auto_fd dir = -1;
	json_t *notice = NULL;

	while (client_notice(e->client, &notice, NULL) == 1)
		json_decref(notice);
	if (e->pidfd >= 0 && poll(&p, 1, END_MS) == 0)
		return err_set(err, ERR_MACHINE, ETIMEDOUT, "Lab '%s' does not end", e->name);
	dir = statedir_open(err);
	if (dir < 0)
		return dir;
	statedir_forget(dir, e->name);
	return 0;
}

static int down_one(struct cli *c, const char *lab)
{
	nd_cleanup(ending_done) struct ending e = {.pidfd = -1};
	struct err err = {0};

	if (ask(lab, &e, &err) < 0 || await_gone(&e, &err) < 0)
		return cli_fail(c, &err);
	if (c->progress)
		cli_note(c, "%s: %s", e.name, cli_tr(c, (struct text){"gone", "終了しました"}));
	return EXIT_DONE;
}

/* All are asked before any is waited for: the kernel takes them down side by side. */
static int down_all(struct cli *c, char **names, size_t n)
{
	struct ending *list = calloc(n + 1, sizeof(*list));
	struct err err = {0};
	int rc = EXIT_DONE;

	for (size_t i = 0; list && i < n; i++) {
		list[i].pidfd = -1;
		/* One that ended by itself in between is what was wanted. */
		if (ask(names[i], &list[i], &err) < 0 && err.code != ENOENT && err.code != EPIPE)
			rc = cli_fail(c, &err);
	}
	for (size_t i = 0; list && i < n; i++) {
		if (list[i].client && list[i].name && await_gone(&list[i], &err) < 0)
			rc = cli_fail(c, &err);
		ending_done(&list[i]);
	}
	free(list);
	return rc;
}

int cmd_down(struct cli *c)
{
	auto_fd dir = -1;
	struct err err = {0};
	char **names;
	size_t n;
	int rc;

	if (!cli_flag(c, "all"))
		return down_one(c, cli_opt(c, "lab"));
	if (cli_flag(c, "lab")) {
		err_set(&err, ERR_USAGE, EINVAL, "--lab and --all don't go together");
		return cli_fail(c, &err);
	}
	dir = statedir_open(&err);
	if (dir < 0 || statedir_names(dir, &names, &n, &err) < 0)
		return cli_fail(c, &err);
	rc = down_all(c, names, n);
	statedir_names_free(names, n);
	return rc;
}
