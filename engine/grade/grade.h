/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a rubric's items to a grade. Pure: everything comes from the attempt's events, the
 * scenario's metadata and the items that the script's `score` gave; no lab, no kernel, no clock.
 */
#ifndef NETDOJO_GRADE_GRADE_H
#define NETDOJO_GRADE_GRADE_H

#include "base/err.h"
#include "base/json.h"

/*
 * Makes the `grade` document of design.md, with "schema", and beside its keys: "title", "pass",
 * "groups":[{"id", "points","max"}], "fixed":[{"name","ok","title"}], "why_void", "title" and
 * "why" in each item, and what docs/formats/attempt.md has.
 *
 * events: array, joined. meta: the answer to `load` ("meta"). scored: the answer to `score` ("items",
 * "path", "hint_prices", "gone"). All borrowed. A void item's points leave the denominator. The attempt is void where
 * the lab failed, the fault did not show when it began or went by itself, or every item is void; then "passed" is
 * false and says nothing about the learner. Caller owns *ret.
 */
int grade_make(const json_t *events, const json_t *meta, const json_t *scored, json_t **ret,
	       struct err *err);

/* 0 passed, 1 fell short, 3 void: the exit code of `netdojo grade`. */
int grade_exit_code(const json_t *grade);

#endif
