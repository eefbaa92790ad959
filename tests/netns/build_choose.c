/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the build port of which some take what not every kernel has. */
#define _GNU_SOURCE
#include "build_choose.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "netns/leave_root.h"
#include "netns/userns.h"

struct chosen {
	const struct build_choice *c;
	bool with;
};

static int run(enum idmap_kind map, void *arg)
{
	const struct chosen *o = arg;
	Suite *s = suite_create("build");
	SRunner *r;
	int failed;

	(void)map;
	mount("proc", "/proc", "proc", 0, NULL); /* the host's numbers other processes */
	if (o->with && !o->c->kernel_has()) {
		printf("skipped: kernel lacks %s\n", o->c->feature);
		fflush(stdout);
		return 77;
	}
	suite_add_tcase(s, o->with ? o->c->with() : o->c->any());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	fflush(stdout);
	return failed != 0;
}

int build_choose(int argc, char **argv, const struct build_choice *c)
{
	struct chosen o = {c, argc > 1 && !strcmp(argv[1], c->feature)};
	struct err err = {0};
	int status;
	pid_t pid;

	if (leave_root(&err) < 0 || userns_clone(run, &o, &pid, NULL, &err) < 0) {
		printf("skipped: %s (%s)\n", err.msg, err.mend);
		return 77;
	}
	if (waitpid(pid, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
