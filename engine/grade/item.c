/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One item of a grade in words. */
#define _GNU_SOURCE
#include "grade/item.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "evidence/query.h"
#include "grade/words.h"

const char *item_text(const json_t *item, const char *key, const char *lang)
{
	const json_t *v = json_object_get(item, key);

	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_object(v))
		return json_str(v, lang, json_str(v, "en", ""));
	return strcmp(key, "title") == 0 ? json_str(item, "id", "") : "";
}

/* The command an event stands for: itself, or the one that caused it; NULL for none. */
static const json_t *command_of(const json_t *event, const json_t *events)
{
	if (strcmp(json_str(event, "kind", ""), "command") == 0)
		return event;
	return evidence_by_seq(events, json_int(event, "cause", 0));
}

/* Whether the command's own words tell that the program was started: not so for an alias or a shell in the shell. */
static bool names_program(const json_t *command, const json_t *exec)
{
	const char *path = json_str(exec, "path", ""), *slash = strrchr(path, '/');

	return strstr(json_str(command, "text", ""), slash ? slash + 1 : path) != NULL;
}

/* "$ ip route", and what came of it unless that was only the program's start. Caller frees. */
static char *event_text(const json_t *event, const json_t *command, const char *lang)
{
	auto_free char *words = evidence_words(event, lang);
	auto_free char *by = command ? evidence_words(command, lang) : NULL;
	bool same =
		command == event || (command && strcmp(json_str(event, "kind", ""), "exec") == 0 &&
				     names_program(command, event));
	char *text = NULL;

	if (asprintf(&text, "%s%s%s", by ? by : "", by && !same ? ": " : "",
		     by && same ? ""
		     : words	? words
				: "?") < 0)
		return NULL;
	return text;
}

json_t *item_evidence(const json_t *item, const json_t *events, const char *lang, size_t *ret_more)
{
	const json_t *evidence = json_object_get(item, "evidence"), *seq, *last = NULL;
	json_t *all = json_array();
	size_t i;

	*ret_more = 0;
	json_array_foreach (evidence, i, seq) {
		const json_t *e = evidence_by_seq(events, json_integer_value(seq));
		const json_t *command = e ? command_of(e, events) : NULL;
		auto_free char *text = NULL;

		if (!e || (command && command == last))
			continue;
		if (json_array_size(all) == ITEM_EVIDENCE_SHOWN) {
			*ret_more = json_array_size(evidence) - i;
			break;
		}
		text = event_text(e, command, lang);
		json_array_append_new(
			all, json_pack("{s:O, s:s}", "seq", seq, "text", text ? text : "?"));
		last = command;
	}
	return all;
}

const char *item_why(const json_t *item, const char *lang)
{
	return json_num(item, "points", 0) < json_num(item, "max", 0) ? item_text(item, "why", lang)
								      : "";
}

char *item_detail(const json_t *item, const json_t *events, const char *lang)
{
	const char *why = item_why(item, lang);
	auto_json json_t *evidence = NULL;
	const json_t *e;
	size_t i, more, len;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	if (*why)
		fprintf(f, "%s\n", why);
	evidence = item_evidence(item, events, lang, &more);
	json_array_foreach (evidence, i, e)
		fprintf(f, "#%lld %s\n", (long long)json_int(e, "seq", 0), json_str(e, "text", ""));
	if (more) {
		fputc('(', f);
		grade_put_more(f, more, lang);
		fputs(")\n", f);
	}
	fclose(f);
	return text;
}
