/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a learner or a program in the lab wrote, made fit to be shown to somebody else. */
#ifndef NETDOJO_GRADE_SAFE_H
#define NETDOJO_GRADE_SAFE_H

#include "base/json.h"

/*
 * A copy of a document whose texts hold no character that a terminal, a browser or a reader would take for more than
 * text: controls but newline and tab, the marks that turn the direction of writing, and what is no character at all
 * become U+FFFD. NULL when out of memory; caller owns it.
 */
json_t *safe_copy(const json_t *doc);

#endif
