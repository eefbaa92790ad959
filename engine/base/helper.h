/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo's other programs, in libexec/netdojo: starting one beside us, or becoming one. */
#ifndef NETDOJO_BASE_HELPER_H
#define NETDOJO_BASE_HELPER_H

#include <sys/types.h>

#include "base/err.h"

enum { HELPER_FD = 3 }; /* where a helper finds its socket */

/*
 * Starts libexec/netdojo/NAME in a session of its own (Ctrl-C is ours to pass on, not the
 * terminal's) with descriptor 3 = fd (borrowed), /dev/null as its standard streams, and env, or our
 * own environment where env is NULL. Returns its pid or a negative errno.
 */
pid_t helper_start(const char *name, int fd, char *const *env, struct err *err);

/* Becomes it: argv[0] is the program's name. Returns only on failure. */
int helper_exec(char *const *argv, struct err *err);

#endif
