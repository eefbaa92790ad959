/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the learner is told before the shell opens: drawing, ticket, goals, what is recorded. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/textwidth.h"
#include "cli/attempts.h"
#include "cli/drawing.h"
#include "cli/intro.h"

static void heading(const struct cli *c, struct text t)
{
	fprintf(c->out, "\n%s%s%s\n", cli_style(c, STYLE_BOLD), cli_tr(c, t),
		cli_style(c, STYLE_NONE));
}

enum { ROWS_OF_THE_REST = 20 };

/* Whether a drawing and what follows it fit on one screen; a file is high enough. */
static bool fits(const struct cli *c, const char *drawing)
{
	struct winsize size;
	unsigned rows = ROWS_OF_THE_REST;

	for (; *drawing; drawing++)
		rows += *drawing == '\n';
	return ioctl(fileno(c->out), TIOCGWINSZ, &size) < 0 || !size.ws_row || rows <= size.ws_row;
}

/* Before the ticket, which is what the learner needs in sight when the shell opens. */
static void draw(const struct cli *c, const json_t *model, const json_t *proved)
{
	auto_model *m = NULL;
	auto_free char *drawing = NULL;

	if (!model || model_from_json(model, &m, NULL) < 0)
		return;
	/* something is proved in an attempt taken up again */
	drawing = drawing_of(c, m, json_array_size(proved) ? proved : NULL);
	if (!drawing || !fits(c, drawing))
		return;
	heading(c, (struct text){"The network when all is well", "正常なときのネットワーク"});
	fprintf(c->out, "%s\n", drawing);
}

static void goals(const struct cli *c, const json_t *list)
{
	const json_t *g;
	size_t i;

	if (json_array_size(list))
		heading(c, (struct text){"Goals", "目標"});
	json_array_foreach (list, i, g) {
		fputs("  - ", c->out);
		text_wrap(c->out, cli_tr_json(c, g), 4, (int)drawing_columns(c));
	}
}

static const struct text
	recorded =
		{
			"Recorded for the grade: what you type and see in this lab, its packets, "
			"the "
			"programs run in it and what they change. Nothing outside it. All of it is "
			"in the "
			"folder below and stays on this machine; delete the folder (rm -r) and it "
			"is gone.",
			"採点のため、このラボの中での入力と表示、パケット、プログラムの実行、変更を"
			"記録し"
			"ます。ラボの外は記録しません。記録は次のフォルダーにあり、このマシンの外へ"
			"は送られ"
			"ません。フォルダーを削除 (rm -r) すれば消えます。",
},
	unrecorded_way =
		{
			"`netdojo play --no-record` records nothing, and gives no grade.",
			"`netdojo play --no-record` なら記録せず、採点もしません。",
},
	unrecorded =
		{
			"Nothing is recorded (--no-record), so there will be no grade.",
			"記録しません (--no-record)。そのため採点もありません。",
},
	again = {"Recorded in", "記録先:"};

static const struct text at_hand = {
	"Commands: dojo task, map, hint, check, windows, phone, internet, diagnose, grade, pause, "
	"reset, quit; dojo help says what each does",
	"コマンド: dojo task, map, hint, check, windows, phone, internet, diagnose, grade, pause, "
	"reset, quit。説明は dojo help",
};

/* Whether this user has never been told; from now on they have. */
static bool first_time(void)
{
	auto_free char *root = NULL, *path = NULL;
	struct err err = {0};
	auto_fd fd = -1;

	if (attempts_root(&root, &err) < 0 || asprintf(&path, "%s/../recording-told", root) < 0)
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd >= 0 || errno != EEXIST;
}

static bool has_option(const struct cli *c, const char *long_name)
{
	for (const struct option_spec *o = c->cmd->options; o && o->long_name; o++)
		if (strcmp(o->long_name, long_name) == 0)
			return true;
	return false;
}

/* The folder's name has the scenario's id in it, which tells the answer: its last word is enough to find it, for `rm -r` too. */
static void put_folder(FILE *f, const char *folder, const char *id)
{
	const char *slash = strrchr(folder, '/'), *name = slash ? slash + 1 : folder,
		   *dash = strrchr(name, '-');

	if (dash && *id && strstr(name, id))
		fprintf(f, "%.*s*%s\n", (int)(name - folder), folder, dash);
	else
		fprintf(f, "%s\n", folder);
}

/* All of it the first time, then one line. */
static void tell_recording(const struct cli *c, const char *folder, const char *id)
{
	int width = (int)drawing_columns(c);

	if (cli_flag(c, "no-record")) {
		text_wrap(c->out, cli_tr(c, unrecorded), 0, width);
		return;
	}
	if (!first_time()) {
		fprintf(c->out, "%s ", cli_tr(c, again));
		put_folder(c->out, folder, id);
		return;
	}
	text_wrap(c->out, cli_tr(c, recorded), 0, width);
	fputs("  ", c->out);
	put_folder(c->out, folder, id);
	if (has_option(c, "no-record"))
		text_wrap(c->out, cli_tr(c, unrecorded_way), 0, width);
}

/* What the learner is told before the shell opens. */
int introduce(const struct cli *c, struct client *lab, const json_t *up, struct err *err)
{
	auto_json json_t *task = NULL, *info = NULL, *map = NULL;
	int rc = client_call(lab, json_pack("{s:s}", "do", "task"), NULL, 0, &task, NULL, err);

	if (rc == 0)
		rc = client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);
	if (rc == 0)
		rc = client_call(lab, json_pack("{s:s}", "do", "map"), NULL, 0, &map, NULL, err);
	if (rc < 0)
		return rc;
	draw(c, json_object_get(info, "model"), json_object_get(map, "proved"));
	fprintf(c->out, "%s%s%s  (%s %s)\n", cli_style(c, STYLE_BOLD),
		cli_tr_json(c, json_object_get(task, "title")), cli_style(c, STYLE_NONE),
		cli_tr(c, (struct text){"seed", "シード"}), json_str(up, "seed", ""));
	heading(c, (struct text){"Ticket", "依頼文"});
	fputs("  ", c->out);
	text_wrap(c->out, cli_tr_json(c, json_object_get(task, "ticket")), 2,
		  (int)drawing_columns(c));
	goals(c, json_object_get(task, "goals"));
	fputc('\n', c->out);
	tell_recording(c, json_str(info, "attempt", ""), json_str(info, "scenario", ""));
	fputc('\n', c->out);
	text_wrap(c->out, cli_tr(c, at_hand), 10, (int)drawing_columns(c));
	fputc('\n', c->out);
	return fflush(c->out) == EOF ? err_sys(err, errno, "Can't write") : 0;
}
