/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stated diagnosis: what a person may type for a layer and a cause, and whether it is right. */
#ifndef NETDOJO_GRADE_DIAGNOSIS_H
#define NETDOJO_GRADE_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

/*
 * The layer's own name ("L2.5", "other", "L4/5") for what was typed ("l2.5", "2.5", " L 4/5";
 * "L4/5" for the last); NULL when it is none. Static storage.
 */
const char *layer_normal(const char *typed);
/* Its place from the bottom up, from 0; a word that is no layer comes last. */
int layer_rank(const char *layer);

/* Whether an answered layer names this true layer; both normalised here. "4/5" names L4 and L5
 * alike. */
bool layer_names(const char *answered, const char *truth);

/*
 * Whether the answers ([{layer,cause}], empty = "nothing is wrong") name the truth
 * ([{layer,cause,at}]): every truth by an answer of the same layer and cause, and no answer beside
 * them.
 */
bool diagnosis_correct(const json_t *answers, const json_t *truth);

#endif
