/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grade in the forms other programs read. */
#include "grade/report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/query.h"
#include "grade/item.h"
#include "grade/safe.h"
#include "grade/view.h"
#include "grade/xml.h"

static size_t count(const json_t *items, bool is_void)
{
	const json_t *it;
	size_t i, n = 0;

	json_array_foreach (items, i, it) {
		enum outcome o = view_outcome(it);

		n += is_void ? o == OUTCOME_VOID : o == OUTCOME_PART || o == OUTCOME_NONE;
	}
	return n;
}

/* Why the attempt as a whole says less than its items do: void, cut; "" for neither. One line; caller frees. */
static char *reservations(const json_t *grade)
{
	char *text = view_reservations(grade, "en");

	for (char *p = text; p && *p; p++)
		if (*p == '\n')
			*p = p[1] ? ';' : '\0';
	return text;
}

static void junit_case(FILE *f, const char *scenario, const json_t *it, const json_t *events)
{
	auto_free char *detail = item_detail(it, events, "en");
	enum outcome o = view_outcome(it);

	fputs("  <testcase classname=\"netdojo.", f);
	xml_put(f, scenario);
	fprintf(f, "\" name=\"%s/", json_str(it, "group", ""));
	xml_put(f, json_str(it, "id", ""));
	fputs("\">\n", f);
	if (o == OUTCOME_VOID)
		fputs("    <skipped message=\"a recorder was absent\"/>\n", f);
	else if (o != OUTCOME_FULL) {
		fprintf(f, "    <failure message=\"%g of %g points\">", json_num(it, "points", 0),
			json_num(it, "max", 0));
		xml_put(f, detail ? detail : "");
		fputs("</failure>\n", f);
	}
	fputs("  </testcase>\n", f);
}

static void junit_properties(FILE *f, const json_t *grade)
{
	fprintf(f,
		"  <properties>\n    <property name=\"score\" value=\"%d\"/>\n"
		"    <property name=\"pass\" value=\"%d\"/>\n"
		"    <property name=\"passed\" value=\"%s\"/>\n"
		"    <property name=\"hints\" value=\"%d\"/>\n"
		"    <property name=\"hint_cost\" value=\"%g\"/>\n  </properties>\n",
		(int)json_int(grade, "score", 0), (int)json_int(grade, "pass", 0),
		view_passed(grade) ? "true" : "false", (int)json_int(grade, "hints", 0),
		json_num(grade, "hint_cost", 0));
}

/* What no item tells: an error, as JUnit calls a test that could not be finished. */
static void junit_attempt(FILE *f, const char *scenario, const char *why)
{
	fputs("  <testcase classname=\"netdojo.", f);
	xml_put(f, scenario);
	fputs("\" name=\"attempt\">\n    <error message=\"", f);
	xml_put(f, why);
	fputs("\"/>\n  </testcase>\n", f);
}

static void junit(FILE *f, const json_t *grade, const json_t *events)
{
	const json_t *items = json_object_get(grade, "items"), *it;
	const char *scenario = json_str(grade, "scenario", "");
	auto_free char *why = reservations(grade);
	int errors = why && *why;
	size_t i;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
	      "name=\"netdojo.",
	      f);
	xml_put(f, scenario);
	fprintf(f,
		"\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"%zu\" time=\"%.3f\">\n",
		json_array_size(items) + (size_t)errors, count(items, false), errors,
		count(items, true), json_num(json_object_get(grade, "time"), "played", 0));
	junit_properties(f, grade);
	json_array_foreach (items, i, it)
		junit_case(f, scenario, it, events);
	if (errors)
		junit_attempt(f, scenario, why);
	fputs("</testsuite>\n</testsuites>\n", f);
}

/* What a form writes, of documents made fit to be shown. */
static char *text_of(void (*write)(FILE *f, const json_t *grade, const json_t *events),
		     const json_t *grade, const json_t *events)
{
	auto_json json_t *safe_grade = safe_copy(grade), *safe_events = safe_copy(events);
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	write(f, safe_grade, safe_events);
	fclose(f);
	return text;
}

char *report_junit(const json_t *grade, const json_t *events)
{
	return text_of(junit, grade, events);
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

static void tap_case(FILE *f, size_t n, const json_t *it, const json_t *events)
{
	enum outcome o = view_outcome(it);
	bool ok = o == OUTCOME_FULL || o == OUTCOME_VOID;
	auto_free char *detail = ok ? NULL : item_detail(it, events, "en");

	fprintf(f, "%s %zu - %s/%s %g/%g%s\n", ok ? "ok" : "not ok", n, json_str(it, "group", ""),
		json_str(it, "id", ""), json_num(it, "points", 0), json_num(it, "max", 0),
		o == OUTCOME_VOID ? " # SKIP a recorder was absent" : "");
	tap_detail(f, detail);
}

static void tap(FILE *f, const json_t *grade, const json_t *events)
{
	const json_t *items = json_object_get(grade, "items"), *it;
	size_t i, n = json_array_size(items);
	auto_free char *why = reservations(grade);
	bool whole = !why || !*why;

	fprintf(f, "TAP version 13\n1..%zu\n", n + !whole);
	json_array_foreach (items, i, it)
		tap_case(f, i + 1, it, events);
	if (!whole)
		fprintf(f, "not ok %zu - attempt\n# %s\n", n + 1, why);
	if (json_int(grade, "hints", 0))
		fprintf(f, "# hints %d, points taken off %g\n", (int)json_int(grade, "hints", 0),
			json_num(grade, "hint_cost", 0));
	fprintf(f, "# score %d, %s\n", (int)json_int(grade, "score", 0),
		view_passed(grade) ? "passed" : "not passed");
}

char *report_tap(const json_t *grade, const json_t *events)
{
	return text_of(tap, grade, events);
}

static json_t *gradescope_test(const json_t *it, const json_t *events)
{
	auto_free char *detail = item_detail(it, events, "en");
	enum outcome o = view_outcome(it);
	bool ok = o == OUTCOME_FULL || o == OUTCOME_VOID;

	return json_pack("{s:s, s:s, s:f, s:f, s:s, s:s, s:s}", "name",
			 item_text(it, "title", "en"), "number", json_str(it, "id", ""), "score",
			 json_num(it, "points", 0), "max_score",
			 o == OUTCOME_VOID ? 0.0 : json_num(it, "max", 0), "status",
			 ok ? "passed" : "failed", "visibility", "visible", "output",
			 o == OUTCOME_VOID ? "void: a recorder was absent"
			 : detail	   ? detail
					   : "");
}

/* The verdict, what speaks against it, what was taken off: the words above Gradescope's list. */
static char *gradescope_output(const json_t *grade)
{
	auto_free char *but = view_reservations(grade, "en");
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f, "%s\n%s", view_passed(grade) ? "passed" : "not passed", but ? but : "");
	if (json_int(grade, "hints", 0)) {
		fputs("Hints taken: ", f);
		view_put_hints(f, grade, "en");
		fputc('\n', f);
	}
	fclose(f);
	return text;
}

char *report_gradescope(const json_t *grade, const json_t *events)
{
	auto_json json_t *safe_grade = safe_copy(grade), *safe_events = safe_copy(events);
	auto_json json_t *doc = NULL, *tests = json_array();
	auto_free char *output = gradescope_output(safe_grade);
	const json_t *it;
	char *dumped, *text;
	size_t i;

	json_array_foreach (json_object_get(safe_grade, "items"), i, it)
		json_array_append_new(tests, gradescope_test(it, safe_events));
	doc = json_pack("{s:i, s:s, s:s, s:O}", "score", (int)json_int(grade, "score", 0), "output",
			output ? output : "", "output_format", "text", "tests", tests);
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
