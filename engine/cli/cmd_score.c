/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo score */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/textwidth.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/packer.h"
#include "cli/progress.h"
#include "cli/script_client.h"
#include "grade/attempt.h"
#include "grade/class.h"
#include "grade/problem.h"
#include "grade/report.h"
#include "grade/safe.h"

enum { ROSTER_BYTES = 4 * 1024 * 1024 };

/* A class being graded. */
struct scoring {
	const struct cli *c;
	struct submission *v; /* owned */
	size_t n;
	struct roster roster, seeds;
	struct class_rules rules;
	const char **accepted; /* (array owned) */
	struct catalogue catalogue;
	struct attempt last; /* the grade of the newest file, for Gradescope's form */
};

static void scoring_done(struct scoring *s)
{
	for (size_t i = 0; i < s->n; i++)
		submission_done(&s->v[i]);
	free(s->v);
	free(s->accepted);
	roster_done(&s->roster);
	roster_done(&s->seeds);
	catalogue_done(&s->catalogue);
	attempt_done(&s->last);
}

static int read_roster(const char *path, struct roster *ret, struct err *err)
{
	auto_free char *text = NULL;
	size_t len;
	int rc = file_read(NULL, path, ROSTER_BYTES, &text, &len, err);

	if (rc == 0)
		rc = roster_parse(text, len, ret, err);
	return rc < 0 && text ? err_wrap(err, "%s", path) : rc;
}

static int read_accepted(struct scoring *s, struct err *err)
{
	size_t n = 0;

	while (cli_opt_nth(s->c, "accept", n))
		n++;
	s->accepted = calloc(n + 1, sizeof(*s->accepted));
	if (!s->accepted)
		return err_sys(err, ENOMEM, "Can't read --accept");
	while (n--)
		s->accepted[n] = cli_opt_nth(s->c, "accept", n);
	s->rules.accept = s->accepted;
	s->rules.lenient = cli_flag(s->c, "lenient");
	return 0;
}

static int read_rules(struct scoring *s, struct err *err)
{
	const char *roster = cli_opt(s->c, "roster"), *from = cli_opt(s->c, "seed-from");
	int rc = read_accepted(s, err);

	if (rc == 0 && roster)
		rc = read_roster(roster, &s->roster, err);
	s->rules.roster = roster ? &s->roster : NULL;
	s->rules.alone = strcmp(s->c->format, "gradescope") == 0;
	if (rc < 0 || !from)
		return rc;
	if (strcmp(from, "name") == 0)
		s->rules.seed = SEED_NAME;
	else if (strcmp(from, "any") == 0)
		s->rules.seed = SEED_ANY;
	else {
		rc = read_roster(from, &s->seeds, err);
		s->rules.seeds = &s->seeds;
	}
	return rc;
}

static const char *scenario_path(const struct scoring *s, const char *id)
{
	for (size_t i = 0; i < s->catalogue.n; i++)
		if (strcmp(s->catalogue.v[i].id, id) == 0)
			return s->catalogue.v[i].path;
	return NULL;
}

/* With the catalogue's text, in a script process of its own; the events are the submission's no more. */
static int grade(struct scoring *s, struct submission *one, const char *path, const char *text,
		 struct err *err)
{
	auto_script_client *client = NULL;
	auto_json json_t *meta = NULL;
	struct script_port port;
	int rc = script_client_start(&client, err);

	if (rc < 0)
		return rc;
	port = script_client_port(client);
	rc = script_load(&port, text, path, json_str(one->row, "seed", ""),
			 json_str(one->row, "variant", ""), cli_lang(s->c), &meta, err);
	attempt_done(&s->last);
	return rc < 0 ? rc
		      : attempt_score_events(json_incref(one->events), &port, meta, &s->last, err);
}

static void regrade(struct scoring *s, struct submission *one, struct span copy)
{
	const char *id = json_str(one->row, "scenario", ""), *path = scenario_path(s, id);
	auto_free char *text = NULL;
	struct err why = {0};

	if (!one->events)
		return;
	if (!path) {
		problem_add(one->row, PROBLEM_UNKNOWN, id, NULL);
		return;
	}
	if (script_read_file(path, &text, &why) == 0) {
		submission_compare(one, copy, text);
		if (grade(s, one, path, text, &why) == 0) {
			submission_drop_usual(one, s->last.meta, s->last.grade);
			submission_grade(one, s->last.grade, NULL);
			return;
		}
	}
	submission_grade(one, NULL, &why);
}

static struct span span_of(const struct unpacked *u, const char *name)
{
	const struct packed *p = unpacked_find(u, name);

	return p ? (struct span){p->text, p->len} : (struct span){"", 0};
}

static int take_file(struct scoring *s, const char *path, struct err *err)
{
	struct submission *one = &s->v[s->n++];
	auto_unpacked u = {0};
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct submission_parts parts;
	struct err why = {0};
	int rc;

	if (fd < 0)
		return err_set(err, ERR_USAGE, errno, "Can't read %s: %s", path, strerror(errno));
	rc = packer_read(fd, &u, &why);
	if (rc < 0 && why.kind == ERR_MACHINE) {
		*err = why;
		return rc;
	}
	if (rc < 0)
		return submission_broken(path, &why, one) < 0
			       ? err_sys(err, ENOMEM, "Can't read %s", path)
			       : 0;
	parts = (struct submission_parts){span_of(&u, "manifest.json"), span_of(&u, "scenario.lua"),
					  span_of(&u, "events.jsonl")};
	rc = submission_read(path, &parts, one, err);
	if (rc == 0)
		regrade(s, one, parts.scenario);
	json_decref(one->events); /* of many files, one's events at a time */
	one->events = one->events ? json_array() : NULL;
	return rc;
}

static int take_files(struct scoring *s, struct err *err)
{
	const struct cli *c = s->c;
	int rc = catalogue_scan(&s->catalogue, err);

	s->v = calloc(c->n_args, sizeof(*s->v));
	if (rc == 0 && !s->v)
		rc = err_sys(err, ENOMEM, "Can't read the submissions");
	for (size_t i = 0; i < c->n_args && rc == 0; i++) {
		progress_show((void *)c, c->args[i], (int)i + 1, (int)c->n_args);
		rc = take_file(s, c->args[i], err);
	}
	progress_clear(c);
	return rc;
}

/* --- forms --- */

/* What is of a group has a line of its own below. */
static bool of_group(const json_t *p)
{
	return strncmp(json_str(p, "id", ""), "same-", 5) == 0;
}

static void print_list(const struct cli *c, const json_t *list)
{
	const json_t *p;
	size_t i;

	json_array_foreach (list, i, p)
		if (!of_group(p))
			fprintf(c->out, "    %s%s%s: %s\n", cli_style(c, STYLE_WARN),
				json_str(p, "id", ""), cli_style(c, STYLE_NONE),
				cli_tr_json(c, json_object_get(p, "text")));
}

static void print_row(const struct cli *c, const json_t *row, int width)
{
	bool graded = json_is_integer(json_object_get(row, "score"));
	char score[16] = "-";

	if (graded)
		snprintf(score, sizeof(score), "%lld", (long long)json_int(row, "score", 0));
	text_pad(c->out, json_str(row, "name", json_str(row, "claimed_name", "?")), width);
	fprintf(c->out, "  %4s  %-11s  %-32s  %s\n", score,
		!graded				? "-"
		: json_flag(row, "held", false) ? cli_tr(c, (struct text){"held", "保留"})
		: json_flag(row, "passed", false)
			? cli_tr(c, (struct text){"passed", "合格"})
			: cli_tr(c, (struct text){"not passed", "不合格"}),
		json_str(row, "scenario", ""), json_str(row, "file", ""));
	print_list(c, json_object_get(row, "problems"));
	print_list(c, json_object_get(row, "notes"));
}

static void print_groups(const struct cli *c, const json_t *groups)
{
	const json_t *g, *file;
	size_t i, k;

	json_array_foreach (groups, i, g) {
		fprintf(c->out, "%s%s%s:", cli_style(c, STYLE_WARN), json_str(g, "id", ""),
			cli_style(c, STYLE_NONE));
		json_array_foreach (json_object_get(g, "files"), k, file)
			fprintf(c->out, "%s %s", k ? "," : "", json_string_value(file));
		fprintf(c->out, ": %s\n", cli_tr_json(c, json_object_get(g, "text")));
	}
}

static void tell_held(const struct cli *c, const json_t *rows)
{
	const json_t *one;
	size_t i, n = 0;

	json_array_foreach (rows, i, one)
		n += json_flag(one, "held", false);
	if (n)
		fprintf(c->out, "%zu %s\n", n,
			cli_tr(c,
			       (struct text){
				       "held: no grade in csv, moodle and gradescope until you "
				       "have looked and say --accept FILE or --lenient",
				       "件は保留: 確認して --accept ファイル か --lenient "
				       "を付けるまで、csv、moodle、gradescope に点数は出ません"}));
}

static void print_human(const struct cli *c, const json_t *doc)
{
	const json_t *rows = json_object_get(doc, "submissions"), *missing, *one;
	int width = 8;
	size_t i;

	json_array_foreach (rows, i, one)
		if (text_width(json_str(one, "name", "")) > width)
			width = text_width(json_str(one, "name", ""));
	json_array_foreach (rows, i, one)
		print_row(c, one, width);
	print_groups(c, json_object_get(doc, "groups"));
	missing = json_object_get(doc, "missing");
	json_array_foreach (missing, i, one)
		fprintf(c->out, "%s%s%s: %s %s\n", cli_style(c, STYLE_WARN),
			cli_tr(c, (struct text){"missing", "未提出"}), cli_style(c, STYLE_NONE),
			json_str(one, "name", ""), json_str(one, "scenario", ""));
	fprintf(c->out, "%zu %s, %zu %s, %lld %s\n", json_array_size(rows),
		cli_tr(c, (struct text){"files", "ファイル"}), json_array_size(missing),
		cli_tr(c, (struct text){"missing", "件が未提出"}),
		(long long)json_int(doc, "named", 0),
		cli_tr(c, (struct text){"things named", "件の指摘"}));
	tell_held(c, rows);
}

/* What was named stands above the tests; a file that can't be graded has no points. */
static char *gradescope(const struct scoring *s, const json_t *doc)
{
	const json_t *row = json_array_get(json_object_get(doc, "submissions"), 0), *p;
	bool graded =
		json_is_integer(json_object_get(row, "score")) && !json_flag(row, "held", false);
	auto_free char *report = graded ? report_gradescope(s->last.grade, s->last.events) : NULL;
	auto_json json_t *form = report ? json_loads(report, 0, NULL)
					: json_pack("{s:i, s:s, s:s, s:[]}", "score", 0, "output",
						    "", "output_format", "text", "tests");
	auto_free char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	if (!form || !f) {
		file_closep(&f);
		return NULL;
	}
	if (json_flag(row, "held", false))
		fprintf(f, "%s\n",
			cli_tr(s->c, (struct text){"The grade waits until your teacher has looked",
						   "先生が確認するまで点数は保留です"}));
	json_array_foreach (json_object_get(row, "problems"), i, p)
		fprintf(f, "%s\n", cli_tr_json(s->c, json_object_get(p, "text")));
	fputs(json_str(form, "output", ""), f);
	fclose(f);
	json_object_set_new(form, "output", json_text(text));
	return json_dumps(form, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
}

static int print(const struct scoring *s, json_t *doc)
{
	const struct cli *c = s->c;
	auto_free char *text = NULL;

	if (c->json)
		return cli_print_json(c, "score", json_incref(doc));
	if (strcmp(c->format, "human") == 0) {
		print_human(c, doc);
		return EXIT_DONE;
	}
	if (strcmp(c->format, "csv") == 0)
		text = class_csv(doc);
	else if (strcmp(c->format, "moodle") == 0)
		text = class_moodle(doc, cli_lang(c));
	else
		text = gradescope(s, doc);
	fputs(text ? text : "", c->out);
	if (text && strcmp(c->format, "gradescope") == 0)
		fputc('\n', c->out);
	return text ? EXIT_DONE : EXIT_MACHINE;
}

static int check_usage(const struct cli *c, struct err *err)
{
	if (strcmp(c->format, "gradescope") == 0 && c->n_args > 1)
		return err_set(
			err, ERR_USAGE, EINVAL,
			"--format gradescope is for one file: its autograder runs once for each");
	if (strcmp(c->format, "moodle") == 0 && !cli_opt(c, "roster"))
		return err_set(err, ERR_USAGE, EINVAL,
			       "--format moodle has a line for each name of --roster: give one");
	return 0;
}

int cmd_score(struct cli *c)
{
	nd_cleanup(scoring_done) struct scoring s = {.c = c};
	auto_json json_t *doc = NULL, *safe = NULL;
	struct err err = {0};
	int rc = check_usage(c, &err);

	if (rc == 0)
		rc = read_rules(&s, &err);
	if (rc == 0)
		rc = take_files(&s, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	doc = class_make(s.v, s.n, &s.rules);
	safe = doc ? safe_copy(doc) : NULL;
	if (!safe) {
		err_sys(&err, ENOMEM, "Can't make the table");
		return cli_fail(c, &err);
	}
	rc = print(&s, safe);
	return rc ? rc : json_int(safe, "named", 0) ? EXIT_SHORT : EXIT_DONE;
}
