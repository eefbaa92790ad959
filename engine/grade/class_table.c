/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class's grades as tables that gradebooks and spreadsheets read. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/class.h"
#include "grade/problem.h"

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

static void put_ids(FILE *f, const json_t *list)
{
	const char *sep = "";
	const json_t *p;
	size_t i;

	json_array_foreach (list, i, p) {
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
	if (!json_flag(row, "held", false))
		put_score(f, row);
	fprintf(f, ",%s,%s,",
		json_flag(row, "passed", false) && !json_flag(row, "held", false) ? "yes" : "no",
		json_flag(row, "counts", false) ? "yes" : "no");
	put_field(f, json_str(row, "file", ""));
	fputc(',', f);
	put_ids(f, json_object_get(row, "problems"));
	fputc(',', f);
	if (json_flag(row, "held", false))
		put_score(f, row);
	fputc(',', f);
	put_ids(f, json_object_get(row, "notes"));
	fputs("\r\n", f);
}

static void put_csv_missing(FILE *f, const json_t *one)
{
	put_field(f, json_str(one, "name", ""));
	fputc(',', f);
	put_field(f, json_str(one, "scenario", ""));
	fputs(",,no,no,\"\",missing,,\r\n", f);
}

char *class_csv(const json_t *doc)
{
	char *text = NULL;
	size_t len, i;
	const json_t *one;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("name,scenario,score,passed,counts,file,problems,held,notes\r\n", f);
	json_array_foreach (json_object_get(doc, "submissions"), i, one)
		put_csv_row(f, one);
	json_array_foreach (json_object_get(doc, "missing"), i, one)
		put_csv_missing(f, one);
	fclose(f);
	return text;
}

/* One that can't be read may be of any scenario. */
static bool is_of(const json_t *row, const char *name, const char *scenario)
{
	const char *of = json_str(row, "scenario", "");

	return strcmp(json_str(row, "name", ""), name) == 0 && (!*of || strcmp(of, scenario) == 0);
}

/* The row of this learner and scenario that counts, or NULL. */
static const json_t *row_of(const json_t *doc, const char *name, const char *scenario)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(doc, "submissions"), i, row)
		if (is_of(row, name, scenario) && json_flag(row, "counts", false))
			return row;
	return NULL;
}

/* Each thing once, however many of the learner's files have it. */
static void put_once(FILE *all, json_t *told, const char *text)
{
	if (json_object_get(told, text))
		return;
	fprintf(all, "%s%s", json_object_size(told) ? "; " : "", text);
	json_object_set_new(told, text, json_true());
}

/* The learner reads it: what is wrong with all their own files, nothing of others'. */
static void put_feedback(FILE *f, const json_t *doc, const char *name, const char *scenario,
			 const char *lang)
{
	const json_t *counts = row_of(doc, name, scenario), *row, *p;
	auto_json json_t *told = json_object();
	auto_free char *text = NULL;
	size_t len, i, k;
	FILE *all = open_memstream(&text, &len);

	if (!all)
		return;
	if (json_flag(counts, "held", false))
		put_once(all, told,
			 strcmp(lang, "ja") == 0 ? "先生が確認するまで点数は保留です"
						 : "the grade waits until your teacher has looked");
	json_array_foreach (json_object_get(doc, "submissions"), i, row)
		if (is_of(row, name, scenario))
			json_array_foreach (json_object_get(row, "problems"), k, p)
				put_once(all, told, problem_for_learner(p, lang));
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
		if (row && !json_flag(row, "held", false))
			put_score(f, row);
		fputc(',', f);
		put_feedback(f, doc, name, id, lang);
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
