/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to an attempt's events. */
#include "evidence/query.h"

#include <stdbool.h>
#include <string.h>

const json_t *evidence_by_seq(const json_t *events, json_int_t seq)
{
	size_t lo = 0, hi = json_array_size(events);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const json_t *e = json_array_get(events, mid);
		json_int_t at = json_int(e, "seq", 0);

		if (at == seq)
			return e;
		if (at < seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static bool is(const json_t *e, const char *kind, const char *what)
{
	return strcmp(json_str(e, "kind", ""), kind) == 0 &&
	       (!what || strcmp(json_str(e, "what", ""), what) == 0);
}

const json_t *evidence_first(const json_t *events, const char *kind, const char *what)
{
	const json_t *e;
	size_t i;

	json_array_foreach (events, i, e)
		if (is(e, kind, what))
			return e;
	return NULL;
}

const json_t *evidence_last(const json_t *events, const char *kind, const char *what)
{
	for (size_t i = json_array_size(events); i-- > 0;) {
		const json_t *e = json_array_get(events, i);

		if (is(e, kind, what))
			return e;
	}
	return NULL;
}
