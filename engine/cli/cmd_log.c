/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo log */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/lab_option.h"

static const char *const kinds[] = {"lab",    "session", "command", "windows", "exec",
				    "packet", "socket",	 "flow",    "change",  "file",
				    "probe",  "answer",	 "hint",    NULL};

static const struct option_spec options[] = {
	LAB_OPTION,
	{.long_name = "attempt",
	 .arg = "DIR",
	 .complete = COMPLETE_DIR,
	 .help = {"the log of an attempt folder; its lab may be gone",
		  "記録フォルダーのログ (ラボは不要)"}},
	{.long_name = "follow",
	 .short_name = 'f',
	 .help = {"go on with new events until the lab ends",
		  "ラボが終わるまで新しい出来事も表示"}},
	{.long_name = "kind",
	 .short_name = 'k',
	 .arg = "KIND",
	 .choices = kinds,
	 .many = true,
	 .help = {"only events of this kind; may be repeated", "この種類だけ (複数可)"}},
	{.long_name = "node",
	 .arg = "NODE",
	 .complete = COMPLETE_NODE,
	 .many = true,
	 .help = {"only events of this node; may be repeated", "このノードだけ (複数可)"}},
	{0},
};

static const char *const formats[] = {"jsonl", "human", NULL};

static const struct example examples[] = {
	{"netdojo log --follow --format human",
	 {"watch what happens in the lab", "ラボの出来事を見る"}},
	{"netdojo log --kind packet --node wsl | jq .what",
	 {"for other programs", "ほかのプログラムで処理"}},
	{0},
};

const struct command_spec spec_log = {
	.name = "log",
	.synopsis = "",
	.summary = {"print a lab's evidence", "ラボで起きたことの記録を表示"},
	.about = {"Prints the attempt's log: one event a line, what the kernel saw and what was "
		  "typed. As JSON lines the "
		  "events are those of the attempt's events.jsonl, each with the hash that chains "
		  "it to those before.",
		  "記録を 1 行 1 件で表示します: カーネルが見たこと、入力されたこと。JSON は "
		  "events.jsonl と同じもので、前の行とつながるハッシュ (h) も含みます。"},
	.options = options,
	.formats = formats,
	.examples = examples,
	.run = cmd_log,
};

/* A log being printed. */
struct printing {
	const struct cli *c;
	FILE *in;
	char *line; /* owned; a line not yet whole stays here */
	size_t len, room;
	bool ended; /* the lab wrote its last event */
};

static bool is_among(const struct cli *c, const char *option, const char *value)
{
	const char *wanted;

	if (!cli_flag(c, option))
		return true;
	for (size_t i = 0; (wanted = cli_opt_nth(c, option, i)); i++)
		if (strcmp(wanted, value) == 0)
			return true;
	return false;
}

/* The part of an event that says most, for people. */
static void print_gist(const struct cli *c, const json_t *e)
{
	static const char *const skipped[] = {"seq", "t",     "kind",	"node", "gen",
					      "by",  "cause", "output", "h"};
	const char *key, *sep = "";
	json_t *value;

	json_object_foreach ((json_t *)e, key, value) {
		bool skip = false;

		for (size_t i = 0; i < ARRAY_SIZE(skipped); i++)
			skip = skip || strcmp(key, skipped[i]) == 0;
		if (skip)
			continue;
		fprintf(c->out, "%s%s=", sep, key);
		sep = " ";
		if (json_is_string(value))
			fputs(json_string_value(value), c->out);
		else
			json_dumpf(value, c->out,
				   JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	}
}

static void print_event(struct printing *p, const json_t *e)
{
	const struct cli *c = p->c;
	const char *kind = json_str(e, "kind", "");

	if (strcmp(kind, "lab") == 0 && strcmp(json_str(e, "what", ""), "end") == 0)
		p->ended = true;
	if (!is_among(c, "kind", kind) || !is_among(c, "node", json_str(e, "node", "")))
		return;
	if (strcmp(c->format, "human") != 0) {
		fwrite(p->line, 1, p->len, c->out);
		return;
	}
	fprintf(c->out, "%9.3f  %-8s %-8s %-8s ", json_num(e, "t", 0), json_str(e, "node", "-"),
		kind, json_str(e, "by", ""));
	print_gist(c, e);
	fputc('\n', c->out);
}

/* Prints the whole lines there are; a half one is finished at the next call. */
static void print_lines(struct printing *p)
{
	char *piece = NULL;
	size_t room = 0;
	ssize_t n;

	clearerr(p->in);
	while ((n = getline(&piece, &room, p->in)) > 0) {
		char *more = realloc(p->line, p->len + (size_t)n + 1);
		auto_json json_t *e = NULL;

		if (!more)
			break;
		p->line = more;
		memcpy(p->line + p->len, piece, (size_t)n + 1);
		p->len += (size_t)n;
		if (p->line[p->len - 1] != '\n')
			continue;
		if (json_parse(p->line, p->len, &e, NULL) == 0)
			print_event(p, e);
		p->len = 0;
	}
	free(piece);
	fflush(p->c->out);
}

/* Prints what comes until the lab says its end, or is gone without a word (client_fd hangs up). */
static int follow(struct printing *p, const char *path, int lab, struct err *err)
{
	auto_fd notify = inotify_init1(IN_CLOEXEC);
	struct pollfd from[] = {{.fd = notify, .events = POLLIN}, {.fd = lab, .events = POLLIN}};
	char events[4096];

	if (notify < 0 || inotify_add_watch(notify, path, IN_MODIFY) < 0)
		return err_sys(err, errno, "Can't watch %s", path);
	print_lines(p);
	while (!p->ended && !from[1].revents) {
		if (poll(from, ARRAY_SIZE(from), -1) < 0 && errno != EINTR)
			return err_sys(err, errno, "Can't wait for events");
		if (from[0].revents && read(notify, events, sizeof(events)) < 0)
			return err_sys(err, errno, "Can't wait for events");
		print_lines(p);
	}
	return 0;
}

/* Where the log is: of an attempt folder, or of a live lab (then *ret_client stays connected to
 * it). */
static int find_log(const struct cli *c, char **ret, struct client **ret_client, struct err *err)
{
	const char *dir = cli_opt(c, "attempt");
	auto_json json_t *info = NULL;
	int rc = 0;

	if (!dir) {
		rc = client_open(cli_opt(c, "lab"), ret_client, err);
		if (rc == 0)
			rc = client_call(*ret_client, json_pack("{s:s}", "do", "info"), NULL, 0,
					 &info, NULL, err);
		dir = json_str(info, "attempt", "");
		if (rc == 0 && !*dir)
			rc = err_set(err, ERR_USAGE, ENODATA,
				     "This lab was started with --no-record: it has no log");
	}
	if (rc == 0 && asprintf(ret, "%s/events.jsonl", dir) < 0)
		rc = err_sys(err, ENOMEM, "Can't name the log");
	return rc;
}

static void printing_done(struct printing *p)
{
	file_closep(&p->in);
	free(p->line);
}

int cmd_log(struct cli *c)
{
	nd_cleanup(printing_done) struct printing p = {.c = c};
	auto_client *client = NULL;
	auto_free char *path = NULL;
	struct err err = {0};
	int rc = find_log(c, &path, &client, &err);

	if (rc < 0)
		return cli_fail(c, &err);
	p.in = fopen(path, "re");
	if (!p.in) {
		err_set(&err, ERR_USAGE, errno, "Can't read %s: %s", path, strerror(errno));
		return cli_fail(c, &err);
	}
	if (cli_flag(c, "follow"))
		rc = follow(&p, path, client ? client_fd(client) : -1, &err);
	else
		print_lines(&p);
	return rc < 0 ? cli_fail(c, &err) : EXIT_DONE;
}
