/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terminal output as plain text. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "term/plain.h"

static const struct {
	const char *in, *out;
} cases[] = {
	{"hello\r\nworld\r\n", "hello\nworld\n"},
	{"\033[1;31mred\033[0m", "red"},
	{"\033]0;title\a$ \033]8;;x\033\\link", "$ link"},
	{"ab\b\bcd", "cd"},
	{"\xe3\x81\x82\bX", "X"},
	{"line\n\bX", "line\nX"},
	{"\033(Btext\033=\033Pq#0\033\\.", "text."},
	{"tab\there\x07\x00", "tab\there"},
	{"bad \xff\xc0\xaf end", "bad ??? end"},
	{"cut \xe3\x81", "cut "},
	{"surrogate \xed\xa0\x80", "surrogate ???"},
};

START_TEST(strips)
{
	size_t len = strlen(cases[_i].in);

	for (size_t step = 1; step <= len; step++) {
		struct plain *p = calloc(1, sizeof(*p));

		for (size_t i = 0; i < len; i += step)
			plain_add(p, cases[_i].in + i, len - i < step ? len - i : step);
		ck_assert_str_eq(plain_text(p), cases[_i].out);
		free(p);
	}
}
END_TEST

START_TEST(stops_at_the_limit_on_a_character)
{
	struct plain *p = calloc(1, sizeof(*p));

	plain_add(p, "x", 1);
	for (int i = 0; i < PLAIN_MAX; i++)
		plain_add(p, "\xe3\x81\x82", 3);
	ck_assert(p->truncated);
	ck_assert_uint_eq(strlen(plain_text(p)), 1 + (PLAIN_MAX - 1) / 3 * 3);
	plain_reset(p);
	ck_assert_str_eq(plain_text(p), "");
	ck_assert(!p->truncated);
	free(p);
}
END_TEST

START_TEST(whole_characters)
{
	ck_assert_uint_eq(utf8_whole("a\xe3\x81", 3), 1);
	ck_assert_uint_eq(utf8_whole("a\xe3\x81\x82", 4), 4);
	ck_assert_uint_eq(utf8_whole("a\xf0\x9f\x90", 4), 1);
	ck_assert_uint_eq(utf8_whole("\x82\x82\x82\x82", 4), 4);
	ck_assert_uint_eq(utf8_whole("", 0), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plain");
	TCase *t = tcase_create("plain");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, strips, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, stops_at_the_limit_on_a_character);
	tcase_add_test(t, whole_characters);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
