/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Courses, and where the learner stands in one. */
#ifndef NETDOJO_CLI_COURSE_H
#define NETDOJO_CLI_COURSE_H

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"

/*
 * The courses of share/netdojo/courses, or the one named (by id, or by a path ending in .lua), each with where the learner stands, as
 * docs/formats/course.md has them; caller owns *ret. attempts: course_attempts'.
 */
int courses_load(const char *name, const json_t *attempts, json_t **ret, struct err *err);

/* Their ids, one a line, for completion. */
void courses_put_ids(FILE *f);

/* What was played: {scenario: {"best": score or null, "unfinished": bool}}; caller owns *ret. */
int course_attempts(json_t **ret, struct err *err);

/* Puts "open", "done", "passed", "of", "next" and each scenario's "state" and "best" into a course as the script gave it. */
void course_stand(json_t *course, const json_t *attempts);

#endif
