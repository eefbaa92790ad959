/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SELECT grammar. */
#include <check.h>
#include <string.h>

#include "base/json.h"
#include "cli/select.h"
#include "test_cli.h"

static const struct match {
	const char *word;
	bool matches;
} matches[] = {
	{"dns-host-proxy-dead", true},
	{"dns-*", true},
	{"*proxy*", true},
	{"[de]ns-*", true},
	{"l1-*", false},
	{"dns", false},
	{"layer:L2.5", true},
	{"layer:l2.5", true},
	{"layer:2.5", true},
	{"layer:L2", false},
	{"mode:nat", true},
	{"mode:mirrored", false},
	{"tag:dns", true},
	{"tag:dn", false},
};

START_TEST(words_match)
{
	auto_json json_t *meta = json_pack("{s:s, s:s, s:[s, s]}", "layer", "L2.5", "mode", "nat",
					   "tags", "dns", "proxy");
	struct select_word w;

	ck_assert_int_eq(select_parse(matches[_i].word, &w, NULL), 0);
	ck_assert_msg(select_matches(&w, "dns-host-proxy-dead", "/x/scenario.lua", meta) ==
			      matches[_i].matches,
		      "%s", matches[_i].word);
}
END_TEST

START_TEST(ambiguous_layer_matches_either)
{
	auto_json json_t *l4 = json_pack("{s:s}", "layer", "L4"),
			 *l5 = json_pack("{s:s}", "layer", "L5");
	auto_json json_t *l3 = json_pack("{s:s}", "layer", "L3");
	struct select_word w;

	ck_assert_int_eq(select_parse("layer:4/5", &w, NULL), 0);
	ck_assert_int_eq(w.kind, SELECT_LAYER);
	ck_assert(select_matches(&w, "x", "x", l4));
	ck_assert(select_matches(&w, "x", "x", l5));
	ck_assert(!select_matches(&w, "x", "x", l3));
}
END_TEST

static const struct wrong {
	const char *word, *msg, *mend;
} wrong_words[] = {
	{"", "empty", ""},
	{"layr:L3", "'layr:L3'", "'layer:L3'"},
	{"colour:red", "'colour:red'", "layer:L3"},
	{"layer:L9", "'L9'", "L2.5"},
	{"layer:", "''", "Layers"},
};

START_TEST(wrong_words_are_told)
{
	struct select_word w;
	struct err err = {0};

	ck_assert_int_lt(select_parse(wrong_words[_i].word, &w, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_msg(strstr(err.msg, wrong_words[_i].msg), "%s", err.msg);
	ck_assert_msg(strstr(err.mend, wrong_words[_i].mend), "%s", err.mend);
}
END_TEST

START_TEST(paths_are_known)
{
	struct select_word w;

	ck_assert_int_eq(select_parse("my.lua", &w, NULL), 0);
	ck_assert_int_eq(w.kind, SELECT_PATH);
	ck_assert_int_eq(select_parse("./a/scenario.lua", &w, NULL), 0);
	ck_assert_int_eq(w.kind, SELECT_PATH);
	ck_assert_int_eq(select_parse("my-lua", &w, NULL), 0);
	ck_assert_int_eq(w.kind, SELECT_ID);
}
END_TEST

Suite *suite_select(void)
{
	Suite *s = suite_create("select");
	TCase *t = tcase_create("select");

	tcase_add_loop_test(t, words_match, 0, ARRAY_SIZE(matches));
	tcase_add_test(t, ambiguous_layer_matches_either);
	tcase_add_loop_test(t, wrong_words_are_told, 0, ARRAY_SIZE(wrong_words));
	tcase_add_test(t, paths_are_known);
	suite_add_tcase(s, t);
	return s;
}
