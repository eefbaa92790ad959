/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts that can go on. */
#ifndef NETDOJO_CLI_RESUME_H
#define NETDOJO_CLI_RESUME_H

#include "base/err.h"
#include "evidence/past.h"

/* Zero-initialise; resumable_done frees. */
struct resumable {
	char *dir;  /* its folder */
	char *path; /* the scenario as it was played, in that folder */
	struct past past;
};

void resumable_done(struct resumable *r);
#define auto_resumable nd_cleanup(resumable_done) struct resumable

/* What the attempt was begun with; "" where the log does not say. Borrowed. */
const char *resumable_word(const struct resumable *r, const char *key);
/* The folder's own name, as it is said to `play --resume`. Borrowed. */
const char *resumable_name(const struct resumable *r);

/*
 * The attempt meant by word: a folder, a folder's name in the attempts' place or the end of it, or a scenario's id, whose newest
 * unfinished one is meant. NULL: the newest unfinished of all. One that is graded, was never begun or has no fault is
 * ERR_USAGE; where none is meant by name, those and what the learner left for good are passed over.
 */
int resume_find(const char *word, struct resumable *ret, struct err *err);
/* The newest unfinished attempt at a scenario that is not being played now; false when there is none. */
bool resume_waits(const char *id, struct resumable *ret);

#endif
