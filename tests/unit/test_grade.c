/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Totals, void items and attempts, and what passes. */
#include "grade_sample.h"

#include <stdbool.h>
#include <string.h>

#include "grade/grade.h"

static json_t *events, *meta, *items;
static bool gone;

static void setup(void)
{
	gone = false;
	events = sample(sample_events);
	meta = sample(sample_meta);
	items = sample(sample_items);
}

static void teardown(void)
{
	json_decref(events);
	json_decref(meta);
	json_decref(items);
}

static json_t *grade(void)
{
	auto_json json_t *scored = json_pack("{s:O, s:[f,f], s:b}", "items", items, "hint_prices",
					     0.0, 5.0, "gone", (int)gone);
	json_t *g = NULL;
	struct err err = {0};

	ck_assert_int_eq(grade_make(events, meta, scored, &g, &err), 0);
	return g;
}

/* Sets key of the event with this seq. */
static void set_event(size_t seq, const char *key, json_t *value)
{
	json_object_set_new(json_array_get(events, seq - 1), key, value);
}

static void set_points(size_t i, double points)
{
	json_object_set_new(json_array_get(items, i), "points", json_real(points));
}

START_TEST(a_void_item_leaves_the_denominator)
{
	auto_json json_t *g = grade();

	/* 70 of 80; the void item's 20 are out */
	ck_assert_int_eq(json_int(g, "score", -1), 88);
	ck_assert(json_flag(g, "passed", false));
	ck_assert(!json_flag(g, "void", true));
	ck_assert_uint_eq(json_array_size(json_object_get(g, "groups")), 5);
	ck_assert_int_eq(grade_exit_code(g), 0);
	ck_assert_int_eq(json_int(g, "hints", 0), 1);
}
END_TEST

START_TEST(under_the_mark_falls_short)
{
	auto_json json_t *g = NULL;

	set_points(3, 0);
	g = grade();
	ck_assert_int_eq(json_int(g, "score", -1), 50);
	ck_assert(!json_flag(g, "passed", true));
	ck_assert_int_eq(grade_exit_code(g), 1);
}
END_TEST

START_TEST(a_failing_fixed_probe_falls_short)
{
	auto_json json_t *g = NULL;

	set_event(10, "ok", json_false());
	g = grade();
	ck_assert_int_eq(json_int(g, "score", -1), 88);
	ck_assert(!json_flag(g, "passed", true));
}
END_TEST

START_TEST(a_fixed_probe_never_run_falls_short)
{
	auto_json json_t *g = NULL;

	json_array_append_new(json_object_get(meta, "fixed"), json_string("other"));
	g = grade();
	ck_assert(!json_flag(g, "passed", true));
}
END_TEST

START_TEST(only_full_marks_are_100)
{
	auto_json json_t *all = NULL, *nearly = NULL;

	set_points(4, 9.9);
	nearly = grade();
	ck_assert_int_eq(json_int(nearly, "score", -1), 99);
	set_points(4, 10);
	all = grade();
	ck_assert_int_eq(json_int(all, "score", -1), 100);
}
END_TEST

START_TEST(the_last_answer_counts)
{
	auto_json json_t *right = grade(), *wrong = NULL;
	const json_t *d = json_object_get(right, "diagnosis");

	ck_assert(json_flag(d, "correct", false));
	ck_assert_uint_eq(json_array_size(json_object_get(d, "answers")), 2);
	set_event(8, "answers",
		  json_deep_copy(json_object_get(json_array_get(events, 5), "answers")));
	wrong = grade();
	ck_assert(!json_flag(json_object_get(wrong, "diagnosis"), "correct", true));
}
END_TEST

START_TEST(no_answer_is_not_right)
{
	auto_json json_t *g = NULL;

	set_event(6, "kind", json_string("hint"));
	set_event(8, "kind", json_string("hint"));
	json_array_clear(json_object_get(meta, "truth"));
	g = grade();
	ck_assert(!json_flag(json_object_get(g, "diagnosis"), "correct", true));
}
END_TEST

START_TEST(none_is_right_where_nothing_is_wrong)
{
	auto_json json_t *g = NULL;

	set_event(8, "answers", json_array());
	set_event(8, "none", json_true());
	json_array_clear(json_object_get(meta, "truth"));
	g = grade();
	ck_assert(json_flag(json_object_get(g, "diagnosis"), "correct", false));
	ck_assert(!json_flag(g, "void", true));
}
END_TEST

static void is_void(const char *why)
{
	auto_json json_t *g = grade();

	ck_assert(json_flag(g, "void", false));
	ck_assert(!json_flag(g, "passed", true));
	ck_assert_msg(strstr(json_str(g, "why_void", ""), why) != NULL, "%s",
		      json_str(g, "why_void", ""));
	ck_assert_int_eq(grade_exit_code(g), 3);
}

START_TEST(void_attempts)
{
	switch (_i) {
	case 0:
		set_event(2, "shows", json_false());
		is_void("did not show");
		break;
	case 1:
		set_event(2, "what", json_string("ready"));
		is_void("not verified");
		break;
	case 2:
		set_event(7, "kind", json_string("lab"));
		set_event(7, "what", json_string("died"));
		is_void("lab failed");
		break;
	case 3:
		gone = true;
		is_void("without the learner's doing");
		break;
	case 4:
		for (size_t i = 0; i < json_array_size(items); i++)
			json_object_set_new(json_array_get(items, i), "void", json_true());
		is_void("no recorder");
		break;
	}
}
END_TEST

/* A log that stops: graded up to there, without what the probes at the end would have shown. */
START_TEST(a_cut_attempt_is_graded_up_to_there)
{
	auto_json json_t *g = NULL;

	set_event(11, "what", json_string("other"));
	g = grade();
	ck_assert(!json_flag(g, "finished", true));
	ck_assert(!json_flag(g, "void", true));
	ck_assert(!json_flag(g, "passed", true));
	ck_assert(!json_flag(json_array_get(json_object_get(g, "fixed"), 0), "ok", true));
	ck_assert_int_eq(json_int(g, "score", -1), 88);
	ck_assert_int_eq(grade_exit_code(g), 1);
}
END_TEST

/* The sample's one hint is the first; the second costs 5. */
START_TEST(hints_cost_points)
{
	auto_json json_t *one = grade(), *two = NULL, *none_left = NULL;

	ck_assert_double_eq(json_num(one, "hint_cost", -1), 0);
	set_event(7, "n", json_integer(2));
	two = grade();
	ck_assert_double_eq(json_num(two, "hint_cost", -1), 5);
	ck_assert_int_eq(json_int(two, "score", -1), 83);
	for (size_t i = 0; i < json_array_size(items); i++)
		set_points(i, 0);
	none_left = grade();
	ck_assert_int_eq(json_int(none_left, "score", -1), 0);
}
END_TEST

START_TEST(time_has_no_gaps_and_a_par)
{
	auto_json json_t *g = NULL;
	const json_t *time;

	json_object_set_new(meta, "minutes", json_integer(2));
	set_event(2, "what", json_string("ready"));
	set_event(6, "kind", json_string("lab"));
	set_event(6, "what", json_string("resumed"));
	set_event(6, "gap", json_real(3600));
	g = grade();
	time = json_object_get(g, "time");
	ck_assert_double_eq_tol(json_num(time, "played", 0), 8.6, 0.001);
	ck_assert_double_eq(json_num(time, "par", 0), 120);
	ck_assert_double_eq(
		json_num(json_array_get(json_object_get(time, "gaps"), 0), "seconds", 0), 3600);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("grade");
	TCase *t = tcase_create("grade");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_void_item_leaves_the_denominator);
	tcase_add_test(t, under_the_mark_falls_short);
	tcase_add_test(t, a_failing_fixed_probe_falls_short);
	tcase_add_test(t, a_fixed_probe_never_run_falls_short);
	tcase_add_test(t, only_full_marks_are_100);
	tcase_add_test(t, the_last_answer_counts);
	tcase_add_test(t, no_answer_is_not_right);
	tcase_add_test(t, none_is_right_where_nothing_is_wrong);
	tcase_add_loop_test(t, void_attempts, 0, 5);
	tcase_add_test(t, a_cut_attempt_is_graded_up_to_there);
	tcase_add_test(t, hints_cost_points);
	tcase_add_test(t, time_has_no_gaps_and_a_par);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
