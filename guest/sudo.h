/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sudo inside a node: asks the lab's init to run a command as another user of the node, on the same
 * terminal. */
#ifndef NETDOJO_GUEST_SUDO_H
#define NETDOJO_GUEST_SUDO_H

#include <signal.h>
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

/* sudo_relay.c: between the terminal and the command's until it ends. Returns the exit status to
 * give. */
struct relay {
	int sock;
	json_int_t exec;
	int master;   /* -1: no terminal, only wait and pass signals on */
	int terminal; /* where the output goes */
	bool reads;   /* keys come from descriptor 0 */
	bool raw;
};
/* Blocks the signals the relay passes on; before anything is asked. */
void relay_prepare(sigset_t *ret);
int relay_run(struct relay *r, const sigset_t *signals);

#endif
