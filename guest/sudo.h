/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sudo inside a node: asks the lab's init to run a command as another user of the node, on the same
 * terminal. */
#ifndef NETDOJO_GUEST_SUDO_H
#define NETDOJO_GUEST_SUDO_H

#include <stdbool.h>

#include "base/json.h"

struct sudo_args {
	const char *user; /* "root" unless -u */
	bool login, shell, keep_env, list, validate, forget, help, version;
	char **assign; /* VAR=value words; n_assign of them */
	int n_assign;
	char **command; /* NULL-terminated; empty with -i or -s alone */
	char bad;	/* an option sudo does not know; '-' for a long one */
	const char *bad_word;
};

/* sudo_args.c: fills a; -1 on wrong usage (bad says which option). */
int sudo_parse(int argc, char **argv, struct sudo_args *a);
extern const char sudo_usage[];

/* sudo_env.c: what the command is given, as the protocol has it. Caller owns both. */
json_t *sudo_env(const struct sudo_args *a);
json_t *sudo_argv(const struct sudo_args *a);

#endif
