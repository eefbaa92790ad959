/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting a program of ours: what is said when it can't be. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/helper.h"

/* A process without processes or files left can't be looked through for leaks. */
#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

START_TEST(an_absent_program_is_a_broken_installation)
{
	struct err err = {0};

	ck_assert_int_eq(helper_start("netdojo-nowhere", 0, NULL, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "netdojo-nowhere"));
	ck_assert_ptr_nonnull(strstr(err.mend, "install it again"));
}
END_TEST

/* Check runs each test in a process of its own, so what is given up here is given up here alone. */
START_TEST(a_limit_on_processes_is_named)
{
	struct rlimit none = {0, 0};
	struct err err = {0};

	if (geteuid() == 0) /* whom the limit does not bind */
		ck_assert_int_eq(setuid(64321), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &none), 0);
	ck_assert_int_eq(helper_start("netdojo-nowhere", 0, NULL, &err), -EAGAIN);
	ck_assert_msg(strstr(err.msg, "the limit on processes is reached (ulimit -u): 0") != NULL,
		      "%s", err.msg);
	ck_assert_ptr_nonnull(strstr(err.mend, "ulimit -u"));
	ck_assert_ptr_null(strstr(err.mend, "install"));
}
END_TEST

/* No number is free for the helper's socket. */
START_TEST(a_limit_on_files_is_named)
{
	struct rlimit three = {3, 3};
	struct err err = {0};

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &three), 0);
	ck_assert_int_eq(helper_start("netdojo-nowhere", 0, NULL, &err), -EMFILE);
	ck_assert_msg(strstr(err.msg, "the limit on open files is reached (ulimit -n): 3") != NULL,
		      "%s", err.msg);
	ck_assert_ptr_null(strstr(err.mend, "install"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("helper");
	TCase *t = tcase_create("starting");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, an_absent_program_is_a_broken_installation);
	tcase_add_test(t, a_limit_on_processes_is_named);
	tcase_add_test(t, a_limit_on_files_is_named);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
