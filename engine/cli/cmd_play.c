/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netdojo play ID: up, the learner's terminal, grade, down.
 *
 * Theory of operation. An attempt is its folder; a lab is one life of it. The terminal host's exit code says what comes next: the
 * grade; another lab from the same seed (`dojo reset`); or the attempt is left for `play --resume`, because the learner said so
 * or because the terminal went away.
 */
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
#include "cli/play_script.h"
#include "cli/progress.h"
#include "cli/resume.h"
#include "term/term.h"

enum {
	MAX_WORDS = 20,
	MAX_PACE = 60 * 1000,
	LEAVE_MS = 5000, /* what the recorders may take to tell all they saw */
};

/* One attempt being played. */
struct play {
	const struct cli *c;
	struct boot b;
	struct client *lab; /* this life's */
	unsigned resets;
	json_t *info; /* of the first one */
	char *dir;    /* the attempt's folder */
};

static void play_done(struct play *p)
{
	client_free(p->lab);
	json_decref(p->info);
	free(p->dir);
}

/*
 * The fault is verified while the learner reads. Whether it shows is for the grade to say: in a
 * scenario where nothing is wrong, the answer would give it away. Not after a reset: what was so
 * once is built from the same seed again, and its probes would run beside the learner's own.
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

/* What the typist gets: the script's part for this life of the attempt; -1 = a person types. */
static int typed(const struct play *p, char *buf, size_t size, struct err *err)
{
	const char *path = cli_opt(p->c, "script");
	int fd = path ? play_script_part(path, p->resets, err) : -1;

	snprintf(buf, size, "%d", fd);
	return path ? fd : 0;
}

static int terminal(const struct play *p, struct err *err)
{
	struct words w = {.v = {(char *)"netdojo-term", (char *)"--play"}, .n = 2};
	char fd[16], node[32], lines[16];
	auto_fd script = -1;
	int rc = hosting_learners_node(p->lab, node, sizeof(node), err);

	if (rc == 0)
		rc = typed(p, lines, sizeof(lines), err);
	if (rc < 0)
		return rc;
	script = rc > 0 ? rc : -1;
	snprintf(fd, sizeof(fd), "%d", client_fd(p->lab));
	add(&w, "--fd", fd);
	add(&w, "--node", node);
	add(&w, "--record", p->dir);
	add(&w, "--lang", cli_lang(p->c));
	add(&w, "--shell", cli_opt(p->c, "shell"));
	add(&w, "--type-fd", script >= 0 ? lines : NULL);
	add(&w, "--pace", cli_opt(p->c, "pace"));
	return hosting_run(w.v, client_fd(p->lab), err);
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
	grading_keep(c, dir, &a);
	fprintf(c->out, "%s netdojo grade --attempt %s\n",
		cli_tr(c, (struct text){"Again at any time:", "いつでももう一度:"}), dir);
	return code;
}

/* Of a play without a record nothing falls short. */
static int end_ungraded(const struct cli *c)
{
	cli_note(c, "%s",
		 cli_tr(c,
			(struct text){"Nothing was recorded (--no-record), so there is no grade",
				      "何も記録していない (--no-record) ため、採点はありません"}));
	return EXIT_DONE;
}

/* Ends the lab and keeps the attempt; a lab that is gone already has ended as it could. */
static void leave(const struct play *p, const char *why)
{
	client_set_patience(p->lab, LEAVE_MS, NULL);
	client_call(p->lab, json_pack("{s:s, s:s}", "do", "leave", "why", why), NULL, 0, NULL, NULL,
		    NULL);
}

/* What to say to `play --resume`: the end of the folder's name, where the folder has the name we gave it. */
static const char *attempt_word(const struct play *p)
{
	const char *dash = strrchr(p->dir, '-');

	return p->b.attempt_dir && !p->b.resume ? p->dir : dash ? dash + 1 : p->dir;
}

static const struct text on_paused = {"Paused. To go on", "中断しました。再開するには"},
			 on_waiting = {"An unfinished attempt waits. To go on with it",
				       "途中の練習があります。再開するには"};

/* Where a shell stood until now, its prompt may stand. */
static void fresh_line(void)
{
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
}

static int paused(const struct play *p)
{
	leave(p, "asked");
	fresh_line();
	cli_note(p->c, "%s: netdojo play --resume %s", cli_tr(p->c, on_paused), attempt_word(p));
	return EXIT_SHORT;
}

static int left(const struct play *p)
{
	leave(p, "quit");
	fresh_line();
	cli_note(p->c, "%s",
		 cli_tr(p->c, (struct text){"Left without a grade", "採点せずに終了しました"}));
	return EXIT_SHORT;
}

/* The lab or the terminal went away; the attempt is whole, and can go on. */
static int cut(const struct play *p, int status)
{
	struct err err = {0};

	if (status == TERM_EXIT_LOST) {
		err_set(&err, ERR_MACHINE, EPIPE, "The lab ended by itself");
	} else {
		leave(p, "terminal-gone");
		err_set(&err, ERR_MACHINE, EINTR, "The terminal ended (status %d)", status);
	}
	if (!p->b.unrecorded)
		err_mend(&err, "`netdojo play --resume %s` goes on", attempt_word(p));
	return cli_fail(p->c, &err);
}

static int end(const struct play *p, int status)
{
	if (p->b.unrecorded && (status == TERM_EXIT_GRADE || status == TERM_EXIT_QUIT))
		return end_ungraded(p->c);
	if (status == TERM_EXIT_GRADE)
		return end_in_grade(p->c, p->lab);
	if (status == TERM_EXIT_PAUSE)
		return paused(p);
	if (status == TERM_EXIT_QUIT)
		return left(p);
	if (status <= EXIT_MACHINE)
		return status; /* the terminal has said why */
	return cut(p, status);
}

static int check_record(const struct cli *c, struct err *err)
{
	const char *other = cli_opt(c, "attempt")   ? "attempt"
			    : cli_flag(c, "resume") ? "resume"
						    : NULL;

	if (cli_flag(c, "no-record") && other)
		return err_set(err, ERR_USAGE, EINVAL, "--no-record and --%s exclude each other",
			       other);
	return 0;
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

/* What the lab is, for the one that may follow it. */
static int know(struct play *p, struct err *err)
{
	int rc = p->info ? 0
			 : client_call(p->lab, json_pack("{s:s}", "do", "info"), NULL, 0, &p->info,
				       NULL, err);

	if (rc == 0 && !p->dir)
		p->dir = strdup(json_str(p->info, "attempt", ""));
	return rc == 0 && !p->dir ? err_sys(err, ENOMEM, "Can't name the attempt") : rc;
}

/* "L5 portproxy-stale"; "none". Caller frees. */
static char *answer_text(const json_t *said)
{
	const json_t *a = json_array_get(json_object_get(said, "answers"), 0);
	const char *cause = json_str(a, "cause", "");
	char *text = NULL;

	if (json_flag(said, "none", false))
		return strdup("none");
	if (a && asprintf(&text, "%s%s%s", json_str(a, "layer", ""), *cause ? " " : "", cause) < 0)
		return NULL;
	return text;
}

/* An attempt is taken up again: what is as it was left, and what is not. */
static void tell_resumed(struct play *p)
{
	static const struct text
		on = {"Resumed: all is broken as it was at the start; what you saw "
		      "before still counts",
		      "再開しました。最初の壊れた状態に戻っています。"
		      "これまでの観察は有効です"},
		last = {"Your last diagnosis", "最後に記録した診断"};
	auto_json json_t *answer = NULL;
	auto_free char *text = NULL;
	const json_t *said;

	cli_note(p->c, "%s", cli_tr(p->c, on));
	client_call(p->lab, json_pack("{s:s}", "do", "said"), NULL, 0, &answer, NULL, NULL);
	said = json_object_get(answer, "said");
	if (json_array_size(said))
		text = answer_text(json_array_get(said, json_array_size(said) - 1));
	if (text)
		cli_note(p->c, "%s: %s", cli_tr(p->c, last), text);
}

static int build(struct play *p, struct err *err)
{
	auto_json json_t *up = NULL;
	int rc = client_boot(&p->b, p->c->progress ? progress_show : NULL, (void *)p->c, &p->lab,
			     &up, err);

	progress_clear(p->c);
	if (rc == 0)
		rc = know(p, err);
	if (rc < 0 || p->resets)
		return rc;
	rc = introduce(p->c, p->lab, up, err);
	if (rc == 0 && p->b.resume)
		tell_resumed(p);
	return rc < 0 ? rc : verify(p->lab, err);
}

static const struct text again = {
	"Reset: all is broken as it was at the start; what you saw before still counts",
	"リセットしました。最初の壊れた状態に戻りました。これまでの観察は有効です",
};

/* The same lab anew, for the same attempt. */
static int rebuild(struct play *p, struct err *err)
{
	int rc;

	fresh_line();
	leave(p, "reset");
	client_free(p->lab);
	p->lab = NULL;
	p->resets++;
	p->b.seed = json_str(p->info, "seed", "");
	p->b.variant = json_str(p->info, "variant", "");
	p->b.attempt_dir = p->dir;
	p->b.resume = p->b.unrecorded ? NULL : "reset";
	rc = build(p, err);
	if (rc == 0)
		cli_note(p->c, "%s", cli_tr(p->c, again));
	return rc;
}

/* Lab after lab, until the terminal ends for another reason than a reset. */
static int run(struct play *p)
{
	struct err err = {0};
	int rc = build(p, &err);

	if (rc == 0)
		rc = terminal(p, &err);
	while (rc == TERM_EXIT_RESET) {
		rc = rebuild(p, &err);
		if (rc == 0)
			rc = terminal(p, &err);
	}
	return rc < 0 ? cli_fail(p->c, &err) : end(p, rc);
}

/* Once, where somebody would read it. */
static void tell_unfinished(const struct cli *c, const char *id)
{
	auto_resumable r = {0};
	const char *name;

	if (cli_opt(c, "script") || !resume_waits(id, &r))
		return;
	name = strrchr(r.dir, '-');
	cli_note(c, "%s: netdojo play --resume %s", cli_tr(c, on_waiting), name ? name + 1 : r.dir);
}

static int play_new(struct cli *c)
{
	auto_catalogue_entry e = {0};
	struct err err = {0};
	nd_cleanup(play_done) struct play p = {.c = c,
					       .b = {.seed = cli_opt(c, "seed"),
						     .variant = cli_opt(c, "variant"),
						     .lab = cli_opt(c, "lab"),
						     .lang = cli_lang(c),
						     .attempt_dir = cli_opt(c, "attempt"),
						     .unrecorded = cli_flag(c, "no-record"),
						     .hold = true}};
	int rc = catalogue_find(c->args[0], &e, &err);

	if (rc == 0)
		rc = kernel_need(c, e.path, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	tell_unfinished(c, e.id);
	p.b.scenario_path = e.path;
	p.b.scenario_id = e.id;
	return run(&p);
}

static int play_on(struct cli *c)
{
	auto_resumable r = {0};
	struct err err = {0};
	nd_cleanup(play_done) struct play p = {.c = c};
	int rc = resume_find(c->n_args ? c->args[0] : NULL, &r, &err);

	if (rc == 0)
		rc = kernel_need(c, r.path, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	p.b = (struct boot){.scenario_path = r.path,
			    .scenario_id = resumable_word(&r, "scenario"),
			    .seed = resumable_word(&r, "seed"),
			    .variant = resumable_word(&r, "variant"),
			    .lang = resumable_word(&r, "lang"),
			    .lab = cli_opt(c, "lab"),
			    .attempt_dir = r.dir,
			    .resume = "resumed",
			    .hold = true};
	return run(&p);
}

/* What an attempt began with, it goes on with. */
static int check_words(const struct cli *c, struct err *err)
{
	static const char *const fixed[] = {"seed", "variant", "attempt"};

	if (!cli_flag(c, "resume")) {
		if (c->n_args)
			return 0;
		err_set(err, ERR_USAGE, EINVAL, "ID is missing");
		return err_mend(err, "`netdojo list --titles` numbers them");
	}
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (cli_flag(c, fixed[i]))
			return err_set(err, ERR_USAGE, EINVAL,
				       "--resume and --%s exclude each other", fixed[i]);
	return 0;
}

int cmd_play(struct cli *c)
{
	struct err err = {0};
	int rc = check_words(c, &err);

	if (rc == 0)
		rc = check_record(c, &err);
	if (rc == 0)
		rc = check_script(c, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	return cli_flag(c, "resume") ? play_on(c) : play_new(c);
}
