/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SELECT grammar: ID, GLOB, layer:L3, mode:nat, tag:x; a path ending in .lua names itself. */
#ifndef NETDOJO_CLI_SELECT_H
#define NETDOJO_CLI_SELECT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

enum select_kind { SELECT_ID, SELECT_LAYER, SELECT_MODE, SELECT_TAG, SELECT_PATH, N_SELECT_KINDS };

struct select_word {
	enum select_kind kind;
	const char *value; /* borrowed from the word; an id may hold *, ? and [...] */
};

/* ERR_USAGE for an unknown key or layer. */
int select_parse(const char *word, struct select_word *ret, struct err *err);

/* Whether a scenario matches. meta may be NULL for SELECT_ID and SELECT_PATH. */
bool select_matches(const struct select_word *w, const char *id, const char *path,
		    const json_t *meta);

/* Whether a word names a file rather than an installed scenario. */
bool select_is_path(const char *word);

/* Whether the id alone decides. */
bool select_by_id(const struct select_word *w);

#endif
