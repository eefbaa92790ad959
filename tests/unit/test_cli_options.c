/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option tables: parsing, suggestions, and that every command's table is whole. */
#include <check.h>
#include <string.h>

#include "cli/commands.h"
#include "test_cli.h"

static const char *const colours[] = {"red", "green", NULL};
static const char *const formats[] = {"human", "json", "dot", NULL};
static const struct option_spec table[] = {
	{.long_name = "lab", .short_name = 'l', .arg = "NAME"},
	{.long_name = "colour", .arg = "COLOUR", .choices = colours},
	{.long_name = "quick", .short_name = 'q'},
	{.long_name = "deep", .short_name = 'd'},
	{0},
};
static const struct command_spec plain = {.name = "plain",
					  .synopsis = "NODE [MORE]",
					  .operands = {{"NODE"}, {"MORE"}},
					  .min = 1,
					  .max = 2,
					  .options = table,
					  .formats = formats};
static const struct command_spec runs = {.name = "runs",
					 .synopsis = "NODE -- CMD",
					 .operands = {{"NODE"}},
					 .min = 1,
					 .max = 1,
					 .rest = REST_AFTER_OPERANDS,
					 .options = table};

enum { MAX_WORDS = 12 };

/* One parse of a line of words parted by blanks. */
struct parse {
	struct cli c;
	struct err err;
	char text[256];
	char *argv[MAX_WORDS + 1];
	int rc;
};

static void parse(struct parse *p, const struct command_spec *cmd, const char *line)
{
	int argc = 0;

	*p = (struct parse){0};
	snprintf(p->text, sizeof(p->text), "%s", line);
	for (char *w = strtok(p->text, " "); w && argc < MAX_WORDS; w = strtok(NULL, " "))
		p->argv[argc++] = w;
	p->rc = options_parse(&p->c, cmd, argc, p->argv, &p->err);
}

START_TEST(options_and_operands_mix)
{
	struct parse p;

	parse(&p, &plain, "plain a --lab x -q b --colour=red");
	ck_assert_int_eq(p.rc, 0);
	ck_assert_uint_eq(p.c.n_args, 2);
	ck_assert_str_eq(p.c.args[0], "a");
	ck_assert_str_eq(p.c.args[1], "b");
	ck_assert_str_eq(cli_opt(&p.c, "lab"), "x");
	ck_assert_str_eq(cli_opt(&p.c, "colour"), "red");
	ck_assert(cli_flag(&p.c, "quick"));
	ck_assert(!cli_flag(&p.c, "deep"));
	ck_assert_str_eq(p.c.format, "human");
}
END_TEST

START_TEST(letters_join)
{
	struct parse p;

	parse(&p, &plain, "plain -qdlx a");
	ck_assert_int_eq(p.rc, 0);
	ck_assert(cli_flag(&p.c, "quick"));
	ck_assert(cli_flag(&p.c, "deep"));
	ck_assert_str_eq(cli_opt(&p.c, "lab"), "x");
}
END_TEST

START_TEST(dashes_end_options)
{
	struct parse p;

	parse(&p, &plain, "plain -- --lab -x");
	ck_assert_int_eq(p.rc, 0);
	ck_assert_str_eq(p.c.args[0], "--lab");
	ck_assert_str_eq(p.c.args[1], "-x");
}
END_TEST

START_TEST(json_is_a_format)
{
	struct parse p;

	parse(&p, &plain, "plain a --json");
	ck_assert(p.c.json);
	parse(&p, &plain, "plain a --format json");
	ck_assert(p.c.json);
	parse(&p, &plain, "plain a --json --format dot");
	ck_assert(!p.c.json);
	ck_assert_str_eq(p.c.format, "dot");
}
END_TEST

START_TEST(rest_begins_after_operands)
{
	struct parse p;

	parse(&p, &runs, "runs wsl -- ip -4 route");
	ck_assert_int_eq(p.rc, 0);
	ck_assert_uint_eq(p.c.n_args, 1);
	ck_assert_uint_eq(p.c.n_rest, 3);
	ck_assert_str_eq(p.c.rest[1], "-4");
	ck_assert_ptr_null(p.c.rest[3]);
	parse(&p, &runs, "runs wsl --lab x ls --lab y");
	ck_assert_int_eq(p.rc, 0);
	ck_assert_str_eq(cli_opt(&p.c, "lab"), "x");
	ck_assert_uint_eq(p.c.n_rest, 3);
	ck_assert_str_eq(p.c.rest[0], "ls");
	parse(&p, &runs, "runs wsl -- -- x");
	ck_assert_str_eq(p.c.rest[0], "--");
}
END_TEST

/* A wrong line and what its error must say. */
static const struct wrong {
	const struct command_spec *cmd;
	const char *line, *msg, *mend;
} wrong_lines[] = {
	{&plain, "plain --lba x", "'--lba'", "'--lab'"},
	{&plain, "plain --zzzzzzzz a", "'--zzzzzzzz'", "netdojo help plain"},
	{&plain, "plain -z a", "'-z'", "netdojo help plain"},
	{&plain, "plain a --lab", "needs NAME", ""},
	{&plain, "plain a -l", "needs NAME", ""},
	{&plain, "plain a --quick=yes", "takes no value", ""},
	{&plain, "plain a --colour gren", "'gren'", "'green'"},
	{&plain, "plain a --colour purple", "'purple'", "red, green"},
	{&plain, "plain a --format svg", "'svg'", "human, json, dot"},
	{&plain, "plain a --format jsn", "'jsn'", "'json'"},
	{&plain, "plain", "NODE is missing", "Usage"},
	{&plain, "plain a b c", "'c'", "Usage"},
	{&runs, "runs wsl", "CMD is missing", "Usage"},
	{&runs, "runs wsl --", "CMD is missing", "Usage"},
	{&runs, "runs", "NODE is missing", "Usage"},
	{&runs, "runs wsl --json -- x", "'--json'", ""},
};

START_TEST(wrong_lines_are_told)
{
	const struct wrong *w = &wrong_lines[_i];
	struct parse p;

	parse(&p, w->cmd, w->line);
	ck_assert_int_lt(p.rc, 0);
	ck_assert_int_eq(p.err.kind, ERR_USAGE);
	ck_assert_msg(strstr(p.err.msg, w->msg), "%s: %s", w->line, p.err.msg);
	ck_assert_msg(strstr(p.err.mend, w->mend), "%s: %s", w->line, p.err.mend);
}
END_TEST

START_TEST(help_needs_nothing_else)
{
	struct parse p;

	parse(&p, &plain, "plain --help");
	ck_assert_int_eq(p.rc, 0);
	ck_assert(p.c.help);
}
END_TEST

START_TEST(numbers_are_bounded)
{
	struct parse p;
	long v = -1;

	parse(&p, &plain, "plain a --lab 7");
	ck_assert_int_eq(cli_opt_long(&p.c, "lab", 1, 9, 3, &v, &p.err), 0);
	ck_assert_int_eq(v, 7);
	ck_assert_int_lt(cli_opt_long(&p.c, "lab", 1, 6, 3, &v, &p.err), 0);
	parse(&p, &plain, "plain a --lab 7x");
	ck_assert_int_lt(cli_opt_long(&p.c, "lab", 1, 9, 3, &v, &p.err), 0);
	parse(&p, &plain, "plain a");
	ck_assert_int_eq(cli_opt_long(&p.c, "lab", 1, 9, 3, &v, &p.err), 0);
	ck_assert_int_eq(v, 3);
}
END_TEST

/* Names and letters seen in one command's options. */
struct seen {
	const struct option_spec *v[CLI_MAX_VALUES];
	size_t n;
};

static void check_option(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	struct seen *s = arg;

	ck_assert_msg(o->help.en && o->help.ja, "%s --%s has no help in both languages", cmd->name,
		      o->long_name);
	for (size_t i = 0; i < s->n; i++) {
		ck_assert_msg(strcmp(s->v[i]->long_name, o->long_name) != 0, "%s --%s twice",
			      cmd->name, o->long_name);
		ck_assert_msg(!o->short_name || s->v[i]->short_name != o->short_name,
			      "%s -%c twice", cmd->name, o->short_name);
	}
	s->v[s->n++] = o;
}

START_TEST(every_table_is_whole)
{
	for (const struct command_spec *const *p = commands; *p; p++) {
		const struct command_spec *cmd = *p;
		struct seen seen = {0};

		ck_assert_msg(cmd->summary.en && cmd->summary.ja && cmd->about.en && cmd->about.ja,
			      "%s lacks a text", cmd->name);
		ck_assert_msg(cmd->examples && cmd->examples[0].line, "%s has no example",
			      cmd->name);
		ck_assert_ptr_nonnull(cmd->run);
		for (unsigned i = 0; i < cmd->min; i++)
			ck_assert_msg(cmd->operands[i].name, "%s: operand %u has no name",
				      cmd->name, i);
		options_each(cmd, check_option, &seen);
		ck_assert_ptr_eq(command_find(cmd->name), cmd);
	}
}
END_TEST

Suite *suite_options(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("options");

	tcase_add_test(t, options_and_operands_mix);
	tcase_add_test(t, letters_join);
	tcase_add_test(t, dashes_end_options);
	tcase_add_test(t, json_is_a_format);
	tcase_add_test(t, rest_begins_after_operands);
	tcase_add_loop_test(t, wrong_lines_are_told, 0, ARRAY_SIZE(wrong_lines));
	tcase_add_test(t, help_needs_nothing_else);
	tcase_add_test(t, numbers_are_bounded);
	tcase_add_test(t, every_table_is_whole);
	suite_add_tcase(s, t);
	return s;
}
