/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One item of a grade in words. */
#ifndef NETDOJO_GRADE_ITEM_H
#define NETDOJO_GRADE_ITEM_H

#include <stddef.h>

#include "base/json.h"

enum { ITEM_EVIDENCE_SHOWN = 2 };

/* item[key] in the language, where it is {"en","ja"} or a plain string; "" for none, the id where a
 * title lacks. */
const char *item_text(const json_t *item, const char *key, const char *lang);

/*
 * The first pieces of an item's evidence, a command once: [{"seq","text"}], each with the command that caused it;
 * *ret_more: how many are not said by these. Caller owns it; NULL when out of memory.
 */
json_t *item_evidence(const json_t *item, const json_t *events, const char *lang, size_t *ret_more);

/* Why points lack; "" where none do. */
const char *item_why(const json_t *item, const char *lang);

/*
 * The lines under an item: its first pieces of evidence in words, each with the command that caused
 * it, and why, where points lack. Parted by newlines, "" for none; caller frees. NULL when out of
 * memory.
 */
char *item_detail(const json_t *item, const json_t *events, const char *lang);

#endif
