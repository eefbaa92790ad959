/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose a program is. What a program starts is its starter's, for good: a learner's job in the background is theirs when they sit
 * still, and what they run while the lab runs a probe of its own is no probe's.
 */
#ifndef NETDOJO_LAB_LINEAGE_H
#define NETDOJO_LAB_LINEAGE_H

#include <stdbool.h>

#include "base/json.h"

/* Programs remembered; a lab's process limit is lower, so this bounds those whose end was not told. */
enum { LINEAGE_KEPT = 8192 };

/* Zero-initialise. */
struct lineage {
	json_t *by; /* "pid" -> "lab", "learner" or "tool" */
};

/*
 * Takes in an `exec` event, or a `socket` event with its pid, and returns whose it is; by: who was at work just now, which counts
 * where nothing is known of its starter. of_agent: the lab itself started the program, for whomever, or took it in as an orphan.
 */
const char *lineage_owner(struct lineage *l, const json_t *event, const char *by, bool of_agent);
void lineage_done(struct lineage *l);

#endif
