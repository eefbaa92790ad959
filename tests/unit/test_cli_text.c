/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns, wrapping, and the table of tools. */
#define _GNU_SOURCE
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/textwidth.h"
#include "cli/tools.h"
#include "test_cli.h"

START_TEST(widths)
{
	ck_assert_int_eq(text_width(""), 0);
	ck_assert_int_eq(text_width("abc"), 3);
	ck_assert_int_eq(text_width("日本語"), 6);
	ck_assert_int_eq(text_width("eth0の"), 6);
	ck_assert_int_eq(text_width("e\xcc\x81"), 1);
	ck_assert_int_eq(text_width("\xff\xe3"), 2);
}
END_TEST

static char *wrapped(const char *s, int indent, int columns)
{
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	text_wrap(f, s, indent, columns);
	fclose(f);
	return out;
}

static const struct wrapping {
	const char *in, *out;
	int indent, columns;
} wrappings[] = {
	{"one two three", "one two\nthree\n", 0, 8},
	{"one two three", "one\n  two\n  three\n", 2, 8},
	{"one\n\ntwo", "one\n\n  two\n", 2, 20},
	{"toolongword x", "toolongword\nx\n", 0, 5},
	{"日本語です。次", "日本語\nです。\n次\n", 0, 6},
	{"日本語。", "日本\n語。\n", 0, 6},
	{"日本「語」", "日本\n「語」\n", 0, 6},
	{"  $ kept  as it is and long\nnot kept", "  $ kept  as it is and long\nnot kept\n", 0, 8},
};

START_TEST(wraps)
{
	const struct wrapping *w = &wrappings[_i];
	auto_free char *out = wrapped(w->in, w->indent, w->columns);

	ck_assert_str_eq(out, w->out);
}
END_TEST

START_TEST(padding_counts_columns)
{
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	text_pad(f, "日本", 6);
	text_pad(f, "toolong", 3);
	fclose(f);
	ck_assert_str_eq(out, "日本  toolong");
	free(out);
}
END_TEST

START_TEST(missing_tools_have_packages)
{
	auto_json json_t *requires =
		json_pack("{s:[s, s, s]}", "tools", "sh", "no-such-tool-1", "dig-x");
	auto_json json_t *lacking = tools_lacking(requires), *none = tools_lacking(NULL);
	char text[256];

	ck_assert_uint_eq(json_array_size(lacking), 2);
	ck_assert_uint_eq(json_array_size(none), 0);
	tools_describe(lacking, text, sizeof(text));
	ck_assert_str_eq(text, "no-such-tool-1 (package no-such-tool-1), dig-x (package dig-x)");
	tools_packages(lacking, text, sizeof(text));
	ck_assert_str_eq(text, "no-such-tool-1 dig-x");
	ck_assert_str_eq(tool_package("dig"), "bind9-dnsutils");
	ck_assert_str_eq(tool_package("ping"), "iputils-ping");
}
END_TEST

Suite *suite_textwidth(void)
{
	Suite *s = suite_create("textwidth");
	TCase *t = tcase_create("textwidth");

	tcase_add_test(t, widths);
	tcase_add_loop_test(t, wraps, 0, ARRAY_SIZE(wrappings));
	tcase_add_test(t, padding_counts_columns);
	suite_add_tcase(s, t);
	return s;
}

Suite *suite_tools(void)
{
	Suite *s = suite_create("tools");
	TCase *t = tcase_create("tools");

	tcase_add_test(t, missing_tools_have_packages);
	suite_add_tcase(s, t);
	return s;
}
