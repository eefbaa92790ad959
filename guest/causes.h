/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue of causes, searched. */
#ifndef NETDOJO_GUEST_CAUSES_H
#define NETDOJO_GUEST_CAUSES_H

#include "base/json.h"

enum { CAUSES_MAX = 128 };

/* Some of the catalogue, in its order; borrowed from it. */
struct causes {
	const json_t *v[CAUSES_MAX];
	size_t n;
};

/* Asks the lab for the catalogue; a failure is printed. Caller owns it, NULL on failure. */
json_t *causes_ask(void);
/* Those of a layer (NULL: of all) with the word in their id or title in either language (NULL:
 * any). */
struct causes causes_find(const json_t *catalogue, const char *layer, const char *word);
/* The one of this id; NULL for none. */
const json_t *causes_by_id(const json_t *catalogue, const char *id);

const char *cause_id(const json_t *cause);
const char *cause_layer(const json_t *cause);

/* One a line on f, with numbers to choose by if asked, with the layer if asked. */
void causes_print(FILE *f, const struct causes *some, bool numbered, bool layer);

#endif
