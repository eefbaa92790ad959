/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo play ID: up, the learner's terminal, grade, down. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "cli/catalogue.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/grading.h"
#include "cli/hosting.h"
#include "cli/intro.h"
#include "cli/kernel.h"
#include "cli/progress.h"
#include "term/term.h"

enum { MAX_WORDS = 20, MAX_PACE = 60 * 1000 };

/*
 * The fault is verified while the learner reads. Whether it shows is for the grade to say: in a
 * scenario where nothing is wrong, the answer would give it away.
 */
static int verify(struct client *lab, struct err *err)
{
	return client_call(lab, json_pack("{s:s}", "do", "verify"), NULL, 0, NULL, NULL, err);
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
