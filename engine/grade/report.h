/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grade as text: the score card for people, and the forms other programs read. */
#ifndef NETDOJO_GRADE_REPORT_H
#define NETDOJO_GRADE_REPORT_H

#include <stdbool.h>

#include "base/json.h"

struct report_style {
	const char *lang; /* "en" or "ja" */
	bool colour;
	bool accessible; /* flat text: one statement a line, no columns, no signs */
	int columns;	 /* the card's details are wrapped to it; 0: not at all */
};

/* All return malloc'ed text ending in a newline, NULL when out of memory. grade: grade_make's;
 * events: joined. */

/* The score card: groups, items with points, under each the evidence and the lesson in words; the two ways; the truth and the
 * answer; the verdict. */
char *report_card(const json_t *grade, const json_t *events, const struct report_style *style);
/* JUnit XML: one test suite, one case an item; void items are skipped. */
char *report_junit(const json_t *grade, const json_t *events);
/* TAP version 13. */
char *report_tap(const json_t *grade, const json_t *events);
/* Gradescope's results.json. */
char *report_gradescope(const json_t *grade, const json_t *events);

#endif
