/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo play ID: up, the learner's terminal, grade, down. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/textwidth.h"
#include "cli/catalogue.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/grading.h"
#include "cli/hosting.h"
#include "cli/kernel.h"
#include "cli/progress.h"
#include "model/draw.h"
#include "term/term.h"

enum { COLUMNS = 78, MAX_WORDS = 20, MAX_PACE = 60 * 1000 };

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
static void draw(const struct cli *c, const json_t *model)
{
	auto_model *m = NULL;
	auto_free char *drawing = NULL;

	if (!model || model_from_json(model, &m, NULL) < 0)
		return;
	drawing = draw_model(m, DRAW_TEXT);
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
		text_wrap(c->out, cli_tr_json(c, g), 4, COLUMNS);
	}
}

/*
 * The fault is verified while the learner reads. Whether it shows is for the grade to say: in a
 * scenario where nothing is wrong, the answer would give it away.
 */
static int verify(struct client *lab, struct err *err)
{
	return client_call(lab, json_pack("{s:s}", "do", "verify"), NULL, 0, NULL, NULL, err);
}

static const struct text recorded = {
	"Recorded in this lab's folder, for the grade: what you type and see here, packets, "
	"programs and changes of the "
	"lab. Nothing outside it.",
	"採点のため、このラボの中での入力と表示、パケット、実行、変更だけを記録します。ラボの外は記"
	"録しません。",
};

static const struct text at_hand = {
	"Commands: dojo task, dojo map, dojo hint, dojo check, dojo windows,\n"
	"          dojo diagnose, dojo grade, dojo quit\n",
	"コマンド: dojo task, dojo map, dojo hint, dojo check, dojo windows,\n"
	"          dojo diagnose, dojo grade, dojo quit\n",
};

/* What the learner is told before the shell opens. */
static int introduce(const struct cli *c, struct client *lab, const json_t *up, struct err *err)
{
	auto_json json_t *task = NULL, *info = NULL;
	int rc = client_call(lab, json_pack("{s:s}", "do", "task"), NULL, 0, &task, NULL, err);

	if (rc == 0)
		rc = client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);
	if (rc < 0)
		return rc;
	draw(c, json_object_get(info, "model"));
	fprintf(c->out, "%s%s%s  (%s %s)\n", cli_style(c, STYLE_BOLD),
		cli_tr_json(c, json_object_get(task, "title")), cli_style(c, STYLE_NONE),
		cli_tr(c, (struct text){"seed", "シード"}), json_str(up, "seed", ""));
	heading(c, (struct text){"Ticket", "依頼文"});
	fputs("  ", c->out);
	text_wrap(c->out, cli_tr_json(c, json_object_get(task, "ticket")), 2, COLUMNS);
	goals(c, json_object_get(task, "goals"));
	fputc('\n', c->out);
	text_wrap(c->out, cli_tr(c, recorded), 0, COLUMNS);
	fprintf(c->out, "\n%s\n", cli_tr(c, at_hand));
	return fflush(c->out) == EOF ? err_sys(err, errno, "Can't write") : 0;
}

struct words {
	char *v[MAX_WORDS];
	size_t n;
};

static void add(struct words *w, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	w->v[w->n++] = (char *)option;
	w->v[w->n++] = (char *)value;
}

static int terminal(const struct cli *c, struct client *lab, struct err *err)
{
	auto_json json_t *info = NULL;
	struct words w = {.v = {(char *)"netdojo-term", (char *)"--play"}, .n = 2};
	char fd[16], node[32];
	int rc = client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);

	if (rc == 0)
		rc = hosting_learners_node(lab, node, sizeof(node), err);
	if (rc < 0)
		return rc;
	snprintf(fd, sizeof(fd), "%d", client_fd(lab));
	add(&w, "--fd", fd);
	add(&w, "--node", node);
	add(&w, "--record", json_str(info, "attempt", ""));
	add(&w, "--lang", cli_lang(c));
	add(&w, "--type", cli_opt(c, "script"));
	add(&w, "--pace", cli_opt(c, "pace"));
	return hosting_run(w.v, client_fd(lab), err);
}

static int end_in_grade(const struct cli *c, struct client *lab)
{
	auto_free char *dir = NULL;
	auto_attempt a = {0};
	struct err err = {0};
	int code;

	if (c->progress)
		progress_show((void *)c, cli_tr(c, (struct text){"grading", "採点中"}), 0, 0);
	if (grading_finish(lab, &dir, &err) < 0 || grading_run(c, dir, &a, &err) < 0) {
		progress_clear(c);
		return cli_fail(c, &err);
	}
	progress_clear(c);
	fputc('\n', c->out);
	code = grading_print(c, &a);
	fprintf(c->out, "\n%s netdojo grade --attempt %s\n",
		cli_tr(c, (struct text){"Again at any time:", "いつでももう一度:"}), dir);
	return code;
}

static int end(const struct cli *c, struct client *lab, int status)
{
	struct err err = {0};

	if (status == TERM_EXIT_GRADE)
		return end_in_grade(c, lab);
	if (status == TERM_EXIT_QUIT) {
		cli_note(
			c, "%s",
			cli_tr(c, (struct text){"Left without a grade", "採点せずに終了しました"}));
		return EXIT_SHORT;
	}
	if (status <= EXIT_MACHINE)
		return status; /* the terminal has said why */
	if (status == TERM_EXIT_LOST)
		err_set(&err, ERR_MACHINE, EPIPE, "The lab ended by itself");
	else
		err_set(&err, ERR_MACHINE, EINTR, "The terminal ended (status %d)", status);
	return cli_fail(c, &err);
}

/* What the terminal would find wrong only once the lab stands. */
static int check_script(const struct cli *c, struct err *err)
{
	const char *path = cli_opt(c, "script");
	long pace;
	int rc = cli_opt_long(c, "pace", 0, MAX_PACE, 0, &pace, err);

	if (rc == 0 && path && access(path, R_OK) < 0)
		rc = err_set(err, ERR_USAGE, errno, "Can't read the script %s: %s", path,
			     strerror(errno));
	return rc;
}

int cmd_play(struct cli *c)
{
	auto_catalogue_entry e = {0};
	auto_client *lab = NULL;
	auto_json json_t *up = NULL;
	struct err err = {0};
	struct boot b = {.seed = cli_opt(c, "seed"),
			 .variant = cli_opt(c, "variant"),
			 .lang = cli_lang(c),
			 .attempt_dir = cli_opt(c, "attempt"),
			 .hold = true};
	int rc = catalogue_find(c->args[0], &e, &err);

	if (rc == 0)
		rc = check_script(c, &err);
	if (rc == 0)
		rc = kernel_need(c, e.path, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	b.scenario_path = e.path;
	b.scenario_id = e.id;
	rc = client_boot(&b, c->progress ? progress_show : NULL, c, &lab, &up, &err);
	progress_clear(c);
	if (rc == 0)
		rc = introduce(c, lab, up, &err);
	if (rc == 0)
		rc = verify(lab, &err);
	if (rc == 0)
		rc = terminal(c, lab, &err);
	return rc < 0 ? cli_fail(c, &err) : end(c, lab, rc);
}
