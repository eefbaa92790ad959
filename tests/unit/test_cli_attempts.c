/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempt folders. */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "cli/attempts.h"
#include "cli/script_client.h"
#include "test_cli.h"

static char home[64], scenario[96];

static void put(const char *path, const char *text, size_t n)
{
	auto_file f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
}

static void setup(void)
{
	strcpy(home, "/tmp/nd-attempts-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	setenv("XDG_STATE_HOME", home, 1);
	snprintf(scenario, sizeof(scenario), "%s/s.lua", home);
	put(scenario, "return 1\n", 9);
}

static void teardown(void)
{
	char path[96];

	unlink(scenario);
	snprintf(path, sizeof(path), "%s/netdojo/attempts", home);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/netdojo", home);
	rmdir(path);
	rmdir(home);
}

START_TEST(a_new_one_holds_the_scenario)
{
	auto_free char *a = NULL, *b = NULL, *file = NULL, *text = NULL;
	struct stat st;

	ck_assert_int_eq(attempt_new("my-id", scenario, &a, NULL), 0);
	ck_assert_int_eq(attempt_new("my-id", scenario, &b, NULL), 0);
	ck_assert_str_ne(a, b);
	ck_assert_ptr_nonnull(strstr(a, "Z-my-id-"));
	ck_assert_int_eq(stat(a, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	ck_assert_int_gt(asprintf(&file, "%s/scenario.lua", a), 0);
	ck_assert_int_eq(script_read_file(file, &text, NULL), 0);
	ck_assert_str_eq(text, "return 1\n");
	attempt_discard(a);
	attempt_discard(b);
	ck_assert_int_lt(stat(a, &st), 0);
}
END_TEST

START_TEST(no_home_is_told)
{
	struct err err = {0};
	char *root;

	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	ck_assert_int_lt(attempts_root(&root, &err), 0);
	ck_assert_int_eq(err.kind, ERR_MACHINE);
	ck_assert_ptr_nonnull(strstr(err.mend, "HOME"));
}
END_TEST

START_TEST(what_is_no_scenario_is_told)
{
	struct err err = {0};
	char *text;

	ck_assert_int_lt(script_read_file("/nonexistent.lua", &text, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_int_lt(script_read_file(home, &text, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "not a scenario file"));
	ck_assert_int_lt(script_read_file("/dev/zero", &text, &err), 0);
	put(scenario, "a\0b", 3);
	ck_assert_int_lt(script_read_file(scenario, &text, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "not a text"));
}
END_TEST

START_TEST(words_are_drawn)
{
	char a[9], b[9];

	draw_word(a, 8);
	draw_word(b, 8);
	ck_assert_uint_eq(strlen(a), 8);
	ck_assert_str_ne(a, b);
	ck_assert_uint_eq(strspn(a, "abcdefghjkmnpqrstuvwxyz23456789"), 8);
}
END_TEST

Suite *suite_attempts(void)
{
	Suite *s = suite_create("attempts");
	TCase *t = tcase_create("attempts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_new_one_holds_the_scenario);
	tcase_add_test(t, no_home_is_told);
	tcase_add_test(t, what_is_no_scenario_is_told);
	tcase_add_test(t, words_are_drawn);
	suite_add_tcase(s, t);
	return s;
}
