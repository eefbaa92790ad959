/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grading a folder with a script that is played here: what it is asked, and what becomes of its
 * answers. */
#define _GNU_SOURCE
#include "grade_sample.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "grade/attempt.h"

static char dir[64];

/* The played script: what it was asked, and what it answers next. */
struct played {
	json_t *asked;
	const char *meta, *items;
	bool refuse; /* the first request is answered with an error */
	bool die;    /* it ends instead of answering */
};

static int port_fd(void *ctx)
{
	(void)ctx;
	return -1;
}

static int port_send(void *ctx, const json_t *body, struct err *err)
{
	(void)err;
	return json_array_append_new(((struct played *)ctx)->asked, json_deep_copy(body));
}

static int port_recv(void *ctx, struct msg *ret, struct err *err)
{
	struct played *p = ctx;
	json_t *last = json_array_get(p->asked, json_array_size(p->asked) - 1);
	const char *verb = json_str(last, "do", "");

	(void)err;
	if (p->die)
		return 0;
	if (p->refuse)
		ret->body = json_pack("{s:O, s:{s:s, s:i}}", "re", json_object_get(last, "id"),
				      "error", "message", "scenario.lua:3: unknown key", "kind", 2);
	else if (strcmp(verb, "load") == 0)
		ret->body = json_pack("{s:O, s:o}", "re", json_object_get(last, "id"), "meta",
				      sample(p->meta));
	else
		ret->body = json_pack("{s:O, s:o}", "re", json_object_get(last, "id"), "items",
				      sample(p->items));
	return 1;
}

static struct script_port port_of(struct played *p)
{
	return (struct script_port){.ctx = p, .fd = port_fd, .send = port_send, .recv = port_recv};
}

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void setup(void)
{
	auto_json json_t *events = sample(sample_events);
	char *lines = NULL;
	size_t len, i;
	json_t *e;
	FILE *f = open_memstream(&lines, &len);

	json_array_foreach (events, i, e) {
		json_dumpf(e, f, JSON_COMPACT);
		fputc('\n', f);
	}
	fclose(f);
	strcpy(dir, "/tmp/nd-attempt-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	put("events.jsonl", lines);
	put("scenario.lua", "return scenario {}\n");
	free(lines);
}

static void teardown(void)
{
	static const char *const names[] = {"events.jsonl", "scenario.lua", "score.json"};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

START_TEST(from_the_folder_alone)
{
	struct played p = {.asked = json_array(), .meta = sample_meta, .items = sample_items};
	struct script_port port = port_of(&p);
	auto_attempt a = {0};
	auto_json json_t *saved = NULL;
	struct err err = {0};
	char path[128];
	const json_t *load, *score;

	ck_assert_msg(attempt_grade(dir, "en", &port, &a, &err) == 0, "%s", err.msg);
	load = json_array_get(p.asked, 0);
	score = json_array_get(p.asked, 1);
	ck_assert_str_eq(json_str(load, "seed", ""), "s1");
	ck_assert_str_eq(json_str(load, "text", ""), "return scenario {}\n");
	ck_assert_uint_eq(json_array_size(json_object_get(score, "events")), 11);
	ck_assert_int_eq(json_int(a.grade, "score", 0), 88);
	snprintf(path, sizeof(path), "%s/score.json", dir);
	saved = json_load_file(path, 0, NULL);
	ck_assert(json_equal(saved, a.grade));
	json_decref(p.asked);
}
END_TEST

START_TEST(graded_twice_is_the_same)
{
	struct played p = {.asked = json_array(), .meta = sample_meta, .items = sample_items};
	struct script_port port = port_of(&p);
	auto_attempt a = {0}, b = {0};
	struct err err = {0};

	ck_assert_int_eq(attempt_grade(dir, "en", &port, &a, &err), 0);
	ck_assert_int_eq(attempt_grade(dir, "en", &port, &b, &err), 0);
	ck_assert(json_equal(a.grade, b.grade));
	json_decref(p.asked);
}
END_TEST

START_TEST(the_scripts_error_is_passed_on)
{
	struct played p = {.asked = json_array(), .refuse = true};
	struct script_port port = port_of(&p);
	auto_attempt a = {0};
	struct err err = {0};

	ck_assert_int_lt(attempt_grade(dir, "en", &port, &a, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_str_eq(err.msg, "scenario.lua:3: unknown key");
	json_decref(p.asked);
}
END_TEST

START_TEST(a_script_that_dies_is_an_error)
{
	struct played p = {.asked = json_array(), .die = true};
	struct script_port port = port_of(&p);
	auto_attempt a = {0};
	struct err err = {0};

	ck_assert_int_lt(attempt_grade(dir, "en", &port, &a, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "script ended"));
	json_decref(p.asked);
}
END_TEST

START_TEST(a_folder_without_scenario_is_wrong_usage)
{
	struct played p = {.asked = json_array()};
	struct script_port port = port_of(&p);
	auto_attempt a = {0};
	struct err err = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/scenario.lua", dir);
	unlink(path);
	ck_assert_int_lt(attempt_grade(dir, "en", &port, &a, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_uint_eq(json_array_size(p.asked), 0);
	json_decref(p.asked);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("attempt");
	TCase *t = tcase_create("attempt");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, from_the_folder_alone);
	tcase_add_test(t, graded_twice_is_the_same);
	tcase_add_test(t, the_scripts_error_is_passed_on);
	tcase_add_test(t, a_script_that_dies_is_an_error);
	tcase_add_test(t, a_folder_without_scenario_is_wrong_usage);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
