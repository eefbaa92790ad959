/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A roster read, and a class's submissions beside it. */
#define _GNU_SOURCE
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "grade/class.h"
#include "grade/problem.h"

static struct roster read_roster(const char *text)
{
	struct roster r = {0};
	struct err err = {0};

	ck_assert_msg(roster_parse(text, strlen(text), &r, &err) == 0, "%s", err.msg);
	return r;
}

START_TEST(a_name_a_line_or_csv)
{
	auto_roster r = read_roster("\xef\xbb\xbfName,Seed\r\n# a comment\n\n hanako \n\"Doe, "
				    "\"\"J\"\" John\" , s 1\r\n"
				    "\xe5\xa4\xaa\xe9\x83\x8e,2\nlast");

	ck_assert_uint_eq(r.n, 4);
	ck_assert_str_eq(r.v[0].name, "hanako");
	ck_assert_ptr_null(r.v[0].seed);
	ck_assert_ptr_nonnull(roster_find(&r, "last"));
	ck_assert_str_eq(roster_by_seed(&r, "2")->name, "\xe5\xa4\xaa\xe9\x83\x8e");
	ck_assert_ptr_null(roster_find(&r, "Name"));
}
END_TEST

START_TEST(quoted)
{
	auto_roster r = read_roster("\"Doe, \"\"J\"\" John\",s 1\n");

	ck_assert_str_eq(r.v[0].name, "Doe, \"J\" John");
	ck_assert_str_eq(r.v[0].seed, "s 1");
}
END_TEST

static const struct {
	const char *text, *says;
} wrong[] = {
	{"a\nb\na\n", "Line 3 of the roster has a name that stands above"},
	{"a,b,c\n", "Line 1 of the roster has a third field"},
	{"a\n\"b\n", "Line 2 of the roster has a quote that doesn't end"},
	{"a\n\"b\"x,1\n", "Line 2 of the roster has a quote that doesn't end"},
	{"a\tb\n", "Line 1 of the roster has no name"},
	{",seed\n", "Line 1 of the roster has no name"},
};

START_TEST(a_mistake_has_its_line)
{
	auto_roster r = {0};
	struct err err = {0};

	ck_assert_int_lt(roster_parse(wrong[_i].text, strlen(wrong[_i].text), &r, &err), 0);
	ck_assert_msg(strstr(err.msg, wrong[_i].says) != NULL, "%s", err.msg);
	ck_assert_int_eq(err.kind, ERR_USAGE);
}
END_TEST

/* A submission as submission_read leaves one: its links are of the logs that `log` begins with. */
static struct submission handed_in(const char *name, const char *seed, int score, const char *log)
{
	size_t n = strlen(log);
	struct submission s = {
		.row = json_pack("{s:s, s:n, s:s, s:s, s:s, s:i, s:b, s:[]}", "file", log, "name",
				 "claimed_name", name, "scenario", "x", "seed", seed, "score",
				 score, "passed", 0, "problems"),
		.events = json_array(),
		.links = calloc(n + 1, sizeof(*s.links)),
		.n_links = n,
	};

	for (size_t i = 0; i < n; i++)
		s.links[i][0] = log[i];
	return s;
}

static void done(struct submission *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		submission_done(&v[i]);
}

START_TEST(who_is_who_and_what_counts)
{
	auto_roster r = read_roster("a\nb,seed-b\nc\n");
	struct submission v[] = {
		handed_in("a", "a", 40, "1"), handed_in("a", "a", 60, "2"),
		handed_in("b", "b", 50, "3"), handed_in("", "seed-b", 70, "4"),
		handed_in("z", "a", 90, "5"),
	};
	const struct class_rules rules = {.roster = &r};
	auto_json json_t *doc = class_make(v, 5, &rules);

	ck_assert(problem_has(v[0].row, PROBLEM_DOUBLE) && problem_has(v[1].row, PROBLEM_DOUBLE));
	ck_assert(!json_flag(v[0].row, "counts", true) && json_flag(v[1].row, "counts", false));
	ck_assert(problem_has(v[2].row, PROBLEM_SEED));
	ck_assert_str_eq(json_str(v[3].row, "name", ""), "b");
	ck_assert(!problem_has(v[3].row, PROBLEM_SEED));
	ck_assert(problem_has(v[4].row, PROBLEM_NAME));
	ck_assert(!json_flag(v[4].row, "counts", true));
	ck_assert_uint_eq(json_array_size(json_object_get(doc, "missing")), 1);
	done(v, 5);
}
END_TEST

START_TEST(a_history_is_one_learners)
{
	struct submission v[] = {
		handed_in("a", "a", 1, "abcd"),
		handed_in("b", "b", 1, "abxy"),
		handed_in("c", "c", 1, "zbcd"),
	};
	const struct class_rules rules = {0};
	auto_json json_t *doc = class_make(v, 3, &rules);
	const json_t *told = json_array_get(json_object_get(v[0].row, "problems"), 0);

	ck_assert(problem_has(v[0].row, PROBLEM_SAME_LOG) &&
		  problem_has(v[1].row, PROBLEM_SAME_LOG));
	ck_assert(!problem_has(v[2].row, PROBLEM_SAME_LOG));
	ck_assert_ptr_nonnull(
		strstr(json_str(json_object_get(told, "text"), "en", ""), "first 2 lines"));
	ck_assert_int_eq(json_int(doc, "named", 0), 2);
	done(v, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("class");
	TCase *t = tcase_create("class");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, a_name_a_line_or_csv);
	tcase_add_test(t, quoted);
	tcase_add_loop_test(t, a_mistake_has_its_line, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, who_is_who_and_what_counts);
	tcase_add_test(t, a_history_is_one_learners);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
