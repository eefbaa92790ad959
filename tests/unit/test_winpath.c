/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths between WSL and Windows, and the environment that goes with a Windows program; on a machine without drives. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/winpath.h"
#include "guest/wslenv.h"

static const struct {
	const char *in, *out; /* out NULL: -EINVAL */
} to_windows[] = {
	{"/", "\\\\wsl.localhost\\Test\\"},
	{"/home/learner/a b", "\\\\wsl.localhost\\Test\\home\\learner\\a b"},
	{"/mnt/none", "\\\\wsl.localhost\\Test\\mnt\\none"},
	{"a/b", "a\\b"},
	{".", "."},
	{"", NULL},
};

START_TEST(test_to_windows)
{
	char out[256] = "";

	setenv("WSL_DISTRO_NAME", "Test", 1);
	ck_assert_int_eq(winpath_to_windows(to_windows[_i].in, '\\', out, sizeof(out)),
			 to_windows[_i].out ? 0 : -EINVAL);
	if (to_windows[_i].out)
		ck_assert_str_eq(out, to_windows[_i].out);
}
END_TEST

static const struct {
	const char *in, *out;
} to_wsl[] = {
	{"\\\\wsl.localhost\\Test\\proc\\VERSION", "/proc/version"},
	{"\\\\WSL$\\test\\no such\\x", "/no such/x"},
	{"//wsl.localhost/Test", "/"},
	{"\\\\wsl.localhost\\Testing\\x", NULL},
	{"\\\\server\\share", NULL},
	{"a\\b/c", "a/b/c"},
	{"..\\x", "../x"},
	{"\\proc", "/proc"},
	{"1:\\x", "1:/x"},
	{"", NULL},
};

START_TEST(test_to_wsl)
{
	char out[256] = "";

	setenv("WSL_DISTRO_NAME", "Test", 1);
	ck_assert_int_eq(winpath_to_wsl(to_wsl[_i].in, out, sizeof(out)),
			 to_wsl[_i].out ? 0 : -EINVAL);
	if (to_wsl[_i].out)
		ck_assert_str_eq(out, to_wsl[_i].out);
}
END_TEST

START_TEST(test_too_long)
{
	char out[8];

	ck_assert_int_eq(winpath_to_windows("/a/long/path", '\\', out, sizeof(out)), -ENAMETOOLONG);
	ck_assert_int_eq(winpath_to_wsl("a\\long\\path", out, sizeof(out)), -ENAMETOOLONG);
}
END_TEST

START_TEST(test_environment)
{
	auto_json json_t *env = NULL;

	clearenv();
	setenv("WSL_DISTRO_NAME", "Test", 1);
	setenv("WSLENV", "PLAIN:HERE/p:LIST/l:BACK/u:THERE/w:UNSET:", 1);
	setenv("PLAIN", "/a:b", 1);
	setenv("HERE", "/a/b", 1);
	setenv("LIST", "/a:/b/c:d", 1);
	setenv("BACK", "x", 1);
	setenv("THERE", "y", 1);
	setenv("OTHER", "z", 1);
	setenv("TERM", "xterm", 1);
	env = wslenv_shared();
	ck_assert_uint_eq(json_object_size(env), 6);
	ck_assert_str_eq(json_str(env, "PLAIN", ""), "/a:b");
	ck_assert_str_eq(json_str(env, "HERE", ""), "\\\\wsl.localhost\\Test\\a\\b");
	ck_assert_str_eq(json_str(env, "LIST", ""),
			 "\\\\wsl.localhost\\Test\\a;\\\\wsl.localhost\\Test\\b\\c;d");
	ck_assert_str_eq(json_str(env, "THERE", ""), "y");
	ck_assert_str_eq(json_str(env, "TERM", ""), "xterm");
	ck_assert_str_eq(json_str(env, "WSLENV", ""), "PLAIN:HERE/p:LIST/l:BACK/u:THERE/w:UNSET:");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("winpath");
	TCase *tc = tcase_create("winpath");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, test_to_windows, 0, sizeof(to_windows) / sizeof(to_windows[0]));
	tcase_add_loop_test(tc, test_to_wsl, 0, sizeof(to_wsl) / sizeof(to_wsl[0]));
	tcase_add_test(tc, test_too_long);
	tcase_add_test(tc, test_environment);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
