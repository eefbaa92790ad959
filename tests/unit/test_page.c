/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page and the Markdown of an attempt whose log holds what would harm a page. */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "grade/page.h"
#include "grade/page_files.h"

static json_t *events, *grade, *lines;

static json_t *read_lines(const char *path)
{
	json_t *all = json_array(), *e;
	FILE *f = fopen(path, "r");

	ck_assert_ptr_nonnull(f);
	while ((e = json_loadf(f, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, NULL)))
		json_array_append_new(all, e);
	fclose(f);
	return all;
}

static void setup(void)
{
	events = read_lines(DATA "/events.jsonl");
	lines = read_lines(DATA "/transcript.cast");
	grade = json_load_file(DATA "/grade.json", 0, NULL);
	ck_assert_ptr_nonnull(grade);
}

static void teardown(void)
{
	json_decref(events);
	json_decref(lines);
	json_decref(grade);
}

static char *page(const char *lang, const struct page_cast *casts, size_t n)
{
	char *text = report_html(&(struct page_in){.grade = grade,
						   .events = events,
						   .lang = lang,
						   .drawing = "[wsl] --- [windows] <& \"'",
						   .spoken = "wsl is joined to windows",
						   .casts = casts,
						   .n_casts = n});

	ck_assert_ptr_nonnull(text);
	return text;
}

static char *whole(const char *lang)
{
	struct page_cast cast = {
		.name = "transcript.cast", .session = "main", .from = 1.0, .lines = lines};

	return page(lang, &cast, 1);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* The only scripts are the player, ours and one block of data; none of the log's own came through. */
START_TEST(no_word_of_the_log_becomes_markup)
{
	auto_free char *text = whole("en");

	ck_assert_uint_eq(count(text, "<script"), 3);
	ck_assert_uint_eq(count(text, "</script"), 3);
	ck_assert_uint_eq(count(text, "<img"), 0);
	ck_assert_ptr_nonnull(strstr(text, "&lt;/script&gt;&lt;script&gt;document.title="));
	ck_assert_ptr_nonnull(
		strstr(text, "\\u003c/script\\u003e\\u003cscript\\u003edocument.title"));
	ck_assert_ptr_null(strstr(text, "\xe2\x80\xae"));
	ck_assert_uint_eq(count(text, "\033"), count(page_player_js, "\033"));
	ck_assert_ptr_nonnull(strstr(text, "</html>\n"));
}
END_TEST

START_TEST(the_policy_allows_the_two_scripts_alone)
{
	auto_free char *text = whole("en");
	char policy[512];

	snprintf(policy, sizeof(policy),
		 "content=\"default-src 'none'; script-src %s %s 'wasm-unsafe-eval'; ",
		 page_player_js_hash, page_report_js_hash);
	ck_assert_ptr_nonnull(strstr(text, policy));
	ck_assert_uint_eq(count(text, page_player_js), 1);
	ck_assert_uint_eq(count(text, page_report_js), 1);
}
END_TEST

/* Links to events lead somewhere. */
START_TEST(every_link_within_the_page_has_its_end)
{
	auto_free char *text = whole("ja");
	size_t links = 0;

	for (const char *p = text; (p = strstr(p, "href=\"#")); links++) {
		char id[64];

		p += strlen("href=\"#");
		snprintf(id, sizeof(id), "id=\"%.*s\"", (int)strcspn(p, "\""), p);
		ck_assert_msg(strstr(text, id) != NULL, "%s is missing", id);
	}
	ck_assert_uint_gt(links, 8);
}
END_TEST

START_TEST(without_a_recording_there_is_no_script)
{
	auto_free char *text = page("en", NULL, 0);

	ck_assert_uint_eq(count(text, "<script"), 0);
	ck_assert_ptr_nonnull(strstr(text, "There is no recording"));
	ck_assert_ptr_nonnull(strstr(text, "172.27.43.151/20"));
}
END_TEST

START_TEST(without_commands_the_terminal_is_read_as_text)
{
	struct page_cast cast = {
		.name = "x.cast", .session = "x", .lines = lines, .plain = "$ ip a\n<b>\x01"};
	auto_free char *text = NULL;

	json_array_clear(events);
	text = page("en", &cast, 1);
	ck_assert_ptr_nonnull(strstr(text, "<pre>$ ip a&#10;&lt;b&gt;\xef\xbf\xbd</pre>"));
}
END_TEST

START_TEST(a_void_and_a_cut_attempt_say_so)
{
	auto_free char *text = NULL;

	json_object_set_new(grade, "void", json_true());
	json_object_set_new(grade, "why_void", json_string("the lab failed"));
	json_object_set_new(grade, "finished", json_false());
	text = whole("ja");
	ck_assert_ptr_nonnull(strstr(text, "無効: ラボ自体に障害がありました"));
	ck_assert_ptr_nonnull(strstr(text, "途中で切れた記録です"));
}
END_TEST

static const struct {
	const char *lang, *file;
} markdowns[] = {{"en", "report.en.md"}, {"ja", "report.ja.md"}};

START_TEST(markdown)
{
	auto_free char *text = report_markdown(grade, events, markdowns[_i].lang), *path = NULL;
	char want[16384];
	size_t n;
	FILE *f;

	ck_assert_int_gt(asprintf(&path, "%s/%s", GOLDEN, markdowns[_i].file), 0);
	if (getenv("NETDOJO_GOLDEN")) {
		f = fopen(path, "w");
		fputs(text, f);
		fclose(f);
	}
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is missing", path);
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	want[n] = '\0';
	ck_assert_str_eq(text, want);
}
END_TEST

/* Code that holds a fence, a table's bar, a reference to an issue. */
START_TEST(markdown_escapes)
{
	json_t *item = json_array_get(json_object_get(grade, "items"), 0);
	auto_free char *text = NULL;

	json_object_set_new(item, "title", json_string("a|b #12 @you <b> *x*"));
	json_object_set_new(json_array_get(events, 4), "text", json_string("echo ``x`` | cat"));
	text = report_markdown(grade, events, "en");
	ck_assert_ptr_nonnull(strstr(text, "**a\\|b \\#12 \\@you \\<b\\> \\*x\\***"));
	ck_assert_ptr_nonnull(strstr(text, "``` $ echo ``x`` | cat ```"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("page");
	TCase *t = tcase_create("page");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, no_word_of_the_log_becomes_markup);
	tcase_add_test(t, the_policy_allows_the_two_scripts_alone);
	tcase_add_test(t, every_link_within_the_page_has_its_end);
	tcase_add_test(t, without_a_recording_there_is_no_script);
	tcase_add_test(t, without_commands_the_terminal_is_read_as_text);
	tcase_add_test(t, a_void_and_a_cut_attempt_say_so);
	tcase_add_loop_test(t, markdown, 0, ARRAY_SIZE(markdowns));
	tcase_add_test(t, markdown_escapes);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
