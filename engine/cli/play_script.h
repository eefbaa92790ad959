/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `play --script` types: a reset begins another lab, so each lab gets its own part of the file. */
#ifndef NETDOJO_CLI_PLAY_SCRIPT_H
#define NETDOJO_CLI_PLAY_SCRIPT_H

#include "base/err.h"

/* A descriptor of the lines after the resets-th `dojo reset`, up to and with the next; not close-on-exec, the caller's. */
int play_script_part(const char *path, unsigned resets, struct err *err);

#endif
