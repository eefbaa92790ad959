/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two grades of one attempt beside each other. */
#include "grade/compare.h"

#include <stdbool.h>
#include <string.h>

static const json_t *find(const json_t *grade, const char *id)
{
	const json_t *it;
	size_t i;

	json_array_foreach (json_object_get(grade, "items"), i, it)
		if (strcmp(json_str(it, "id", ""), id) == 0)
			return it;
	return NULL;
}

static json_t *worth(const json_t *item)
{
	if (!item)
		return json_null();
	return json_pack("{s:f, s:f, s:b}", "points", json_num(item, "points", 0), "max",
			 json_num(item, "max", 0), "void", (int)json_flag(item, "void", false));
}

/* NULL: nothing changed. */
static const char *change(const json_t *before, const json_t *after)
{
	bool was = json_flag(before, "void", false), is = json_flag(after, "void", false);

	if (!before || !after)
		return before ? "removed" : "added";
	if (is != was)
		return is ? "void" : "counted";
	if (json_num(before, "max", 0) != json_num(after, "max", 0))
		return "worth";
	return !is && json_num(before, "points", 0) != json_num(after, "points", 0) ? "points"
										    : NULL;
}

static void add(json_t *all, const json_t *before, const json_t *after)
{
	const json_t *it = after ? after : before;
	const char *what = change(before, after);

	if (what)
		json_array_append_new(all, json_pack("{s:s, s:s, s:O*, s:s, s:o, s:o, s:O*}", "id",
						     json_str(it, "id", ""), "group",
						     json_str(it, "group", ""), "title",
						     json_object_get(it, "title"), "change", what,
						     "old", worth(before), "new", worth(after),
						     "why", json_object_get(after, "why")));
}

json_t *grade_compare(const json_t *before, const json_t *after)
{
	json_t *all = json_array();
	const json_t *it;
	size_t i;

	json_array_foreach (json_object_get(after, "items"), i, it)
		add(all, find(before, json_str(it, "id", "")), it);
	json_array_foreach (json_object_get(before, "items"), i, it)
		if (!find(after, json_str(it, "id", "")))
			add(all, it, NULL);
	return all;
}
