/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is left on in a terminal, by the bytes that went to it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "term/modes.h"

static const struct {
	const char *printed, *off;
} rows[] = {
	{"plain text, \033[1mbold\033[0m, \033]0;title\a", ""},
	{"\033[?1049h\033[?1000;1006h\033[?2004h",
	 "\033[?1000l\033[?1006l\033[?2004l\033[r\033[?1049l"},
	{"\033[?1049h\033[?1h\033=text\033[?1l\033>\033[?1049l", ""}, /* less, ended */
	{"\033[?1049h\033[?1h\033=text", "\033[?1l\033>\033[r\033[?1049l"},
	{"\033[?1049h\033[>4;2m", "\033[>4m\033[r\033[?1049l"}, /* vim */
	{"\033[>4;2m\033[>4;m", ""},
	{"\033[?47h\033c", ""},
	{"\033[?1002h\033[!p", ""},
	{"\033[1049h\033[4h\033[?25l\033[?12h", ""}, /* not of these */
	{"\033[?1049\nh", ""},
	{"\033[?1\033[?1003h", "\033[?1003l"},
	{"\033[?99999999999999999999h\033[?1;2;3;4;5;6;7;8;9;10h\033[?1004h", "\033[?1004l"},
};

START_TEST(what_is_on_is_switched_off)
{
	for (size_t step = 1; step < 64; step *= 4) {
		const char *p = rows[_i].printed;
		size_t len = strlen(p);
		struct modes m = {0};
		char off[MODES_OFF_MAX];

		for (size_t at = 0; at < len; at += step)
			modes_feed(&m, p + at, step < len - at ? step : len - at);
		ck_assert_uint_eq(modes_off(&m, off), strlen(rows[_i].off));
		ck_assert_str_eq(off, rows[_i].off);
		ck_assert_uint_eq(modes_off(&m, off), 0);
	}
}
END_TEST

START_TEST(all_at_once_fit)
{
	struct modes m = {0};
	char off[MODES_OFF_MAX];

	memset(m.on, 1, sizeof(m.on));
	modes_off(&m, off);
	ck_assert_ptr_nonnull(strstr(off, "\033[?9l"));
	ck_assert_ptr_nonnull(strstr(off, "\033[?1049l"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("modes");
	TCase *t = tcase_create("modes");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, what_is_on_is_switched_off, 0, ARRAY_SIZE(rows));
	tcase_add_test(t, all_at_once_fit);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
