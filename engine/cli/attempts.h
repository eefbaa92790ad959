/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempt folders: $XDG_STATE_HOME/netdojo/attempts/UTC-ID-RAND, with a copy of the scenario. */
#ifndef NETDOJO_CLI_ATTEMPTS_H
#define NETDOJO_CLI_ATTEMPTS_H

#include "base/err.h"

/* "$XDG_STATE_HOME/netdojo/attempts" ($HOME/.local/state without); caller frees. Not made. */
int attempts_root(char **ret, struct err *err);

/* Makes a new folder for an attempt at the scenario in path and copies it in as scenario.lua;
 * *ret_dir: caller frees. */
int attempt_new(const char *id, const char *scenario_path, char **ret_dir, struct err *err);

/* A drawn word of that many easily read letters, NUL-terminated: for seeds and names. */
void draw_word(char *buf, size_t letters);

/* Removes an attempt folder and its files: of a lab that never stood, or a dry run. */
void attempt_discard(const char *dir);

/* attempt_new in a folder of the caller's choice (made if it is not there). */
int attempt_fill(const char *dir, const char *scenario_path, struct err *err);

#endif
