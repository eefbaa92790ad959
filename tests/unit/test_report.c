/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports against golden files; NETDOJO_GOLDEN=write makes them anew. */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/textwidth.h"
#include "grade/item.h"
#include "grade/report.h"
#include "grade/xml.h"

static json_t *events, *grade;

/* DATA/events.jsonl as the log's array. */
static json_t *read_events(void)
{
	json_t *all = json_array(), *e;
	FILE *f = fopen(DATA "/events.jsonl", "r");

	ck_assert_ptr_nonnull(f);
	while ((e = json_loadf(f, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, NULL)))
		json_array_append_new(all, e);
	fclose(f);
	return all;
}

static void setup(void)
{
	events = read_events();
	grade = json_load_file(DATA "/grade.json", 0, NULL);
	ck_assert_ptr_nonnull(grade);
	ck_assert_uint_gt(json_array_size(events), 10);
}

static void teardown(void)
{
	json_decref(events);
	json_decref(grade);
	events = grade = NULL;
}

/* Compares text (owned here) with the golden file. */
static void golden(const char *name, char *text)
{
	char path[512], want[16384];
	const char *mode = getenv("NETDOJO_GOLDEN");
	FILE *f;
	size_t n;

	ck_assert_ptr_nonnull(text);
	snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
	if (mode && strcmp(mode, "write") == 0) {
		f = fopen(path, "w");
		ck_assert_ptr_nonnull(f);
		fputs(text, f);
		fclose(f);
	}
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is missing", path);
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	want[n] = '\0';
	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(card_in_english)
{
	golden("card.en.txt",
	       report_card(grade, events, &(struct report_style){.lang = "en", .colour = false}));
}
END_TEST

START_TEST(card_in_japanese_and_colour)
{
	golden("card.ja.ansi",
	       report_card(grade, events, &(struct report_style){.lang = "ja", .colour = true}));
}
END_TEST

static const int widths[] = {60, 80, 91, 92, 120};

/* In both languages; only what is laid out by hand, as a command, may stick out, and no column of the two. */
START_TEST(nothing_is_wider_than_the_terminal)
{
	static const char *const langs[] = {"en", "ja"};

	for (size_t k = 0; k < ARRAY_SIZE(langs); k++) {
		auto_free char *text = report_card(
			grade, events,
			&(struct report_style){.lang = langs[k], .columns = widths[_i]});
		char *rest = text;

		ck_assert_ptr_nonnull(text);
		ck_assert_int_eq(strstr(text, k ? " | 模範" : " | The best") != NULL,
				 widths[_i] >= 92);
		for (char *line; (line = strsep(&rest, "\n"));)
			ck_assert_msg(text_width(line) <= widths[_i], "%d columns: %s",
				      text_width(line), line);
	}
}
END_TEST

/* Whatever the learner made the log hold, the card has no control character but its own colours. */
START_TEST(what_the_learner_wrote_does_nothing_to_the_terminal)
{
	auto_free char *text = NULL;

	json_object_set_new(json_array_get(json_object_get(grade, "items"), 0), "title",
			    json_string("\033]0;owned\007 \xe2\x80\xae \xc2\x9b"));
	text = report_card(grade, events, &(struct report_style){.lang = "en"});
	ck_assert_ptr_null(strchr(text, '\033'));
	ck_assert_ptr_null(strchr(text, '\007'));
	ck_assert_ptr_null(strstr(text, "\xe2\x80\xae"));
	ck_assert_ptr_null(strstr(text, "\xc2\x9b"));
	ck_assert_ptr_nonnull(strstr(text, "]0;owned"));
}
END_TEST

/* One statement a line: none begins with a blank, none is empty, none holds a column or a sign. */
START_TEST(flat_card)
{
	char *text = report_card(grade, events,
				 &(struct report_style){.lang = "en", .accessible = true});

	ck_assert_ptr_null(strstr(text, "  "));
	ck_assert_ptr_null(strstr(text, "\n\n"));
	ck_assert_ptr_null(strstr(text, "\n "));
	ck_assert_ptr_null(strstr(text, " | echo"));
	golden("card.flat.txt", text);
}
END_TEST

START_TEST(flat_card_in_japanese)
{
	golden("card.flat.ja.txt",
	       report_card(grade, events,
			   &(struct report_style){.lang = "ja", .accessible = true}));
}
END_TEST

START_TEST(card_beside_each_other)
{
	golden("card.wide.txt",
	       report_card(grade, events, &(struct report_style){.lang = "en", .columns = 100}));
}
END_TEST

START_TEST(card_of_a_cut_attempt)
{
	auto_free char *text = NULL;

	json_object_set_new(grade, "finished", json_false());
	json_object_set_new(grade, "passed", json_false());
	text = report_card(grade, events, &(struct report_style){.lang = "en"});
	ck_assert_ptr_nonnull(strstr(text, "NOT PASSED"));
	ck_assert_ptr_nonnull(strstr(text, "The attempt was cut short"));
}
END_TEST

static const struct {
	const char *typed, *told;
} starts[] = {
	{"ip -br a", "#2 $ ip -br a\n"},
	{"ll", "#2 $ ll: ran ip -br a\n"},
	{"sudo -i", "#2 $ sudo -i: ran ip -br a\n"},
};

/* An alias, or a shell in the shell, does not tell which program it was. */
START_TEST(a_program_behind_other_words_is_named)
{
	auto_json json_t *log =
		json_pack("[{s:i, s:s, s:s}, {s:i, s:s, s:i, s:s, s:[s, s, s]}]", "seq", 1, "kind",
			  "command", "text", starts[_i].typed, "seq", 2, "kind", "exec", "cause", 1,
			  "path", "/usr/sbin/ip", "argv", "ip", "-br", "a");
	auto_json json_t *item = json_pack("{s:s, s:i, s:i, s:[i]}", "id", "x", "points", 1, "max",
					   1, "evidence", 2);
	auto_free char *detail = item_detail(item, log, "en");

	ck_assert_str_eq(detail, starts[_i].told);
}
END_TEST

START_TEST(a_layer_without_its_cause)
{
	auto_json json_t *answers = json_pack("[[{s:s}]]", "layer", "2.5");
	json_t *d = json_object_get(grade, "diagnosis");
	auto_free char *text = NULL;

	json_object_set(d, "answers", answers);
	json_object_set_new(d, "correct", json_false());
	text = report_card(grade, events, &(struct report_style){.lang = "en", .colour = false});
	ck_assert_ptr_nonnull(strstr(text, "Your diagnosis: 2.5: the layer is right, the cause"));
}
END_TEST

START_TEST(card_of_a_void_attempt)
{
	json_object_set_new(grade, "void", json_true());
	json_object_set_new(grade, "passed", json_false());
	json_object_set_new(grade, "why_void", json_string("the lab failed"));
	golden("card.void.txt",
	       report_card(grade, events, &(struct report_style){.lang = "en", .colour = false}));
}
END_TEST

START_TEST(junit)
{
	golden("junit.xml", report_junit(grade, events));
}
END_TEST

START_TEST(tap)
{
	golden("grade.tap", report_tap(grade, events));
}
END_TEST

START_TEST(gradescope)
{
	char *text = report_gradescope(grade, events);
	auto_json json_t *doc = json_loads(text, 0, NULL);
	const json_t *tests = json_object_get(doc, "tests"), *one;
	double max = 0;
	size_t i;

	ck_assert_uint_eq(json_array_size(tests), 7);
	json_array_foreach (tests, i, one) {
		ck_assert(json_num(one, "score", -1) <= json_num(one, "max_score", -1));
		max += json_num(one, "max_score", 0);
	}
	ck_assert(max == 80);
	golden("gradescope.json", text);
}
END_TEST

START_TEST(xml_escapes)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	xml_put(f, "<a href=\"x\">&\n\x01 \xe6\x97\xa5");
	fclose(f);
	ck_assert_str_eq(text, "&lt;a href=&quot;x&quot;&gt;&amp;&#10;\xef\xbf\xbd \xe6\x97\xa5");
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("report");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, card_in_english);
	tcase_add_test(t, card_in_japanese_and_colour);
	tcase_add_loop_test(t, nothing_is_wider_than_the_terminal, 0, ARRAY_SIZE(widths));
	tcase_add_test(t, what_the_learner_wrote_does_nothing_to_the_terminal);
	tcase_add_test(t, flat_card);
	tcase_add_test(t, flat_card_in_japanese);
	tcase_add_test(t, card_beside_each_other);
	tcase_add_test(t, card_of_a_cut_attempt);
	tcase_add_test(t, a_layer_without_its_cause);
	tcase_add_loop_test(t, a_program_behind_other_words_is_named, 0, ARRAY_SIZE(starts));
	tcase_add_test(t, card_of_a_void_attempt);
	tcase_add_test(t, junit);
	tcase_add_test(t, tap);
	tcase_add_test(t, gradescope);
	tcase_add_test(t, xml_escapes);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
