/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of the build port of which some take what not every kernel has. */
#ifndef NETDOJO_TESTS_NETNS_BUILD_CHOOSE_H
#define NETDOJO_TESTS_NETNS_BUILD_CHOOSE_H

#include <check.h>
#include <stdbool.h>

struct build_choice {
	TCase *(*any)(void); /* what holds on every kernel */
	const char *feature; /* "netem": the argument that wants its tests instead */
	bool (*kernel_has)(void);
	TCase *(*with)(void);
};

/*
 * A test program's main: runs the tests as PID 1 of a user namespace of their own. 77, saying what the kernel lacks, for
 * those of a feature it has not.
 */
int build_choose(int argc, char **argv, const struct build_choice *c);

#endif
