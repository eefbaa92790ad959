/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One item of a grade in words. */
#ifndef NETDOJO_GRADE_ITEM_H
#define NETDOJO_GRADE_ITEM_H

#include "base/json.h"

enum { ITEM_EVIDENCE_SHOWN = 2 };

/* item[key] in the language, where it is {"en","ja"} or a plain string; "" for none, the id where a
 * title lacks. */
const char *item_text(const json_t *item, const char *key, const char *lang);

/*
 * The lines under an item: its first pieces of evidence in words, each with the command that caused
 * it, and why, where points lack. Parted by newlines, "" for none; caller frees. NULL when out of
 * memory.
 */
char *item_detail(const json_t *item, const json_t *events, const char *lang);

#endif
