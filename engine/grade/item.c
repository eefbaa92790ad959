/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One item of a grade in words. */
#include "grade/item.h"

#include <stdio.h>
#include <string.h>

#include "evidence/query.h"

const char *item_text(const json_t *item, const char *key, const char *lang)
{
	const json_t *v = json_object_get(item, key);

	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_object(v))
		return json_str(v, lang, json_str(v, "en", ""));
	return strcmp(key, "title") == 0 ? json_str(item, "id", "") : "";
}

static void put_event(FILE *f, const json_t *event, const json_t *events)
{
	const json_t *cause = evidence_by_seq(events, json_int(event, "cause", 0));
	auto_free char *words = evidence_words(event);
	auto_free char *by = cause ? evidence_words(cause) : NULL;

	fprintf(f, "#%lld ", (long long)json_int(event, "seq", 0));
	if (by)
		fprintf(f, "%s: ", by);
	fprintf(f, "%s\n", words ? words : "?");
}

char *item_detail(const json_t *item, const json_t *events, const char *lang)
{
	const json_t *evidence = json_object_get(item, "evidence"), *seq;
	const char *why = item_text(item, "why", lang);
	size_t n = json_array_size(evidence), len, i;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	if (json_num(item, "points", 0) < json_num(item, "max", 0) && *why)
		fprintf(f, "%s\n", why);
	json_array_foreach(evidence, i, seq) {
		const json_t *e = evidence_by_seq(events, json_integer_value(seq));

		if (i == ITEM_EVIDENCE_SHOWN)
			break;
		if (e)
			put_event(f, e, events);
	}
	if (n > ITEM_EVIDENCE_SHOWN)
		fprintf(f, "(+%zu)\n", n - ITEM_EVIDENCE_SHOWN);
	fclose(f);
	return text;
}
