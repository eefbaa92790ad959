/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings read for the page: what a killed terminal, a program or a learner may have left there. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/recordings.h"
#include "grade/compare.h"

static char dir[64];

static void setup(void)
{
	strcpy(dir, "/tmp/nd-recordings-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void put(const char *name, const char *text)
{
	auto_free char *path = NULL;
	FILE *f;

	ck_assert_int_gt(asprintf(&path, "%s/%s", dir, name), 0);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void teardown(void)
{
	static const char *const names[] = {"transcript.cast", "transcript-b-7.cast",
					    "transcript-c-8.cast", "transcript-d-9.cast"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *path = NULL;

		if (asprintf(&path, "%s/%s", dir, names[i]) > 0)
			unlink(path);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

#define HEAD(title, at)                                                                            \
	"{\"version\": 2, \"width\": 80, \"height\": 24, \"timestamp\": " at ", \"title\": "       \
	"\"" title "\"}\n"

/* An attempt that was left for an hour and taken up again: its time went on where it stood. */
static json_t *log_with_a_gap(void)
{
	return json_pack("[{s:i, s:s, s:s, s:f, s:f}, {s:i, s:s, s:s, s:s, s:f},"
			 " {s:i, s:s, s:s, s:f, s:f}, {s:i, s:s, s:s, s:s, s:f}]",
			 "seq", 1, "kind", "lab", "what", "start", "t", 0.0, "wall", 1000.4, "seq",
			 2, "kind", "session", "what", "open", "session", "main", "t", 1.5, "seq",
			 3, "kind", "lab", "what", "resumed", "t", 60.0, "wall", 4660.4, "seq", 4,
			 "kind", "session", "what", "open", "session", "main", "t", 61.5);
}

START_TEST(each_begins_when_its_session_was_opened)
{
	auto_json json_t *events = log_with_a_gap();
	auto_recordings r = {0};

	put("transcript.cast", HEAD("main", "1001") "[0.5, \"o\", \"one\"]\n");
	put("transcript-b-7.cast", HEAD("main", "4661") "[0.5, \"o\", \"two\"]\n");
	put("transcript-c-8.cast", HEAD("other", "4670") "[0.5, \"o\", \"three\"]\n");
	recordings_read(dir, events, &r);
	ck_assert_uint_eq(r.n, 3);
	ck_assert(r.v[0].from == 1.5);
	ck_assert_str_eq(r.v[0].name, "transcript.cast");
	ck_assert(r.v[1].from == 61.5);
	ck_assert(r.v[2].from > 69 && r.v[2].from < 70);
	ck_assert_str_eq(r.v[2].session, "other");
}
END_TEST

START_TEST(what_is_no_event_is_left_out)
{
	auto_json json_t *events = json_array();
	auto_recordings r = {0};

	put("transcript.cast",
	    HEAD("main",
		 "1001") "[0.5, \"o\", \"a\\u0000\\u001b[31mb\\r\\n\"]\n"
			 "[\"x\"]\n[1, 2, 3]\n\xff\xfe\nnull\n"
			 "[0.9, \"r\", \"80x30\"]\n[1.0, \"o\", \"c\"]\n[2.0, \"o\", \"cut in");
	recordings_read(dir, events, &r);
	ck_assert_uint_eq(r.n, 1);
	ck_assert_uint_eq(json_array_size(r.v[0].lines), 4);
	ck_assert_str_eq(r.v[0].plain, "ab\nc");
	ck_assert(!r.v[0].cut);
}
END_TEST

START_TEST(what_is_no_recording_is_not_there)
{
	auto_json json_t *events = json_array();
	auto_free char *link = NULL;
	auto_recordings r = {0};

	put("transcript.cast", "");
	put("transcript-b-7.cast", "{\"version\": 2}\n[0, \"o\", \"x\"]\n");
	put("transcript-c-8.cast", "[0, \"o\", \"x\"]\n");
	ck_assert_int_gt(asprintf(&link, "%s/transcript-d-9.cast", dir), 0);
	ck_assert_int_eq(symlink("/etc/passwd", link), 0);
	recordings_read(dir, events, &r);
	ck_assert_uint_eq(r.n, 0);
}
END_TEST

/* One item of a grade. */
static json_t *item(const char *id, double points, double max, int is_void)
{
	return json_pack("{s:s, s:s, s:f, s:f, s:b}", "id", id, "group", "observe", "points",
			 points, "max", max, "void", is_void);
}

START_TEST(only_what_changed_is_told)
{
	static const char *const want[] = {"points",  "worth", "void",
					   "counted", "added", "removed"};
	auto_json json_t *before =
		json_pack("{s:[o, o, o, o, o, o]}", "items", item("same", 5, 5, 0),
			  item("points", 5, 5, 0), item("worth", 5, 5, 0), item("void", 5, 5, 0),
			  item("counted", 0, 5, 1), item("removed", 5, 5, 0));
	auto_json json_t *after =
		json_pack("{s:[o, o, o, o, o, o]}", "items", item("same", 5, 5, 0),
			  item("points", 3, 5, 0), item("worth", 5, 9, 0), item("void", 0, 5, 1),
			  item("counted", 5, 5, 0), item("added", 1, 2, 0));
	auto_json json_t *all = grade_compare(before, after);

	ck_assert_uint_eq(json_array_size(all), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		ck_assert_str_eq(json_str(json_array_get(all, i), "change", ""), want[i]);
		ck_assert_str_eq(json_str(json_array_get(all, i), "id", ""), want[i]);
	}
	ck_assert(json_is_null(json_object_get(json_array_get(all, 4), "old")));
	ck_assert(json_is_null(json_object_get(json_array_get(all, 5), "new")));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recordings");
	TCase *t = tcase_create("recordings");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, each_begins_when_its_session_was_opened);
	tcase_add_test(t, what_is_no_event_is_left_out);
	tcase_add_test(t, what_is_no_recording_is_not_there);
	tcase_add_test(t, only_what_changed_is_told);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
