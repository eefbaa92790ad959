/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the build port and the user namespace: run as PID 1 of a user namespace of their own. */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "build_lab.h"
#include "netns/leave_root.h"
#include "netns/userns.h"

/* Whether the test itself was started in a user namespace. */
static bool nested;

static bool is_nested(void)
{
	auto_file f = fopen("/proc/self/uid_map", "re");
	unsigned int inside, outside, count;

	return f && fscanf(f, "%u %u %u", &inside, &outside, &count) == 3 && count != UINT_MAX;
}

/* Inside: nobody maps to the host's root, and init can't be looked into. */
START_TEST(host_root_is_not_mapped)
{
	auto_file f = fopen("/proc/self/uid_map", "re");
	unsigned int inside, outside, count;

	ck_assert_ptr_nonnull(f);
	/* Within a namespace of somebody's (unshare -r) "outside" is that one's own numbers. */
	while (!nested && fscanf(f, "%u %u %u", &inside, &outside, &count) == 3)
		ck_assert_uint_ne(outside, 0);
	ck_assert_int_eq(getuid(), 0);
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 0);
	prctl(PR_SET_DUMPABLE, 1); /* a leak checker looks into its own process */
}
END_TEST

START_TEST(core_pattern_is_refused)
{
	FILE *f = fopen("/proc/sys/kernel/core_pattern", "we");

	ck_assert_ptr_null(f);
	prctl(PR_SET_DUMPABLE, 1);
}
END_TEST

static TCase *userns_case(void)
{
	TCase *c = tcase_create("userns");

	tcase_add_test(c, host_root_is_not_mapped);
	tcase_add_test(c, core_pattern_is_refused);
	return c;
}

static int run(enum idmap_kind map, void *arg)
{
	Suite *s = suite_create("build");
	SRunner *r;
	int failed;

	(void)arg;
	/* The host's /proc numbers other processes: a leak checker would look at theirs. */
	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		printf("no fresh /proc\n");
	printf("map: %s\n", map == IDMAP_RANGE ? "range" : "one id");
	suite_add_tcase(s, userns_case());
	suite_add_tcase(s, build_nat_case());
	suite_add_tcase(s, build_ops_case());
	suite_add_tcase(s, build_errors_case());
	suite_add_tcase(s, build_bridge_case());
	suite_add_tcase(s, build_mirror_case());
	suite_add_tcase(s, build_steer_case());
	suite_add_tcase(s, build_manner_case());
	suite_add_tcase(s, build_ruleset_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	fflush(stdout);
	return failed != 0;
}

int main(void)
{
	struct err err = {0};
	int status;
	pid_t pid;

	nested = is_nested();
	if (leave_root(&err) < 0 || userns_clone(run, NULL, &pid, NULL, &err) < 0) {
		printf("skipped: %s (%s)\n", err.msg, err.mend);
		return 77;
	}
	if (waitpid(pid, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
