/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grade in the forms other programs read. */
#include "grade/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/query.h"
#include "grade/item.h"
#include "grade/xml.h"

/* How an item came out. */
enum outcome { O_FULL, O_SHORT, O_VOID };

static enum outcome outcome(const json_t *item)
{
	if (json_flag(item, "void", false))
		return O_VOID;
	return json_num(item, "points", 0) >= json_num(item, "max", 0) ? O_FULL : O_SHORT;
}

static size_t count(const json_t *items, enum outcome want)
{
	const json_t *it;
	size_t i, n = 0;

	json_array_foreach (items, i, it)
		n += outcome(it) == want;
	return n;
}

static void junit_case(FILE *f, const char *scenario, const json_t *it, const json_t *events)
{
	auto_free char *detail = item_detail(it, events, "en");

	fputs("  <testcase classname=\"netdojo.", f);
	xml_put(f, scenario);
	fprintf(f, "\" name=\"%s/", json_str(it, "group", ""));
	xml_put(f, json_str(it, "id", ""));
	fputs("\">\n", f);
	if (outcome(it) == O_VOID)
		fputs("    <skipped message=\"a recorder was absent\"/>\n", f);
	if (outcome(it) == O_SHORT) {
		fprintf(f, "    <failure message=\"%g of %g points\">", json_num(it, "points", 0),
			json_num(it, "max", 0));
		xml_put(f, detail ? detail : "");
		fputs("</failure>\n", f);
	}
	fputs("  </testcase>\n", f);
}

char *report_junit(const json_t *grade, const json_t *events)
{
	const json_t *items = json_object_get(grade, "items"), *it;
	const char *scenario = json_str(grade, "scenario", "");
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
	      "name=\"netdojo.",
	      f);
	xml_put(f, scenario);
	fprintf(f, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		json_array_size(items), count(items, O_SHORT), count(items, O_VOID));
	fprintf(f,
		"  <properties>\n    <property name=\"score\" value=\"%d\"/>\n"
		"    <property name=\"passed\" value=\"%s\"/>\n  </properties>\n",
		(int)json_int(grade, "score", 0),
		json_flag(grade, "passed", false) ? "true" : "false");
	json_array_foreach (items, i, it)
		junit_case(f, scenario, it, events);
	fputs("</testsuite>\n</testsuites>\n", f);
	fclose(f);
	return text;
}

/* Lines of detail as TAP comments. */
static void tap_detail(FILE *f, const char *detail)
{
	while (detail && *detail) {
		size_t n = strcspn(detail, "\n");

		fprintf(f, "# %.*s\n", (int)n, detail);
		detail += n + (detail[n] == '\n');
	}
}

char *report_tap(const json_t *grade, const json_t *events)
{
	const json_t *items = json_object_get(grade, "items"), *it;
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f, "TAP version 13\n1..%zu\n", json_array_size(items));
	json_array_foreach (items, i, it) {
		enum outcome o = outcome(it);
		auto_free char *detail = o == O_SHORT ? item_detail(it, events, "en") : NULL;

		fprintf(f, "%s %zu - %s/%s %g/%g%s\n", o == O_SHORT ? "not ok" : "ok", i + 1,
			json_str(it, "group", ""), json_str(it, "id", ""),
			json_num(it, "points", 0), json_num(it, "max", 0),
			o == O_VOID ? " # SKIP a recorder was absent" : "");
		tap_detail(f, detail);
	}
	fprintf(f, "# score %d, %s\n", (int)json_int(grade, "score", 0),
		json_flag(grade, "passed", false) ? "passed" : "not passed");
	fclose(f);
	return text;
}

static json_t *gradescope_test(const json_t *it, const json_t *events)
{
	auto_free char *detail = item_detail(it, events, "en");
	bool is_void = outcome(it) == O_VOID;

	return json_pack("{s:s, s:s, s:f, s:f, s:s, s:s}", "name", item_text(it, "title", "en"),
			 "number", json_str(it, "id", ""), "score", json_num(it, "points", 0),
			 "max_score", is_void ? 0.0 : json_num(it, "max", 0), "status",
			 outcome(it) == O_SHORT ? "failed" : "passed", "output",
			 is_void  ? "void: a recorder was absent"
			 : detail ? detail
				  : "");
}

char *report_gradescope(const json_t *grade, const json_t *events)
{
	auto_json json_t *doc = NULL, *tests = json_array();
	const json_t *it;
	char *dumped, *text;
	size_t i;

	json_array_foreach (json_object_get(grade, "items"), i, it)
		json_array_append_new(tests, gradescope_test(it, events));
	doc = json_pack("{s:i, s:s, s:O}", "score", (int)json_int(grade, "score", 0), "output",
			json_flag(grade, "void", false)	    ? json_str(grade, "why_void", "void")
			: json_flag(grade, "passed", false) ? "passed"
							    : "not passed",
			"tests", tests);
	dumped = doc ? json_dumps(doc, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
	if (!dumped)
		return NULL;
	text = realloc(dumped, strlen(dumped) + 2);
	if (text)
		strcat(text, "\n");
	else
		free(dumped);
	return text;
}
