/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attempt's next life: its log goes on, its lab is left, its terminals are told. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/lab_rig.h"

static struct rig r;

static void teardown(void)
{
	rig_done(&r);
}

/* A rig, and in it the log as a lab before left it; cut: what a crash left of one more line. */
static void write_log(const char *cut)
{
	auto_fd dir = -1;
	struct log log;

	rig_init(&r);
	dir = open(r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(log_open(&log, dir, "events.jsonl", NULL), 0);
	log_put(&log, json_pack("{s:s, s:s, s:s, s:f}", "kind", "lab", "by", "lab", "what", "start",
				"wall", 1000.0));
	log_put(&log, json_pack("{s:s, s:i, s:f}", "kind", "hint", "n", 2, "mono", log.zero + 90));
	log_put(&log, json_pack("{s:s, s:f}", "kind", "packet", "mono", log.zero + 80));
	ck_assert_int_eq(write(log.fd, cut, strlen(cut)), (ssize_t)strlen(cut));
	log_done(&log);
}

START_TEST(goes_on_after_its_last_whole_line)
{
	static const char *const cuts[] = {"", "{\"seq\":4,\"t\":3", "\n", "{\"seq\":9,\"t\":1}\n"};
	auto_json json_t *up = NULL, *all = NULL, *hint = NULL;
	json_t *resumed;

	write_log(cuts[_i]);
	rig_open(&r);
	up = rig_boot(&r, json_pack("{s:s, s:b}", "resume", "resumed", "hold", 1));
	ck_assert_str_eq(rig_error(up), "");
	hint = rig_ask(&r, r.boss, json_pack("{s:s}", "do", "hint"));
	ck_assert_uint_eq(r.lab.hints, 3);
	all = rig_log(&r); /* numbers without a gap */
	resumed = json_array_get(all, 3);
	ck_assert_str_eq(json_str(resumed, "what", ""), "resumed");
	ck_assert_double_ge(json_num(resumed, "t", 0), 90);
	ck_assert_double_lt(json_num(resumed, "t", 0), 120);
	ck_assert_double_gt(json_num(resumed, "gap", 0), 1e6);
	ck_assert_uint_eq(rig_logged(&r, "lab", "start"), 1);
}
END_TEST

START_TEST(a_log_that_somebody_changed_is_left_alone)
{
	auto_json json_t *up = NULL;

	write_log("broken\n{\"seq\":4,\"t\":99,\"kind\":\"packet\"}\n");
	rig_open(&r);
	up = rig_boot(&r, json_pack("{s:s, s:b}", "resume", "resumed", "hold", 1));
	ck_assert_ptr_nonnull(strstr(rig_error(up), "damaged after event 3"));
}
END_TEST

/* Nobody probes beside a learner who goes on at once. */
START_TEST(what_was_reset_is_not_verified_again)
{
	auto_json json_t *up = NULL;

	write_log("");
	rig_open(&r);
	up = rig_boot(&r, json_pack("{s:s}", "resume", _i ? "reset" : "resumed"));
	ck_assert_str_eq(rig_error(up), "");
	rig_turn(&r);
	ck_assert_uint_eq(rig_logged(&r, "lab", "fault-verified"), _i ? 0 : 1);
}
END_TEST

static json_t *leave(const char *why)
{
	return rig_ask(&r, r.boss, json_pack("{s:s, s:s}", "do", "leave", "why", why));
}

START_TEST(left)
{
	static const struct {
		const char *why;
		size_t paused;
	} ways[] = {{"asked", 1}, {"terminal-gone", 1}, {"reset", 0}, {"quit", 0}};
	auto_json json_t *no = NULL, *yes = NULL;

	rig_up(&r, json_pack("{s:b}", "hold", 1));
	no = leave("anger");
	ck_assert_ptr_nonnull(strstr(rig_error(no), "anger"));
	yes = leave(ways[_i].why);
	ck_assert_str_eq(rig_error(yes), "");
	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
	ck_assert_uint_eq(rig_logged(&r, "lab", "paused"), ways[_i].paused);
	ck_assert_uint_eq(rig_logged(&r, "lab", "end"), 1);
}
END_TEST

START_TEST(nobody_to_build_it_again)
{
	auto_json json_t *reset = NULL, *pause = NULL;
	int guest;

	rig_up(&r, NULL);
	guest = rig_guest(&r, "wsl");
	reset = rig_ask(&r, guest, json_pack("{s:s}", "do", "reset"));
	ck_assert_ptr_nonnull(strstr(rig_error(reset), "netdojo up"));
	ck_assert_int_eq(r.lab.phase, LAB_READY);
	pause = rig_ask(&r, guest, json_pack("{s:s}", "do", "pause"));
	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
	ck_assert_uint_eq(rig_logged(&r, "lab", "paused"), 1);
	close(guest);
}
END_TEST

START_TEST(play_without_its_terminal)
{
	auto_json json_t *answer = NULL;

	rig_up(&r, json_pack("{s:b}", "hold", 1));
	answer = rig_ask(&r, r.boss, json_pack("{s:s, s:s}", "do", "session", "session", "reset"));
	ck_assert_ptr_nonnull(strstr(rig_error(answer), "not open"));
	ck_assert_int_eq(r.lab.phase, LAB_READY);
}
END_TEST

static void diagnose(void)
{
	auto_json json_t *answer =
		rig_ask(&r, r.boss, json_pack("{s:s, s:b}", "do", "diagnose", "none", 1));

	ck_assert_str_eq(rig_error(answer), "");
}

START_TEST(looked_at_when_a_diagnosis_is_said)
{
	rig_up(&r, json_pack("{s:b, s:b}", "hold", 1, "private", 0));
	diagnose();
	diagnose();
	ck_assert_uint_eq(rig_logged(&r, "answer", NULL), 2);
	ck_assert_uint_eq(rig_logged(&r, "lab", "fault-watched"), 1);
}
END_TEST

START_TEST(not_looked_at_once_something_was_changed)
{
	rig_up(&r, json_pack("{s:b, s:b}", "hold", 1, "private", 0));
	lab_event(&r.lab, "change", "wsl", _i ? "learner" : "lab", NULL);
	diagnose();
	ck_assert_uint_eq(rig_logged(&r, "lab", "fault-watched"), _i ? 0 : 1);
}
END_TEST

TCase *lab_life_case(void)
{
	TCase *t = tcase_create("life");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_loop_test(t, goes_on_after_its_last_whole_line, 0, 4);
	tcase_add_test(t, a_log_that_somebody_changed_is_left_alone);
	tcase_add_loop_test(t, what_was_reset_is_not_verified_again, 0, 2);
	tcase_add_loop_test(t, left, 0, 4);
	tcase_add_test(t, nobody_to_build_it_again);
	tcase_add_test(t, play_without_its_terminal);
	tcase_add_test(t, looked_at_when_a_diagnosis_is_said);
	tcase_add_loop_test(t, not_looked_at_once_something_was_changed, 0, 2);
	return t;
}
