/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo course */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "base/textwidth.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/course.h"

static void print_courses(const struct cli *c, const json_t *courses)
{
	const json_t *one;
	size_t i;

	json_array_foreach (courses, i, one)
		fprintf(c->out, "%s%s%s  %d/%d  %s\n    %s\n", cli_style(c, STYLE_BOLD),
			json_str(one, "id", ""), cli_style(c, STYLE_NONE),
			(int)json_int(one, "passed", 0), (int)json_int(one, "of", 0),
			cli_tr_json(c, json_object_get(one, "title")),
			cli_tr_json(c, json_object_get(one, "about")));
}

/* A sign and a word each: no meaning hangs on colour alone. */
static const struct {
	const char *state, *sign;
	struct text word;
	enum cli_style style;
} states[] = {
	{"new", " ", {"", ""}, STYLE_NONE},
	{"unfinished", "~", {"unfinished", "途中"}, STYLE_WARN},
	{"failed", "-", {"not passed", "不合格"}, STYLE_BAD},
	{"passed", "+", {"passed", "合格"}, STYLE_GOOD},
};

/* What is shown of a scenario is its number and its title: the id would tell the answer. */
static const char *title_of(const struct cli *c, const struct catalogue *all, const char *id)
{
	unsigned n = catalogue_number(all, id);
	const json_t *title = n ? json_object_get(all->v[n - 1].meta, "title") : NULL;

	return title ? cli_tr_json(c, title) : id;
}

static void print_scenario(const struct cli *c, const struct catalogue *all, const json_t *one,
			   const char *next)
{
	const json_t *best = json_object_get(one, "best");
	const char *id = json_str(one, "id", "");
	unsigned n = catalogue_number(all, id);
	size_t k = 0;

	while (k + 1 < ARRAY_SIZE(states) && strcmp(states[k].state, json_str(one, "state", "")))
		k++;
	fprintf(c->out, "  [%s] %3u  %s %d  ", states[k].sign, n,
		cli_tr(c, (struct text){"level", "レベル"}),
		(int)json_int(n ? all->v[n - 1].meta : NULL, "level", 0));
	if (json_is_integer(best))
		fprintf(c->out, "%4lld  ", (long long)json_integer_value(best));
	else
		fputs("      ", c->out);
	fputs(title_of(c, all, id), c->out);
	if (*states[k].word.en)
		fputs("  ", c->out);
	fprintf(c->out, "%s%s%s", cli_style(c, states[k].style), cli_tr(c, states[k].word),
		cli_style(c, STYLE_NONE));
	if (next && strcmp(next, id) == 0)
		fputs(cli_tr(c, (struct text){" <- next", " <- 次"}), c->out);
	fputc('\n', c->out);
}

static void print_unit(const struct cli *c, const struct catalogue *all, const json_t *unit,
		       const char *next)
{
	const json_t *one;
	size_t i;

	fprintf(c->out, "\n%s%s%s", cli_style(c, STYLE_BOLD),
		cli_tr_json(c, json_object_get(unit, "title")), cli_style(c, STYLE_NONE));
	if (json_flag(unit, "done", false))
		fprintf(c->out, "  (%s)", cli_tr(c, (struct text){"done", "修了"}));
	else if (!json_flag(unit, "open", false))
		fprintf(c->out, "  (%s)",
			cli_tr(c, (struct text){"not open yet", "まだ開いていません"}));
	else
		fprintf(c->out, "  (%s %d/%d)", cli_tr(c, (struct text){"to pass:", "合格が必要:"}),
			(int)json_int(unit, "need", 0),
			(int)json_array_size(json_object_get(unit, "scenarios")));
	fprintf(c->out, "\n%s\n", cli_tr_json(c, json_object_get(unit, "text")));
	json_array_foreach (json_object_get(unit, "scenarios"), i, one)
		print_scenario(c, all, one, next);
}

static void print_course(const struct cli *c, const struct catalogue *all, const json_t *course)
{
	const char *next = json_str(course, "next", NULL);
	const json_t *unit;
	size_t i;

	fprintf(c->out, "%s%s%s  %d/%d\n%s\n", cli_style(c, STYLE_BOLD),
		cli_tr_json(c, json_object_get(course, "title")), cli_style(c, STYLE_NONE),
		(int)json_int(course, "passed", 0), (int)json_int(course, "of", 0),
		cli_tr_json(c, json_object_get(course, "about")));
	json_array_foreach (json_object_get(course, "units"), i, unit)
		print_unit(c, all, unit, next);
	if (json_flag(course, "done", false))
		fprintf(c->out, "\n%s\n",
			cli_tr(c, (struct text){"You have finished this course.",
						"このコースを修了しました。"}));
}

static bool is_unfinished(const json_t *course, const char *id)
{
	const json_t *unit, *one;
	size_t i, k;

	json_array_foreach (json_object_get(course, "units"), i, unit)
		json_array_foreach (json_object_get(unit, "scenarios"), k, one)
			if (strcmp(json_str(one, "id", ""), id) == 0)
				return strcmp(json_str(one, "state", ""), "unfinished") == 0;
	return false;
}

/* Becomes `netdojo play`, so that it is the same play in all. */
static int go_on(struct cli *c, const struct catalogue *all, const json_t *course, struct err *err)
{
	const char *next = json_str(course, "next", NULL), *seed = cli_opt(c, "seed");
	bool resume = next && is_unfinished(course, next);
	const char *argv[10] = {"netdojo", "play"};
	size_t n = 2;

	if (!next)
		return err_set(err, ERR_USAGE, ENOENT, "Every scenario of this course is passed");
	if (resume)
		argv[n++] = "--resume";
	else if (seed) {
		argv[n++] = "--seed";
		argv[n++] = seed;
	}
	argv[n++] = "--lang";
	argv[n++] = cli_lang(c);
	argv[n++] = "--";
	argv[n++] = next;
	cli_note(c, "%s %s",
		 resume ? cli_tr(c, (struct text){"going on with", "再開します:"})
			: cli_tr(c, (struct text){"next is", "次はこれです:"}),
		 title_of(c, all, next));
	fflush(NULL);
	execv("/proc/self/exe", (char *const *)argv);
	return err_sys(err, errno, "Can't start netdojo play");
}

int cmd_course(struct cli *c)
{
	const char *name = c->n_args ? c->args[0] : NULL;
	auto_json json_t *attempts = NULL, *courses = NULL;
	auto_catalogue all = {0};
	const json_t *course;
	struct err err = {0};

	if (course_attempts(&attempts, &err) < 0 ||
	    courses_load(name, attempts, &courses, &err) < 0)
		return cli_fail(c, &err);
	if (c->json)
		return cli_print_json(c, "course", json_pack("{s:O}", "courses", courses));
	if (!name) {
		print_courses(c, courses);
		return EXIT_DONE;
	}
	course = json_array_get(courses, 0);
	if (cli_flag(c, "next")) {
		if (json_str(course, "next", NULL))
			fprintf(c->out, "%s\n", json_str(course, "next", ""));
		return json_str(course, "next", NULL) ? EXIT_DONE : EXIT_SHORT;
	}
	if (catalogue_select(NULL, 0, &all, &err) < 0)
		return cli_fail(c, &err);
	print_course(c, &all, course);
	if (cli_flag(c, "list") || json_is_null(json_object_get(course, "next")))
		return EXIT_DONE;
	go_on(c, &all, course, &err);
	return cli_fail(c, &err);
}
