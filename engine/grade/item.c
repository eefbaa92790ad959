/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One item of a grade in words. */
#include "grade/item.h"

#include <stdbool.h>
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

/* "#12 $ ip route", and what came of it unless that was only the program's start. */
static void put_event(FILE *f, const json_t *event, const json_t *command, const char *lang)
{
	auto_free char *words = evidence_words(event, lang);
	auto_free char *by = command ? evidence_words(command, lang) : NULL;
	bool same =
		command == event || (command && strcmp(json_str(event, "kind", ""), "exec") == 0 &&
				     names_program(command, event));

	fprintf(f, "#%lld ", (long long)json_int(event, "seq", 0));
	if (by)
		fprintf(f, "%s%s", by, same ? "" : ": ");
	fprintf(f, "%s\n", by && same ? "" : words ? words : "?");
}

/* Writes the first pieces of evidence, a command once; returns how many were shown or said by
 * another. */
static size_t put_evidence(FILE *f, const json_t *evidence, const json_t *events, const char *lang)
{
	const json_t *seq, *last = NULL;
	size_t i, shown = 0;

	json_array_foreach (evidence, i, seq) {
		const json_t *e = evidence_by_seq(events, json_integer_value(seq));
		const json_t *command = e ? command_of(e, events) : NULL;

		if (!e || (command && command == last))
			continue;
		if (shown == ITEM_EVIDENCE_SHOWN)
			return i;
		put_event(f, e, command, lang);
		last = command;
		shown++;
	}
	return i;
}

char *item_detail(const json_t *item, const json_t *events, const char *lang)
{
	const json_t *evidence = json_object_get(item, "evidence");
	const char *why = item_text(item, "why", lang);
	size_t n, len;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	if (json_num(item, "points", 0) < json_num(item, "max", 0) && *why)
		fprintf(f, "%s\n", why);
	n = put_evidence(f, evidence, events, lang);
	if (n < json_array_size(evidence))
		fprintf(f, strcmp(lang, "ja") ? "(%zu more)\n" : "(ほか %zu 件)\n",
			json_array_size(evidence) - n);
	fclose(f);
	return text;
}
