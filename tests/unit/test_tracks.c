/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shells in one terminal: whose command it was, and whose output. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/tracks.h"

struct seen {
	char commands[1024]; /* "node:text=exit(output) " */
	char bytes[1024];
	int ready;
};

static void on_bytes(void *arg, const char *data, size_t len)
{
	struct seen *s = arg;

	strncat(s->bytes, data, len);
}

static void on_command(void *arg, json_t *event)
{
	struct seen *s = arg;
	size_t at = strlen(s->commands);

	snprintf(s->commands + at, sizeof(s->commands) - at, "%s:%s=%d(%s) ",
		 json_str(event, "node", "?"), json_str(event, "text", "?"),
		 (int)json_int(event, "exit", -2), json_str(event, "output", "?"));
}

static void on_ready(void *arg)
{
	((struct seen *)arg)->ready++;
}

#define PROMPT(n)     "\033]133;D;0;aid=" n "\a\033]133;A;aid=" n "\a$ \033]133;B;aid=" n "\a"
#define RUN(n, text)  "\033]633;E;" text ";" n "\a\033]133;C;aid=" n "\a"
#define DONE(n, exit) "\033]133;D;" exit ";aid=" n "\a"

static struct seen feed(const char *text, size_t step)
{
	struct seen s = {{0}, {0}, 0};
	struct tracks *t = calloc(1, sizeof(*t));
	size_t len = strlen(text);

	ck_assert_ptr_nonnull(t);
	tracks_init(
		t, "n0", "windows", false,
		&(struct tracks_sink){
			.arg = &s, .bytes = on_bytes, .command = on_command, .ready = on_ready});
	for (size_t i = 0; i < len; i += step)
		tracks_feed(t, text + i, len - i < step ? len - i : step);
	tracks_end(t);
	tracks_done(t);
	free(t);
	return s;
}

static const struct {
	const char *in, *commands;
	int ready;
} cases[] = {
	{PROMPT("n0") RUN("n0", "ipconfig") "x" DONE("n0", "3"), "windows:ipconfig=3(x) ", 1},
	/* wsl at the prompt: its commands are WSL's, its output is not the outer command's */
	{PROMPT("n0") RUN("n0", "wsl") "w" PROMPT("n0/wsl")
		 RUN("n0/wsl", "id") "uid" DONE("n0/wsl", "0") PROMPT("n0/wsl")
			 RUN("n0/wsl", "exit") "e" DONE("n0", "0") PROMPT("n0"),
	 "wsl:id=0(uid) wsl:exit=-1(e) windows:wsl=0(w) ", 4},
	/* and a prompt in that */
	{PROMPT("n0") RUN("n0", "wsl") PROMPT("n0/wsl") RUN("n0/wsl", "dojo windows")
		 PROMPT("n0/windows") RUN("n0/windows", "arp -a") DONE("n0/windows", "0"),
	 "windows:arp -a=0() wsl:dojo windows=-1() windows:wsl=-1() ", 3},
	/* not ours */
	{PROMPT("n0") PROMPT("n1/wsl") PROMPT("n0/W") PROMPT("n0/") PROMPT("n0x")
		 PROMPT("n0/abcdefghijklmnop"),
	 "", 1},
};

START_TEST(test_cases)
{
	for (size_t step = 1; step < 200; step += 33) {
		struct seen s = feed(cases[_i].in, step);

		ck_assert_str_eq(s.commands, cases[_i].commands);
		ck_assert_int_eq(s.ready, cases[_i].ready);
	}
}
END_TEST

START_TEST(test_deeper_than_told)
{
	char text[2048] = "";
	struct seen s;

	for (char c = 'a'; c < 'h'; c++) {
		char mark[64];

		snprintf(mark, sizeof(mark), "\033]133;A;aid=n0/%c\a%c\033]133;B;aid=n0/%c\a", c, c,
			 c);
		strcat(text, mark);
	}
	s = feed(text, 1);
	ck_assert_int_eq(s.ready, TRACKS_MAX - 1);
	ck_assert_str_eq(s.bytes, "abcdefg");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tracks");
	TCase *tc = tcase_create("tracks");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, test_cases, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, test_deeper_than_told);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
