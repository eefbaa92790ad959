/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempt folders: $XDG_STATE_HOME/netdojo/attempts/UTC-ID-RAND, with a copy of the scenario. */
#ifndef NETDOJO_CLI_ATTEMPTS_H
#define NETDOJO_CLI_ATTEMPTS_H

#include <stdbool.h>

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

/*
 * Takes an open attempt folder for one lab: as long as any copy of the descriptor is open, init's too, nobody else gets it.
 * A lab that is just ending is waited for. -EBUSY (ERR_USAGE) where one goes on.
 */
int attempt_lock(int dirfd, const char *dir, struct err *err);
/* That a folder of the caller's choice has no attempt yet; ERR_USAGE where it has. */
int attempt_free(const char *dir, struct err *err);
/* Whether a lab has it. */
bool attempt_is_played(const char *dir);
/* The same of a folder whose lab may be just ending: that is waited for. */
bool attempt_stays_played(const char *dir);

#endif
