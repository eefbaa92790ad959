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

/* Did the attempt come to its end? Else it was cut, and is graded up to that moment. */
static bool finished(const json_t *events)
{
	return evidence_first(events, "lab", "finished") != NULL;
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
		bool ok = finished(events) && held(events, s);

		json_array_append_new(
			all, json_pack("{s:s, s:b, s:O*}", "name", s, "ok", (int)ok, "title",
				       json_object_get(json_object_get(meta, "titles"), s)));
		*ret_all = *ret_all && ok;
	}
	return all;
}

/* A lab that failed and was built again for the same attempt did no harm: what counts is that the last one stood. */
static bool lab_failed(const json_t *events)
{
	const json_t *died = evidence_last(events, "lab", "died"),
		     *ready = evidence_last(events, "lab", "ready");

	return died && (!ready || json_int(ready, "seq", 0) < json_int(died, "seq", 0));
}

/* Why the attempt says nothing about the learner; NULL when it does. */
static const char *why_void(const json_t *events, const json_t *meta, const json_t *scored,
			    double max)
{
	const json_t *verified = evidence_last(events, "lab", "fault-verified");
	bool wants_fault = json_array_size(json_object_get(meta, "truth")) > 0;

	if (lab_failed(events))
		return "the lab failed";
	if (wants_fault && !verified)
		return "the fault was not verified when the attempt began";
	if (wants_fault && !json_flag(verified, "shows", false))
		return "the fault did not show when the attempt began";
	if (json_flag(scored, "gone", false))
		return "the fault was gone without the learner's doing";
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

/* Points off for the hints that were taken, each once. */
static double hint_cost(const json_t *events, const json_t *prices)
{
	const json_t *e;
	size_t i, taken = 0;
	double cost = 0;

	json_array_foreach (events, i, e) {
		size_t n = (size_t)json_int(e, "n", 0);

		if (strcmp(json_str(e, "kind", ""), "hint") != 0 || n <= taken)
			continue;
		for (; taken < n; taken++)
			cost += json_number_value(json_array_get(prices, taken));
	}
	return cost;
}

/* What lay between two times of playing: no time of the attempt's. */
static json_t *gaps(const json_t *events)
{
	json_t *all = json_array();
	const json_t *e;
	size_t i;

	json_array_foreach (events, i, e)
		if (strcmp(json_str(e, "kind", ""), "lab") == 0 &&
		    strcmp(json_str(e, "what", ""), "resumed") == 0)
			json_array_append_new(all, json_pack("{s:f, s:f}", "t", json_num(e, "t", 0),
							     "seconds", json_num(e, "gap", 0)));
	return all;
}

/* When play ended: the lab's own word, else the last thing that was recorded. */
static double end_of_play(const json_t *events)
{
	const json_t *end = evidence_last(events, "lab", "finishing");

	if (!end)
		end = evidence_last(events, "lab", "finished");
	if (!end)
		end = json_array_get(events, json_array_size(events) - 1);
	return json_num(end, "t", 0);
}

/* `t` has no gaps, so the time played is what lies between the first `ready` and the end. */
static json_t *play_time(const json_t *events, const json_t *meta)
{
	const json_t *par = json_object_get(meta, "minutes");
	double played =
		end_of_play(events) - json_num(evidence_first(events, "lab", "ready"), "t", 0);

	played = played > 0 ? (double)(int64_t)(1e3 * played + 0.5) / 1e3 : 0;
	return json_pack("{s:f, s:o, s:o}", "played", played, "par",
			 json_is_number(par) ? json_real(60 * json_number_value(par)) : json_null(),
			 "gaps", gaps(events));
}

static json_t *path_of(const json_t *scored)
{
	const json_t *path = json_object_get(scored, "path");

	return json_pack("{s:o, s:o}", "walked", or_empty(json_object_get(path, "walked")), "best",
			 or_empty(json_object_get(path, "best")));
}

/* The items' share of 100 less what the hints cost. */
static int less_hints(int score, double cost)
{
	return score > cost ? (int)(score - cost + 0.5) : 0;
}

/* What was played, and by which rules. */
static json_t *head(const json_t *start, const json_t *meta, int pass)
{
	return json_pack("{s:s, s:s, s:O?, s:s, s:s, s:i}", "schema", "netdojo/grade/1", "scenario",
			 json_str(meta, "id", json_str(start, "scenario", "")), "title",
			 json_object_get(meta, "title"), "seed", json_str(start, "seed", ""),
			 "variant", json_str(start, "variant", ""), "pass", pass);
}

/* What it came to; whether everything that has to hold does is all_fixed. */
static json_t *verdict(int score, int pass, double cost, bool all_fixed, const char *void_why)
{
	score = less_hints(score, cost);
	return json_pack("{s:i, s:f, s:b, s:b, s:s?}", "score", score, "hint_cost", cost, "passed",
			 score >= pass && all_fixed && !void_why, "void", void_why != NULL,
			 "why_void", void_why);
}

int grade_make(const json_t *events, const json_t *meta, const json_t *scored, json_t **ret,
	       struct err *err)
{
	const json_t *start = evidence_first(events, "lab", "start");
	const json_t *items = json_object_get(scored, "items"),
		     *truth = json_object_get(meta, "truth");
	int pass = (int)json_num(meta, "pass", json_num(start, "pass", 70));
	double points, max;
	bool all_fixed;
	json_t *fixed = fixed_probes(events, meta, &all_fixed), *g = head(start, meta, pass);
	auto_json json_t *came_to = NULL, *rest = NULL;

	total(items, NULL, &points, &max);
	came_to = verdict(score_of(points, max), pass,
			  hint_cost(events, json_object_get(scored, "hint_prices")),
			  all_fixed && finished(events), why_void(events, meta, scored, max));
	rest = json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "finished",
			 (int)finished(events), "truth", or_empty(truth), "diagnosis",
			 diagnosis(events, truth), "groups", group_totals(items), "fixed", fixed,
			 "items", or_empty(items), "hints", count_kind(events, "hint"), "time",
			 play_time(events, meta), "path", path_of(scored));
	if (!g || !came_to || !rest || json_object_update(g, came_to) < 0 ||
	    json_object_update(g, rest) < 0) {
		json_decref(g);
		return err_sys(err, ENOMEM, "Can't make a grade");
	}
	*ret = g;
	return 0;
}

int grade_exit_code(const json_t *grade)
{
	if (json_flag(grade, "void", false))
		return ERR_MACHINE;
	return json_flag(grade, "passed", false) ? 0 : ERR_SHORT;
}
