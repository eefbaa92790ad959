/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark parser: ours are taken out, everything else passes byte for byte. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/osc.h"

struct seen {
	char bytes[4096];
	size_t n;
	char marks[1024];	/* "A B E(text) C@12.50 D(0) " */
	const struct osc *told; /* by it */
};

static void on_bytes(void *arg, const char *data, size_t len)
{
	struct seen *s = arg;

	ck_assert_uint_lt(s->n + len, sizeof(s->bytes));
	memcpy(s->bytes + s->n, data, len);
	s->n += len;
	s->bytes[s->n] = '\0';
}

static void on_mark(void *arg, enum osc_mark m, const char *text, int status)
{
	static const char letters[] = "ABCDEP";
	struct seen *s = arg;
	size_t at = strlen(s->marks);
	char when[32] = "";

	if (s->told && s->told->at > 0)
		snprintf(when, sizeof(when), "@%.2f", s->told->at);
	if (m == OSC_DONE)
		snprintf(s->marks + at, sizeof(s->marks) - at, "D(%d)%s ", status, when);
	else if (*text)
		snprintf(s->marks + at, sizeof(s->marks) - at, "%c(%s)%s ", letters[m], text, when);
	else
		snprintf(s->marks + at, sizeof(s->marks) - at, "%c%s ", letters[m], when);
}

/* Feeds text in pieces of `step` bytes. */
static struct seen parse(const char *text, size_t len, size_t step)
{
	struct seen s = {0};
	struct osc o;

	osc_init(&o, "n0nce", &(struct osc_sink){.arg = &s, .bytes = on_bytes, .mark = on_mark});
	s.told = &o;
	for (size_t i = 0; i < len; i += step)
		osc_feed(&o, text + i, len - i < step ? len - i : step);
	osc_flush(&o);
	osc_done(&o);
	s.told = NULL;
	return s;
}

static const struct {
	const char *in, *bytes, *marks;
} cases[] = {
	{"plain \xe3\x81\x82", "plain \xe3\x81\x82", ""},
	{"a\033]133;A;aid=n0nce\ab", "ab", "A "},
	{"a\033]133;A;aid=n0nce\033\\b", "ab", "A "},
	{"\033]133;B;aid=n0nce\a\033]133;C;aid=n0nce\a", "", "B C "},
	{"\033]133;D;130;aid=n0nce\a", "", "D(130) "},
	{"\033]133;D;aid=n0nce\a", "", "D(-1) "},
	{"\033]133;D;x;aid=n0nce\a", "", "D(-1) "},
	{"\033]133;C;t=12.5;aid=n0nce\a\033]133;D;3;t=13.25;aid=n0nce\a\033]133;D;4;aid=n0nce\a",
	 "", "C@12.50 D(3)@13.25 D(4) "},
	{"\033]133;D;3;t=x;aid=n0nce\a\033]133;C;t=-1;aid=n0nce\a\033]133;C;t=nan;aid=n0nce\a", "",
	 "D(3) C C "},
	{"\033]133;C;t=12.5;aid=n0nce\a\033]633;E;x;n0nce\a", "", "C@12.50 E(x) "},
	{"\033]633;E;ping 8.8.8.8;n0nce\a", "", "E(ping 8.8.8.8) "},
	{"\033]633;E;a\\x3b b\\\\c\\x0ad;n0nce\a", "", "E(a; b\\c\nd) "},
	{"\033]633;E;\\xzz\\;n0nce\a", "", "E(\\xzz\\) "},
	{"\033]633;P;Cwd=/home/a\\x3bb;n0nce\a", "", "P(/home/a;b) "},
	/* forged, foreign and broken ones are bytes like any other */
	{"\033]133;D;0;aid=other\a", "\033]133;D;0;aid=other\a", ""},
	{"\033]133;D;0\a", "\033]133;D;0\a", ""},
	{"\033]133;A;aid=n0nceX\a", "\033]133;A;aid=n0nceX\a", ""},
	{"\033]633;E;x;other\a", "\033]633;E;x;other\a", ""},
	{"\033]633;Z;x;n0nce\a", "\033]633;Z;x;n0nce\a", ""},
	{"\033]0;title\a\033[31m", "\033]0;title\a\033[31m", ""},
	{"\033]133;A;ai", "\033]133;A;ai", ""},
	/* an ESC cancels what was begun, and may begin the next */
	{"\033]133;A\033]133;B;aid=n0nce\a", "\033]133;A", "B "},
	{"\033\033\033]133;B;aid=n0nce\a", "\033\033", "B "},
	{"\033]13\033[m", "\033]13\033[m", ""},
};

START_TEST(passes_and_takes)
{
	size_t len = strlen(cases[_i].in);

	for (size_t step = 1; step <= len; step++) {
		struct seen s = parse(cases[_i].in, len, step);

		ck_assert_str_eq(s.bytes, cases[_i].bytes);
		ck_assert_str_eq(s.marks, cases[_i].marks);
	}
}
END_TEST

static void count(void *arg, const char *d, size_t len)
{
	(void)d;
	*(size_t *)arg += len;
}

START_TEST(an_endless_mark_is_given_out)
{
	size_t n = OSC_HOLD_MAX + 100, total = 0;
	char *text = malloc(n);
	struct osc o;

	memset(text, 'x', n);
	memcpy(text, "\033]633;E;", 8);
	osc_init(&o, "n0nce", &(struct osc_sink){.arg = &total, .bytes = count, .mark = on_mark});
	osc_feed(&o, text, n);
	ck_assert_uint_eq(total, n);
	osc_done(&o);
	free(text);
}
END_TEST

START_TEST(a_nul_makes_no_mark)
{
	static const char in[] = "\033]633;E;x\0y;n0nce\a";
	struct seen s = parse(in, sizeof(in) - 1, 3);

	ck_assert_uint_eq(s.n, sizeof(in) - 1);
	ck_assert_str_eq(s.marks, "");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("osc");
	TCase *t = tcase_create("osc");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, passes_and_takes, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, an_endless_mark_is_given_out);
	tcase_add_test(t, a_nul_makes_no_mark);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
