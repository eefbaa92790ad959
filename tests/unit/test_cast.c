/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings are asciicast v2: a header object, then [time, code, text] lines. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "term/cast.h"

static char *text;
static size_t text_len;

static struct cast begin(void)
{
	struct cast c = {0};
	struct err err = {0};

	ck_assert_int_eq(cast_begin(&c, open_memstream(&text, &text_len), 80, 24,
				    "title \xe3\x81\x82", "xterm", &err),
			 0);
	return c;
}

static void at(struct cast *c, double t, const char *data, size_t len)
{
	struct timespec ts = c->zero;

	ts.tv_sec += (time_t)t;
	ts.tv_nsec = c->zero.tv_nsec;
	cast_output(c, &ts, data, len);
}

/* Parses all lines; caller owns. */
static json_t *lines(void)
{
	json_t *all = json_array();

	for (char *s = strtok(text, "\n"); s; s = strtok(NULL, "\n")) {
		json_t *j = json_loads(s, 0, NULL);

		ck_assert_ptr_nonnull(j);
		json_array_append_new(all, j);
	}
	free(text);
	return all;
}

START_TEST(header_and_events)
{
	struct cast c = begin();
	json_t *all, *head, *e;

	at(&c, 1, "hi \"\\\033[1m", 9);
	cast_resize(&c, &c.zero, 100, 30);
	cast_done(&c);
	all = lines();
	head = json_array_get(all, 0);
	ck_assert_int_eq(json_int(head, "version", 0), 2);
	ck_assert_int_eq(json_int(head, "width", 0), 80);
	ck_assert_int_eq(json_int(head, "height", 0), 24);
	ck_assert_str_eq(json_str(head, "title", ""), "title \xe3\x81\x82");
	ck_assert_str_eq(json_str(json_object_get(head, "env"), "TERM", ""), "xterm");
	e = json_array_get(all, 1);
	ck_assert(json_number_value(json_array_get(e, 0)) == 1.0);
	ck_assert_str_eq(json_string_value(json_array_get(e, 1)), "o");
	ck_assert_str_eq(json_string_value(json_array_get(e, 2)), "hi \"\\\033[1m");
	e = json_array_get(all, 2);
	ck_assert_str_eq(json_string_value(json_array_get(e, 1)), "r");
	ck_assert_str_eq(json_string_value(json_array_get(e, 2)), "100x30");
	json_decref(all);
}
END_TEST

START_TEST(a_split_character_is_written_whole)
{
	struct cast c = begin();
	json_t *all;

	at(&c, 0, "a\xe3", 2);
	at(&c, 1, "\x81", 1);
	at(&c, 2, "\x82z\xff\xf0\x9f", 5);
	at(&c, 3, "\x90\xa7", 2);
	cast_done(&c);
	all = lines();
	ck_assert_uint_eq(json_array_size(all), 4);
	ck_assert_str_eq(json_string_value(json_array_get(json_array_get(all, 1), 2)), "a");
	ck_assert_str_eq(json_string_value(json_array_get(json_array_get(all, 2), 2)),
			 "\xe3\x81\x82z\xef\xbf\xbd");
	ck_assert_str_eq(json_string_value(json_array_get(json_array_get(all, 3), 2)),
			 "\xf0\x9f\x90\xa7");
	json_decref(all);
}
END_TEST

START_TEST(one_never_begun_takes_everything)
{
	struct cast c = {0};

	cast_output(&c, &c.zero, "x", 1);
	cast_resize(&c, &c.zero, 1, 1);
	cast_done(&c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cast");
	TCase *t = tcase_create("cast");
	SRunner *r;
	int failed;

	tcase_add_test(t, header_and_events);
	tcase_add_test(t, a_split_character_is_written_whole);
	tcase_add_test(t, one_never_begun_takes_everything);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
