/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class's grades as tables that gradebooks and spreadsheets read. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/class.h"

/* One field. What a spreadsheet would take for a formula is a text: names come from strangers. */
static void put_field(FILE *f, const char *text)
{
	fputc('"', f);
	if (*text && strchr("=+-@\t\r", *text))
		fputc('\'', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', f);
		fputc(*text, f);
	}
	fputc('"', f);
}

static void put_score(FILE *f, const json_t *row)
{
	if (json_is_integer(json_object_get(row, "score")))
		fprintf(f, "%lld", (long long)json_int(row, "score", 0));
}

static void put_ids(FILE *f, const json_t *row)
{
	const char *sep = "";
	const json_t *p;
	size_t i;

	json_array_foreach (json_object_get(row, "problems"), i, p) {
		fprintf(f, "%s%s", sep, json_str(p, "id", ""));
		sep = ";";
	}
}

static void put_csv_row(FILE *f, const json_t *row)
{
	put_field(f, json_str(row, "name", json_str(row, "claimed_name", "")));
	fputc(',', f);
	put_field(f, json_str(row, "scenario", ""));
	fputc(',', f);
	put_score(f, row);
	fprintf(f, ",%s,%s,", json_flag(row, "passed", false) ? "yes" : "no",
		json_flag(row, "counts", false) ? "yes" : "no");
	put_field(f, json_str(row, "file", ""));
	fputc(',', f);
	put_ids(f, row);
	fputs("\r\n", f);
}

static void put_csv_missing(FILE *f, const json_t *one)
{
	put_field(f, json_str(one, "name", ""));
	fputc(',', f);
	put_field(f, json_str(one, "scenario", ""));
	fputs(",,no,no,\"\",missing\r\n", f);
}

char *class_csv(const json_t *doc)
{
	char *text = NULL;
	size_t len, i;
	const json_t *one;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("name,scenario,score,passed,counts,file,problems\r\n", f);
	json_array_foreach (json_object_get(doc, "submissions"), i, one)
		put_csv_row(f, one);
	json_array_foreach (json_object_get(doc, "missing"), i, one)
		put_csv_missing(f, one);
	fclose(f);
	return text;
}

/* The row of this learner and scenario that counts; else any, for its feedback. */
static const json_t *row_of(const json_t *doc, const char *name, const char *scenario)
{
	const json_t *row, *any = NULL;
	size_t i;

	json_array_foreach (json_object_get(doc, "submissions"), i, row) {
		if (strcmp(json_str(row, "name", ""), name) != 0 ||
		    strcmp(json_str(row, "scenario", ""), scenario) != 0)
			continue;
		if (json_flag(row, "counts", false))
			return row;
		any = any ? any : row;
	}
	return any;
}

/* The learner reads it: what is wrong with their own file, nothing about others. */
static void put_feedback(FILE *f, const json_t *row, const char *lang)
{
	auto_free char *text = NULL;
	size_t len, i;
	const json_t *p;
	FILE *all = open_memstream(&text, &len);

	if (!all)
		return;
	json_array_foreach (json_object_get(row, "problems"), i, p) {
		const char *id = json_str(p, "id", "");

		if (strcmp(id, "same-history") != 0 && strcmp(id, "double") != 0)
			fprintf(all, "%s%s", ftell(all) ? "; " : "",
				json_str(json_object_get(p, "text"), lang, ""));
	}
	fclose(all);
	put_field(f, text ? text : "");
}

static json_t *scenarios(const json_t *doc)
{
	json_t *all = json_object();
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(doc, "submissions"), i, row)
		if (*json_str(row, "scenario", ""))
			json_object_set_new(all, json_str(row, "scenario", ""), json_true());
	return all;
}

static void put_moodle_row(FILE *f, const json_t *doc, json_t *ids, const char *name,
			   const char *lang)
{
	const char *id;
	json_t *value;

	put_field(f, name);
	json_object_foreach (ids, id, value) {
		const json_t *row = row_of(doc, name, id);

		fputc(',', f);
		if (row)
			put_score(f, row);
		fputc(',', f);
		put_feedback(f, row, lang);
	}
	fputs("\r\n", f);
}

char *class_moodle(const json_t *doc, const char *lang)
{
	auto_json json_t *ids = scenarios(doc);
	char *text = NULL;
	size_t len, i;
	const char *id;
	json_t *value;
	const json_t *name;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("username", f);
	json_object_foreach (ids, id, value) {
		auto_free char *feedback = NULL;

		fputc(',', f);
		put_field(f, id);
		fputc(',', f);
		if (asprintf(&feedback, "%s feedback", id) > 0)
			put_field(f, feedback);
	}
	fputs("\r\n", f);
	json_array_foreach (json_object_get(doc, "learners"), i, name)
		put_moodle_row(f, doc, ids, json_string_value(name), lang);
	fclose(f);
	return text;
}
