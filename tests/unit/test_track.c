/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From marks to commands. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "term/track.h"

struct seen {
	json_t *events;
	int ready;
	double clock;
};

static void on_command(void *arg, json_t *event)
{
	json_array_append(((struct seen *)arg)->events, event);
}

static void on_ready(void *arg)
{
	((struct seen *)arg)->ready++;
}

static double clock_of(void *arg)
{
	return ((struct seen *)arg)->clock += 1;
}

static struct seen seen;
static struct track track;

static void begin(bool echoed_only)
{
	seen = (struct seen){.events = json_array()};
	track_init(&track,
		   &(struct track_sink){.arg = &seen, .command = on_command, .ready = on_ready},
		   echoed_only);
	track.now = clock_of;
	track.now_arg = &seen;
}

static void end(void)
{
	track_done(&track);
	json_decref(seen.events);
}

static void bytes(const char *s)
{
	track_bytes(&track, s, strlen(s));
}

static void prompt(int status)
{
	track_mark(&track, OSC_DONE, "", status);
	track_mark(&track, OSC_CWD, "/tmp", -1);
	track_mark(&track, OSC_PROMPT, "", -1);
	bytes("$ ");
	track_mark(&track, OSC_INPUT, "", -1);
}

START_TEST(a_command_with_all_its_marks)
{
	const json_t *e;

	begin(false);
	prompt(0);
	bytes("ls -x\r\n");
	track_mark(&track, OSC_COMMAND, "ls -x", -1);
	track_mark(&track, OSC_RUN, "", -1);
	bytes("\033[34mfile\033[0m\r\n");
	prompt(3);
	ck_assert_uint_eq(json_array_size(seen.events), 1);
	e = json_array_get(seen.events, 0);
	ck_assert_str_eq(json_str(e, "text", ""), "ls -x");
	ck_assert_str_eq(json_str(e, "cwd", ""), "/tmp");
	ck_assert_str_eq(json_str(e, "output", ""), "file\n");
	ck_assert_int_eq(json_int(e, "exit", 0), 3);
	ck_assert(json_num(e, "ended", 0) > json_num(e, "started", 9));
	ck_assert_int_eq(seen.ready, 2);
	end();
}
END_TEST

/* The clock counts the readings of it: a busy machine's reader may come late, a shell that says when is believed. */
START_TEST(a_mark_read_late_is_of_when_it_was_made)
{
	const json_t *e;

	begin(false);
	seen.clock = 100;
	prompt(0);
	track_mark(&track, OSC_COMMAND, "wsl true", -1);
	track_at(&track, 42.5);
	track_mark(&track, OSC_RUN, "", -1);
	track_at(&track, 43.25);
	track_mark(&track, OSC_DONE, "", 0);
	e = json_array_get(seen.events, 0);
	ck_assert_double_eq(json_num(e, "started", 0), 42.5);
	ck_assert_double_eq(json_num(e, "ended", 0), 43.25);
	end();
}
END_TEST

START_TEST(no_mark_is_of_a_time_to_come)
{
	const json_t *e;

	begin(false);
	prompt(0);
	track_mark(&track, OSC_COMMAND, "wsl true", -1);
	track_at(&track, 1e6);
	track_mark(&track, OSC_RUN, "", -1);
	track_at(&track, 1e6);
	track_mark(&track, OSC_DONE, "", 0);
	e = json_array_get(seen.events, 0);
	ck_assert(json_num(e, "started", 1e6) < json_num(e, "ended", 0));
	ck_assert(json_num(e, "ended", 1e6) <= seen.clock);
	end();
}
END_TEST

START_TEST(an_empty_line_and_a_redraw_are_no_commands)
{
	begin(false);
	prompt(0);
	prompt(0);
	track_mark(&track, OSC_PROMPT, "", -1);
	track_mark(&track, OSC_INPUT, "", -1);
	ck_assert_uint_eq(json_array_size(seen.events), 0);
	ck_assert_int_eq(seen.ready, 2);
	end();
}
END_TEST

START_TEST(without_text_the_echo_counts)
{
	begin(false);
	prompt(0);
	bytes("pong\b\b\bing\r\n");
	track_mark(&track, OSC_RUN, "", -1);
	prompt(0);
	ck_assert_str_eq(json_str(json_array_get(seen.events, 0), "text", ""), "ping");
	end();
}
END_TEST

START_TEST(sh_has_only_the_echo)
{
	const json_t *e;

	begin(true);
	prompt(0);
	bytes("echo a\r\na\r\nmore");
	prompt(0);
	ck_assert_uint_eq(json_array_size(seen.events), 1);
	e = json_array_get(seen.events, 0);
	ck_assert_str_eq(json_str(e, "text", ""), "echo a");
	ck_assert_str_eq(json_str(e, "output", ""), "a\nmore");
	end();
}
END_TEST

START_TEST(the_last_command_of_a_shell_that_ended)
{
	begin(false);
	prompt(0);
	track_mark(&track, OSC_COMMAND, "exit", -1);
	track_mark(&track, OSC_RUN, "", -1);
	track_end(&track);
	ck_assert_int_eq(json_int(json_array_get(seen.events, 0), "exit", 0), -1);
	track_end(&track);
	ck_assert_uint_eq(json_array_size(seen.events), 1);
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("track");
	TCase *t = tcase_create("track");
	SRunner *r;
	int failed;

	tcase_add_test(t, a_command_with_all_its_marks);
	tcase_add_test(t, a_mark_read_late_is_of_when_it_was_made);
	tcase_add_test(t, no_mark_is_of_a_time_to_come);
	tcase_add_test(t, an_empty_line_and_a_redraw_are_no_commands);
	tcase_add_test(t, without_text_the_echo_counts);
	tcase_add_test(t, sh_has_only_the_echo);
	tcase_add_test(t, the_last_command_of_a_shell_that_ended);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
