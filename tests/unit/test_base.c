/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors, JSON, near words, columns, paths, and the ports' small helpers. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/nearest.h"
#include "base/paths.h"
#include "base/width.h"
#include "port/build.h"
#include "port/proc.h"
#include "tests/unit/test_msg.h"

START_TEST(err_carries_context)
{
	struct err e = {0};

	ck_assert_int_eq(err_sys(&e, ENOENT, "Can't open %s", "x"), -ENOENT);
	ck_assert_str_eq(e.msg, "Can't open x: No such file or directory");
	ck_assert_int_eq(e.kind, ERR_MACHINE);
	ck_assert_int_eq(err_wrap(&e, "node %s", "wsl"), -ENOENT);
	ck_assert_str_eq(e.msg, "node wsl: Can't open x: No such file or directory");
	err_mend(&e, "Make it");
	err_mend(&e, "Not this one");
	ck_assert_str_eq(e.mend, "Make it");
	ck_assert_int_eq(err_set(&e, ERR_USAGE, 0, "No"), -EIO);
	ck_assert_str_eq(e.mend, "");
}
END_TEST

START_TEST(err_takes_null)
{
	ck_assert_int_eq(err_set(NULL, ERR_USAGE, EINVAL, "x"), -EINVAL);
	ck_assert_int_eq(err_sys(NULL, EPERM, "x"), -EPERM);
	ck_assert_int_lt(err_wrap(NULL, "x"), 0);
	ck_assert_int_lt(err_mend(NULL, "x"), 0);
}
END_TEST

START_TEST(err_is_cut_not_overrun)
{
	struct err e = {0};
	char big[4000];

	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	err_set(&e, ERR_USAGE, EINVAL, "%s", big);
	ck_assert_uint_eq(strlen(e.msg), sizeof(e.msg) - 1);
	err_wrap(&e, "%s", big);
	err_mend(&e, "%s", big);
	ck_assert_uint_eq(strlen(e.msg), sizeof(e.msg) - 1);
	err_sys(&e, EINVAL, "%s", big);
	ck_assert_uint_eq(strlen(e.msg), sizeof(e.msg) - 1);
}
END_TEST

START_TEST(err_travels_as_json)
{
	struct err a = {0}, b = {0};
	auto_json json_t *j = NULL;

	err_set(&a, ERR_USAGE, EINVAL, "Wrong");
	err_mend(&a, "Right it");
	j = err_to_json(&a);
	ck_assert_int_eq(err_from_json(&b, j), -EINVAL);
	ck_assert_str_eq(b.msg, "Wrong");
	ck_assert_str_eq(b.mend, "Right it");
	ck_assert_int_eq(b.kind, ERR_USAGE);
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	const char *text;
} texts[] = {
	{"", 0, ""},
	{"a\0b", 3,
	 "a\xef\xbf\xbd"
	 "b"},
	{"\xe3\x81\x82", 3, "\xe3\x81\x82"},
	{"\xe3\x81", 2, "\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xc0\xaf", 2, "\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80"},
	{"\xf4\x90\x80\x80", 4, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xe0\x9f\xbf\xf0\x8f\xbf\xbf", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

START_TEST(any_bytes_are_text)
{
	auto_json json_t *j = json_textn(texts[_i].bytes, texts[_i].len), *back = NULL;
	auto_free char *dumped = json_dumps(j, JSON_ENCODE_ANY);

	ck_assert_ptr_nonnull(j);
	ck_assert_uint_eq(json_string_length(j), strlen(texts[_i].text));
	ck_assert_str_eq(json_string_value(j), texts[_i].text);
	ck_assert_ptr_nonnull(dumped);
	ck_assert_ptr_null(strstr(dumped, "u0000"));
	back = json_loads(dumped, JSON_DECODE_ANY, NULL);
	ck_assert(json_equal(back, j));
}
END_TEST

START_TEST(err_from_odd_json)
{
	auto_json json_t *j = json_pack("{s:i, s:s, s:i}", "kind", 99, "code", "x", "message", 5);
	struct err e = {0};

	ck_assert_int_lt(err_from_json(&e, j), 0);
	ck_assert_int_eq(e.kind, ERR_MACHINE);
	ck_assert(e.msg[0] != '\0');
	ck_assert_int_lt(err_from_json(&e, NULL), 0);
}
END_TEST

START_TEST(json_lookups_have_defaults)
{
	auto_json json_t *j = json_pack("{s:s, s:i, s:b, s:f}", "s", "x", "i", 7, "b", 1, "f", 0.5);

	ck_assert_str_eq(json_str(j, "s", "d"), "x");
	ck_assert_str_eq(json_str(j, "i", "d"), "d");
	ck_assert_int_eq(json_int(j, "i", 1), 7);
	ck_assert_int_eq(json_int(j, "s", 1), 1);
	ck_assert(json_flag(j, "b", false));
	ck_assert(json_flag(j, "none", true));
	ck_assert(json_num(j, "f", 0) == 0.5);
	ck_assert(json_num(j, "i", 0) == 7.0);
	ck_assert_str_eq(json_str(NULL, "s", "d"), "d");
}
END_TEST

static const char *const not_json[] = {
	"",
	"{",
	"{\"a\":1,}",
	"{\"a\":1,\"a\":2}",
	"{\"a\":1} x",
	"\xff\xfe",
	"{\"a\":\"\\ud800\"}",
	"nul",
};

START_TEST(json_refuses)
{
	const char *text = not_json[_i];
	json_t *j = NULL;
	struct err e = {0};

	ck_assert_int_eq(json_parse(text, strlen(text), &j, &e), -EINVAL);
	ck_assert_ptr_null(j);
	ck_assert_int_eq(e.kind, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.msg, "Not JSON at "));
}
END_TEST

START_TEST(json_refuses_endless_nesting)
{
	size_t n = 100000;
	char *deep = malloc(n);
	json_t *j = NULL;

	memset(deep, '[', n);
	ck_assert_int_lt(json_parse(deep, n, &j, NULL), 0);
	free(deep);
}
END_TEST

static const struct {
	const char *word, *near;
} words[] = {
	{"adress", "address"}, {"mtu", "mtu"}, {"mut", "mtu"},	 {"adresses", "addresses"},
	{"x", NULL},	       {"", NULL},     {"zzzzzz", NULL}, {"lable", "label"},
};

START_TEST(nearest_finds)
{
	static const char *const known[] = {"address", "addresses", "mtu", "label"};
	const char *got = nearest(words[_i].word, known, ARRAY_SIZE(known));

	ck_assert_pstr_eq(got, words[_i].near);
}
END_TEST

START_TEST(nearest_takes_endless_words)
{
	static const char *const known[] = {"address"};
	char big[1000];

	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	ck_assert_ptr_null(nearest(big, known, 1));
}
END_TEST

static const struct {
	const char *text;
	size_t columns;
} widths[] = {
	{"", 0},
	{"abc", 3},
	{"家のLAN", 7},
	{"é", 1},
	{"e\xcc\x81", 1},
	{"a\xff"
	 "b",
	 3},
	{"─", 1},
	{"\xe3\x81", 2},
};

START_TEST(width_counts_columns)
{
	ck_assert_uint_eq(width_columns(widths[_i].text), widths[_i].columns);
}
END_TEST

START_TEST(width_never_splits)
{
	ck_assert_uint_eq(width_fit("家のLAN", 3), 3);
	ck_assert_uint_eq(width_fit("家のLAN", 4), 6);
	ck_assert_uint_eq(width_fit("abc", 9), 3);
	ck_assert_uint_eq(width_fit("abc", 0), 0);
}
END_TEST

START_TEST(paths_are_beside_the_program)
{
	auto_free char *prefix = path_prefix(), *lib = path_libexec("netdojo-lab");
	auto_free char *share = path_share("schemas");

	ck_assert_ptr_nonnull(prefix);
	ck_assert_int_eq(strncmp(lib, prefix, strlen(prefix)), 0);
	ck_assert_str_eq(lib + strlen(prefix), "/libexec/netdojo/netdojo-lab");
	ck_assert_str_eq(share + strlen(prefix), "/share/netdojo/schemas");
}
END_TEST

START_TEST(reads_have_names)
{
	for (int i = 0; i < N_READS; i++)
		ck_assert_int_eq(read_what_from_name(read_what_name((enum read_what)i)), i);
	ck_assert_int_eq(read_what_from_name("route"), -1);
	ck_assert_int_eq(read_what_from_name(""), -1);
}
END_TEST

START_TEST(event_closes_what_is_left)
{
	int kept = open("/dev/null", O_RDONLY | O_CLOEXEC), copy = dup(kept);
	struct proc_event e = {.kind = PROC_READY,
			       .pty = -1,
			       .listener = copy,
			       .node_socket = -1,
			       .etc_dir = -1,
			       .wsl_dir = -1,
			       .result = json_object()};

	proc_event_done(&e);
	proc_event_done(&e);
	ck_assert_int_eq(e.listener, -1);
	ck_assert_int_lt(fcntl(copy, F_GETFD), 0);
	ck_assert_int_ge(fcntl(kept, F_GETFD), 0);
	close(kept);
}
END_TEST

static TCase *base_case(void)
{
	TCase *t = tcase_create("base");

	tcase_add_test(t, err_carries_context);
	tcase_add_test(t, err_takes_null);
	tcase_add_test(t, err_is_cut_not_overrun);
	tcase_add_loop_test(t, any_bytes_are_text, 0, ARRAY_SIZE(texts));
	tcase_add_test(t, err_travels_as_json);
	tcase_add_test(t, err_from_odd_json);
	tcase_add_test(t, json_lookups_have_defaults);
	tcase_add_loop_test(t, json_refuses, 0, ARRAY_SIZE(not_json));
	tcase_add_test(t, json_refuses_endless_nesting);
	tcase_add_loop_test(t, nearest_finds, 0, ARRAY_SIZE(words));
	tcase_add_test(t, nearest_takes_endless_words);
	tcase_add_loop_test(t, width_counts_columns, 0, ARRAY_SIZE(widths));
	tcase_add_test(t, width_never_splits);
	tcase_add_test(t, paths_are_beside_the_program);
	tcase_add_test(t, reads_have_names);
	tcase_add_test(t, event_closes_what_is_left);
	return t;
}

int main(void)
{
	Suite *s = suite_create("base");
	SRunner *r;
	int failed;

	suite_add_tcase(s, base_case());
	suite_add_tcase(s, msg_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
