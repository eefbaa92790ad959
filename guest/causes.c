/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue of causes, searched. */
#define _GNU_SOURCE
#include "guest/causes.h"

#include <stdio.h>
#include <string.h>

#include "base/textwidth.h"
#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/layers.h"
#include "guest/page.h"

enum { ID_COLUMNS = 27, LAYER_COLUMNS = 6, NUMBER_COLUMNS = 4 };

json_t *causes_ask(void)
{
	return dojo_ask(json_pack("{s:s}", "do", "causes"));
}

/* The catalogue is an array, or an object with one. Borrowed. */
static const json_t *rows(const json_t *catalogue)
{
	return json_is_array(catalogue) ? catalogue : json_object_get(catalogue, "causes");
}

const char *cause_id(const json_t *cause)
{
	return json_str(cause, "cause", json_str(cause, "id", ""));
}

const char *cause_layer(const json_t *cause)
{
	return json_str(cause, "layer", "");
}

static bool has_word(const json_t *cause, const char *word)
{
	const json_t *title = json_object_get(cause, "title");

	return strcasestr(cause_id(cause), word) || strcasestr(json_str(title, "en", ""), word) ||
	       strcasestr(json_str(title, "ja", ""), word);
}

struct causes causes_find(const json_t *catalogue, const char *layer, const char *word)
{
	struct causes found = {.n = 0};
	const json_t *cause;
	size_t i;

	json_array_foreach (rows(catalogue), i, cause)
		if (found.n < CAUSES_MAX && (!layer || layer_is(layer, cause_layer(cause))) &&
		    (!word || has_word(cause, word)))
			found.v[found.n++] = cause;
	return found;
}

const json_t *causes_by_id(const json_t *catalogue, const char *id)
{
	const json_t *cause;
	size_t i;

	json_array_foreach (rows(catalogue), i, cause)
		if (!strcasecmp(cause_id(cause), id))
			return cause;
	return NULL;
}

void causes_print(FILE *f, const struct causes *some, bool numbered, bool layer)
{
	int indent = 2 + (numbered ? NUMBER_COLUMNS : 0) + (layer ? LAYER_COLUMNS : 0) + ID_COLUMNS;

	for (size_t i = 0; i < some->n; i++) {
		const json_t *cause = some->v[i];

		fputs("  ", f);
		if (numbered)
			fprintf(f, "%2zu  ", i + 1);
		if (layer)
			text_pad(f, cause_layer(cause), LAYER_COLUMNS);
		text_pad(f, cause_id(cause), ID_COLUMNS);
		text_wrap(f, lang_pick(json_object_get(cause, "title")), indent, page_columns());
	}
}
