/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a rubric's items to a grade. */
#include "grade/grade.h"

#include <stdbool.h>
#include <string.h>

#include "evidence/query.h"
#include "grade/diagnosis.h"

static const char *const groups[] = {"observe", "diagnose", "mend", "verify", "care"};

/* Points over the items of one group (NULL = all) that are not void. */
static void total(const json_t *items, const char *group, double *ret_points, double *ret_max)
{
	const json_t *it;
	size_t i;

	*ret_points = *ret_max = 0;
	json_array_foreach (items, i, it) {
		if (json_flag(it, "void", false) ||
		    (group && strcmp(json_str(it, "group", ""), group) != 0))
			continue;
		*ret_points += json_num(it, "points", 0);
		*ret_max += json_num(it, "max", 0);
	}
}

/* 0-100; only full marks are 100. */
static int score_of(double points, double max)
{
	int score = max > 0 ? (int)(100 * points / max + 0.5) : 0;

	if (score < 0)
		return 0;
	return score >= 100 && points < max ? 99 : score > 100 ? 100 : score;
}

static bool group_used(const json_t *items, const char *group)
{
	const json_t *it;
	size_t i;

	json_array_foreach (items, i, it)
		if (strcmp(json_str(it, "group", ""), group) == 0)
			return true;
	return false;
}

static json_t *group_totals(const json_t *items)
{
	json_t *all = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		double points, max;

		if (!group_used(items, groups[i]))
			continue;
		total(items, groups[i], &points, &max);
		json_array_append_new(all, json_pack("{s:s, s:f, s:f}", "id", groups[i], "points",
						     points, "max", max));
	}
	return all;
}

/* Whether the last run of this fixed-probe held; the last is the one at the attempt's end. */
static bool held(const json_t *events, const char *name)
{
	for (size_t i = json_array_size(events); i-- > 0;) {
		const json_t *e = json_array_get(events, i);

		if (strcmp(json_str(e, "kind", ""), "probe") == 0 &&
		    strcmp(json_str(e, "set", ""), "fixed") == 0 &&
		    strcmp(json_str(e, "name", ""), name) == 0)
			return json_flag(e, "ok", false);
	}
	return false;
}

static json_t *fixed_probes(const json_t *events, const json_t *meta, bool *ret_all)
{
	json_t *all = json_array();
	const json_t *name;
	size_t i;

	*ret_all = true;
	json_array_foreach (json_object_get(meta, "fixed"), i, name) {
		const char *s =
			json_is_string(name) ? json_string_value(name) : json_str(name, "name", "");
		bool ok = held(events, s);

		json_array_append_new(
			all, json_pack("{s:s, s:b, s:O*}", "name", s, "ok", (int)ok, "title",
				       json_object_get(json_object_get(meta, "titles"), s)));
		*ret_all = *ret_all && ok;
	}
	return all;
}

/* Why the attempt says nothing about the learner; NULL when it does. */
static const char *why_void(const json_t *events, const json_t *meta, double max)
{
	const json_t *verified = evidence_last(events, "lab", "fault-verified");
	bool wants_fault = json_array_size(json_object_get(meta, "truth")) > 0;

	if (evidence_first(events, "lab", "died"))
		return "the lab failed";
	if (!evidence_first(events, "lab", "finished"))
		return "the attempt was not finished";
	if (wants_fault && !verified)
		return "the fault was not verified when the attempt began";
	if (wants_fault && !json_flag(verified, "shows", false))
		return "the fault did not show when the attempt began";
	return max > 0 ? NULL : "no recorder was there to see anything";
}

static json_t *all_answers(const json_t *events)
{
	json_t *all = json_array();
	const json_t *e;
	size_t i;

	json_array_foreach (events, i, e) {
		const json_t *answers = json_object_get(e, "answers");

		if (strcmp(json_str(e, "kind", ""), "answer") == 0)
			json_array_append_new(all, json_is_array(answers) ? json_deep_copy(answers)
									  : json_array());
	}
	return all;
}

static json_t *diagnosis(const json_t *events, const json_t *truth)
{
	json_t *answers = all_answers(events);
	size_t n = json_array_size(answers);
	bool right = n && diagnosis_correct(json_array_get(answers, n - 1), truth);

	return json_pack("{s:o, s:b}", "answers", answers, "correct", (int)right);
}

static int count_kind(const json_t *events, const char *kind)
{
	const json_t *e;
	size_t i;
	int n = 0;

	json_array_foreach (events, i, e)
		n += strcmp(json_str(e, "kind", ""), kind) == 0;
	return n;
}

static json_t *or_empty(const json_t *v)
{
	return v ? json_deep_copy(v) : json_array();
}

int grade_make(const json_t *events, const json_t *meta, const json_t *items, json_t **ret,
	       struct err *err)
{
	const json_t *start = evidence_first(events, "lab", "start");
	const json_t *truth = json_object_get(meta, "truth");
	int pass = (int)json_num(meta, "pass", json_num(start, "pass", 70)), score;
	double points, max;
	const char *void_why;
	bool all_fixed;
	json_t *fixed = fixed_probes(events, meta, &all_fixed), *g;

	total(items, NULL, &points, &max);
	score = score_of(points, max);
	void_why = why_void(events, meta, max);
	g = json_pack(
		"{s:s, s:s, s:O?, s:s, s:i, s:i, s:b, s:b, s:s?, s:o, s:o, s:o, s:o, s:o, s:i}",
		"schema", "netdojo/grade/1", "scenario",
		json_str(meta, "id", json_str(start, "scenario", "")), "title",
		json_object_get(meta, "title"), "seed", json_str(start, "seed", ""), "score", score,
		"pass", pass, "passed", score >= pass && all_fixed && !void_why, "void",
		void_why != NULL, "why_void", void_why, "truth", or_empty(truth), "diagnosis",
		diagnosis(events, truth), "groups", group_totals(items), "fixed", fixed, "items",
		or_empty(items), "hints", count_kind(events, "hint"));
	if (!g)
		return err_sys(err, ENOMEM, "Can't make a grade");
	*ret = g;
	return 0;
}

int grade_exit_code(const json_t *grade)
{
	if (json_flag(grade, "void", false))
		return ERR_MACHINE;
	return json_flag(grade, "passed", false) ? 0 : ERR_SHORT;
}
