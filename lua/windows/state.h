/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Lua state of a Windows program. */
#ifndef NETDOJO_WINDOWS_STATE_H
#define NETDOJO_WINDOWS_STATE_H

#include <stdbool.h>

#include "base/err.h"

enum { STATE_INTERRUPTED = 130 }; /* exit status after Ctrl-C */

/* What is to run: the prompt (neither), one line, or a program with its words. Borrowed. */
struct state_job {
	bool interop;
	const char *line;
	char **exe; /* path and words, NULL-terminated */
};

/* Runs it; the exit status. What failed is on standard error. */
int state_run(const struct state_job *job);

#endif
