/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check found, for people and for programs. */
#include <stdio.h>
#include <string.h>

#include "base/textwidth.h"
#include "cli/check.h"
#include "cli/progress.h"
#include "grade/xml.h"

enum { ID_COLUMNS = 28 };

static bool human(const struct check *k)
{
	return !k->cli->format || strcmp(k->cli->format, "human") == 0;
}

/* "solution 100, alternatives 100 100, missteps 20/20 35/40, nothing 0" */
static void put_scores(FILE *f, const struct check_scenario *s)
{
	static const char *const words[N_CASE_KINDS] = {
		[CASE_SOLUTION] = "solution",
		[CASE_ALTERNATIVE] = "alternatives",
		[CASE_MISSTEP] = "missteps",
		[CASE_NOTHING] = "nothing",
	};
	enum check_kind last = CASE_PROOF;

	for (size_t i = 0; i < s->n_cases; i++) {
		const struct check_case *c = &s->cases[i];

		if (c->kind == CASE_PROOF)
			continue;
		if (c->kind != last)
			fprintf(f, "%s%s", last == CASE_PROOF ? "" : ", ", words[c->kind]);
		last = c->kind;
		fprintf(f, " %d", c->score);
		if (c->kind == CASE_MISSTEP)
			fprintf(f, "/%d", c->at_most);
	}
}

/* A scenario that can't be made fails every case alike: said once. */
static bool said_before(const struct check_scenario *s, size_t i)
{
	for (size_t k = 0; k < i && s->cases[i].why; k++)
		if (!s->cases[k].ok && s->cases[k].why &&
		    strcmp(s->cases[k].why, s->cases[i].why) == 0)
			return true;
	return false;
}

static void put_failures(const struct check *k, const struct check_scenario *s)
{
	FILE *out = k->cli->out;

	for (size_t i = 0; i < s->n_cases; i++) {
		const struct check_case *c = &s->cases[i];

		/* What this machine can't do fails every case alike: said once. */
		if (c->machine && i && s->cases[i - 1].machine)
			continue;
		if (!c->ok && !k->keep && said_before(s, i))
			continue;
		if (!c->ok)
			fprintf(out, "     %s: %s\n", c->name, c->why ? c->why : "?");
		else if (c->patient)
			fprintf(out, "     %s: held when tried again; at first: %s\n", c->name,
				c->first ? c->first : "?");
		if (k->keep && !c->ok)
			fprintf(out, "       %s\n", c->dir);
	}
}

void check_report_line(const struct check *k, const struct check_scenario *s)
{
	const struct cli *c = k->cli;
	bool ok = check_scenario_ok(s);

	if (!human(k) || check_unreadable(s))
		return; /* said at the end, as every command says it */
	progress_clear(c);
	fprintf(c->out, "%s%s%s ",
		cli_style(c, s->skipped ? STYLE_WARN
			     : ok	? STYLE_GOOD
					: STYLE_BAD),
		s->skipped ? "skip"
		: ok	   ? "ok  "
			   : "FAIL",
		cli_style(c, STYLE_NONE));
	text_pad(c->out, s->title, ID_COLUMNS);
	fputc(' ', c->out);
	if (s->skipped) {
		fprintf(c->out, "%s\n", s->skipped);
		return;
	}
	put_scores(c->out, s);
	fprintf(c->out, "  %.1f s\n", s->ended - s->began);
	put_failures(k, s);
	fflush(c->out);
}

static json_t *proof(const struct check_scenario *s, const char *key)
{
	return json_boolean(s->n_cases && json_flag(s->cases[0].result, key, false));
}

static json_t *reasons(const struct check_scenario *s)
{
	json_t *all = json_array();

	if (check_unreadable(s))
		json_array_append_new(all, json_string(s->error.msg));
	for (size_t i = 0; i < s->n_cases; i++)
		if (!s->cases[i].ok)
			json_array_append_new(
				all, json_sprintf("%s: %s", s->cases[i].name,
						  s->cases[i].why ? s->cases[i].why : "?"));
	return all;
}

/* Cases that held only at their second try: a proof that is not steady, or a machine too busy. */
static json_t *second_tries(const struct check_scenario *s)
{
	json_t *all = json_array();

	for (size_t i = 0; i < s->n_cases; i++)
		if (s->cases[i].patient && s->cases[i].ok)
			json_array_append_new(
				all, json_sprintf("%s: %s", s->cases[i].name,
						  s->cases[i].first ? s->cases[i].first : "?"));
	return all;
}

static void add_case(json_t *doc, const struct check_case *c)
{
	switch (c->kind) {
	case CASE_PROOF:
	case N_CASE_KINDS:
		break;
	case CASE_SOLUTION:
		json_object_set_new(doc, "solution", json_integer(c->score));
		break;
	case CASE_ALTERNATIVE:
		json_array_append_new(json_object_get(doc, "alternatives"), json_integer(c->score));
		break;
	case CASE_MISSTEP:
		json_array_append_new(
			json_object_get(doc, "missteps"),
			json_pack("{s:O, s:i, s:i, s:b}", "name",
				  json_object_get(json_array_get(json_object_get(c->scenario->meta,
										 "missteps"),
								 c->nth),
						  "name"),
				  "score", c->score, "at_most", c->at_most, "ok", (int)c->ok));
		break;
	case CASE_NOTHING:
		json_object_set_new(doc, "nothing", json_integer(c->score));
		break;
	}
}

static json_t *scenario_json(const struct check_scenario *s)
{
	json_t *doc = json_pack(
		"{s:s, s:s, s:b, s:o, s:o, s:o, s:[], s:[], s:f, s:s?, s:o, s:o}", "id", s->id,
		"variant", s->variant ? s->variant : "", "ok", (int)check_scenario_ok(s), "healthy",
		proof(s, "healthy"), "broken", proof(s, "broken"), "controls", proof(s, "controls"),
		"alternatives", "missteps", "seconds", s->ended - s->began, "skipped", s->skipped,
		"why", reasons(s), "second_tries", second_tries(s));

	for (size_t i = 0; doc && i < s->n_cases; i++)
		add_case(doc, &s->cases[i]);
	return doc;
}

struct counts {
	int passed, failed, skipped;
};

static struct counts count(const struct check *k)
{
	struct counts n = {0};

	for (size_t i = 0; i < k->n; i++) {
		const struct check_scenario *s = &k->scenarios[i];

		n.skipped += s->skipped != NULL;
		n.passed += !s->skipped && check_scenario_ok(s);
		n.failed += !s->skipped && !check_scenario_ok(s);
	}
	return n;
}

static int report_json(const struct check *k, struct counts n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < k->n; i++)
		json_array_append_new(all, scenario_json(&k->scenarios[i]));
	return cli_print_json(k->cli, "check",
			      json_pack("{s:o, s:i, s:i, s:i, s:f}", "scenarios", all, "passed",
					n.passed, "failed", n.failed, "skipped", n.skipped,
					"seconds", k->ended - k->began));
}

static void junit_scenario(FILE *f, const struct check_scenario *s)
{
	auto_json json_t *why = reasons(s);
	const json_t *one;
	size_t i;

	fputs("  <testcase classname=\"netdojo.check\" name=\"", f);
	xml_put(f, s->title);
	fprintf(f, "\" time=\"%.3f\">\n", s->ended - s->began);
	if (s->skipped) {
		fputs("    <skipped message=\"", f);
		xml_put(f, s->skipped);
		fputs("\"/>\n", f);
	}
	json_array_foreach (why, i, one) {
		fputs("    <failure message=\"", f);
		xml_put(f, json_string_value(one));
		fputs("\"/>\n", f);
	}
	fputs("  </testcase>\n", f);
}

static void report_junit_all(const struct check *k, struct counts n)
{
	FILE *f = k->cli->out;

	fprintf(f,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
		"name=\"netdojo.check\" tests=\"%zu\" failures=\"%d\" errors=\"0\" skipped=\"%d\" "
		"time=\"%.3f\">\n",
		k->n, n.failed, n.skipped, k->ended - k->began);
	for (size_t i = 0; i < k->n; i++)
		junit_scenario(f, &k->scenarios[i]);
	fputs("</testsuite>\n</testsuites>\n", f);
}

static void report_tap_all(const struct check *k)
{
	FILE *f = k->cli->out;

	fprintf(f, "TAP version 13\n1..%zu\n", k->n);
	for (size_t i = 0; i < k->n; i++) {
		const struct check_scenario *s = &k->scenarios[i];
		auto_json json_t *why = reasons(s);
		const json_t *one;
		size_t w;

		fprintf(f, "%s %zu - %s%s%s\n",
			s->skipped || check_scenario_ok(s) ? "ok" : "not ok", i + 1, s->title,
			s->skipped ? " # SKIP " : "", s->skipped ? s->skipped : "");
		json_array_foreach (why, w, one)
			fprintf(f, "# %s\n", json_string_value(one));
	}
}

static void report_human(const struct check *k, struct counts n)
{
	const struct cli *c = k->cli;

	fprintf(c->out, "%d %s, %d %s, %d %s, %.1f s\n", n.passed,
		cli_tr(c, (struct text){"passed", "合格"}), n.failed,
		cli_tr(c, (struct text){"failed", "不合格"}), n.skipped,
		cli_tr(c, (struct text){"skipped", "省略"}), k->ended - k->began);
}

/* The failure of this machine that no case got past; NULL when one did. */
static const json_t *machine_failure(const struct check *k)
{
	const json_t *first = NULL;

	for (size_t i = 0; i < k->n; i++) {
		for (size_t c = 0; c < k->scenarios[i].n_cases; c++) {
			const struct check_case *one = &k->scenarios[i].cases[c];

			if (!one->machine)
				return NULL;
			first = first ? first : one->result;
		}
	}
	return first;
}

static int report(const struct check *k, struct counts n)
{
	int rc = 0;

	if (k->cli->json)
		rc = report_json(k, n);
	else if (human(k))
		report_human(k, n);
	else if (strcmp(k->cli->format, "junit") == 0)
		report_junit_all(k, n);
	else
		report_tap_all(k);
	return rc ? rc : n.failed ? EXIT_SHORT : EXIT_DONE;
}

/* Scenarios that can't be read are wrong usage, and no failed check; returns how many. */
static size_t tell_unreadable(const struct check *k, int *rc)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++) {
		if (!check_unreadable(&k->scenarios[i]))
			continue;
		*rc = cli_fail(k->cli, &k->scenarios[i].error);
		n++;
	}
	return n;
}

int check_report(const struct check *k)
{
	const json_t *broken = machine_failure(k);
	struct counts n = count(k);
	struct err err = {0};
	int told, rc = 0;

	if (broken) {
		err_from_json(&err, broken);
		return cli_fail(k->cli, &err);
	}
	if (k->n && tell_unreadable(k, &rc) == k->n)
		return rc;
	told = report(k, n);
	return rc ? rc : told;
}
