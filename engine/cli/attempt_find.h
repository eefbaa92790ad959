/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempts there are, and the one that is meant. */
#ifndef NETDOJO_CLI_ATTEMPT_FIND_H
#define NETDOJO_CLI_ATTEMPT_FIND_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

/* Names of the folders in the attempts' place, newest first. Zero-initialise; attempt_names_done frees. */
struct attempt_names {
	char *root;
	char **v;
	size_t n;
};
void attempt_names_done(struct attempt_names *a);
#define auto_attempt_names nd_cleanup(attempt_names_done) struct attempt_names

/* No attempt was ever made: none. */
int attempt_names_read(struct attempt_names *ret, struct err *err);

/*
 * The folder of the attempt meant by word: a folder (with a slash, or one that holds a log), a folder's name in the
 * attempts' place or the end of it; NULL: the newest that is over. Caller frees *ret_dir.
 */
int attempt_find(const char *word, char **ret_dir, struct err *err);

/*
 * What there is to know of an attempt without grading it: {"name","path","scenario","seed","variant","wall","state",
 * "finished","score","pass","passed","void"}; state: playing, paused, unfinished, left, closed, finished, graded; the last five
 * only where it is graded. NULL where the folder holds no attempt (a healthy lab's is none). Caller owns it.
 */
json_t *attempt_about(const char *dir);

#endif
