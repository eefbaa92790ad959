/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a class's submissions have one history. */
#ifndef NETDOJO_GRADE_SAME_H
#define NETDOJO_GRADE_SAME_H

#include "grade/submission.h"

/* Two files of one learner and scenario: those may be alike. */
bool same_work(const struct submission *a, const struct submission *b);

/*
 * Puts "same-history" into the problems of those that are copies of one, and "same-commands" into the notes of those that are only
 * typed alike. Returns the groups, [{"id", "files", "text"}]; caller owns.
 */
json_t *same_name(struct submission *v, size_t n);

#endif
