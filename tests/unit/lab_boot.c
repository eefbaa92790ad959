/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From boot to ready, and every way it can end before. */
#include <string.h>

#include "lab/boot.h"
#include "lab/change.h"
#include "lab/node.h"
#include "tests/unit/lab_rig.h"

static struct rig r;

static void setup(void)
{
	rig_init(&r);
}

static void teardown(void)
{
	rig_done(&r);
}

/* How the lab ended, by its log's last event but "end". */
static void died_of(const char *text)
{
	auto_json json_t *all = rig_log(&r);
	json_t *e = json_array_get(all, json_array_size(all) - 2);

	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
	ck_assert_str_eq(json_str(e, "what", ""), "died");
	ck_assert_msg(strstr(json_str(e, "why", ""), text) != NULL, "%s", json_str(e, "why", ""));
}

START_TEST(ready)
{
	auto_json json_t *up = NULL, *all = NULL;
	size_t i, progress = 0;
	json_t *e;

	rig_open(&r);
	up = rig_boot(&r, NULL);
	ck_assert_str_eq(json_str(up, "schema", ""), "netdojo/up/1");
	ck_assert_uint_eq(json_array_size(json_object_get(up, "nodes")), 5);
	ck_assert_int_eq(r.lab.phase, LAB_READY);
	all = rig_log(&r);
	ck_assert_str_eq(json_str(json_array_get(all, 0), "what", ""), "start");
	ck_assert_uint_eq(rig_logged(&r, "lab", "ready"), 1);
	ck_assert_uint_eq(rig_logged(&r, "lab", "recorders"), 4);
	json_array_foreach (r.notices, i, e)
		progress += json_object_get(e, "progress") != NULL;
	ck_assert_uint_eq(progress, 5);
	ck_assert_ptr_eq(r.lab.now, r.lab.faulty);
	/* a lab of its own verifies its fault beside the learner */
	ck_assert_uint_eq(rig_logged(&r, "lab", "fault-verified"), 1);
}
END_TEST

START_TEST(ready_waits_for_services)
{
	json_t *answer;

	rig_open(&r);
	r.serve_deaf = true;
	answer = rig_boot(&r, NULL);
	ck_assert_ptr_null(answer);
	ck_assert_int_eq(r.lab.phase, LAB_BOOTING);
	r.serve_deaf = false;
	rig_turn(&r);
	ck_assert_int_eq(r.lab.phase, LAB_READY);
}
END_TEST

START_TEST(healthy_and_deferred)
{
	json_decref((rig_open(&r),
		     rig_boot(&r, json_pack("{s:b}", _i ? "healthy" : "defer_fault", 1))));
	ck_assert_int_eq(r.lab.phase, LAB_READY);
	ck_assert_ptr_eq(r.lab.now, r.lab.healthy);
	ck_assert_uint_eq(fake_peer_asked(&r.script, "fault"), 0);
}
END_TEST

START_TEST(dry_run_touches_nothing)
{
	auto_json json_t *plan = NULL;

	rig_open(&r);
	plan = rig_boot(&r, json_pack("{s:b}", "dry_run", 1));
	ck_assert_uint_gt(json_array_size(json_object_get(plan, "operations")), 40);
	ck_assert_int_eq(r.build.calls, 0);
	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
}
END_TEST

START_TEST(second_boot)
{
	auto_json json_t *up = NULL, *again = NULL;

	rig_open(&r);
	up = rig_boot(&r, NULL);
	again = rig_boot(&r, NULL);
	ck_assert_ptr_nonnull(strstr(rig_error(again), "up already"));
	ck_assert_int_eq(r.lab.phase, LAB_READY);
}
END_TEST

START_TEST(not_ready_yet)
{
	auto_json json_t *refused = NULL, *info = NULL, *down = NULL;

	rig_open(&r);
	r.script_deaf = true;
	json_decref(rig_boot(&r, NULL));
	refused = rig_ask(&r, r.boss, json_pack("{s:s, s:s}", "do", "map", "node", "wsl"));
	ck_assert_str_eq(rig_error(refused), "The lab is not ready yet");
	info = rig_ask(&r, r.boss, json_pack("{s:s}", "do", "info"));
	ck_assert(!json_flag(info, "ready", true));
	down = rig_ask(&r, r.boss, json_pack("{s:s}", "do", "down"));
	ck_assert_ptr_nonnull(down);
	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
}
END_TEST

START_TEST(boss_goes_before_boot)
{
	rig_open(&r);
	fd_closep(&r.boss);
	rig_turn(&r);
	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
}
END_TEST

START_TEST(boss_goes_before_ready)
{
	rig_open(&r);
	r.serve_deaf = true;
	json_decref(rig_boot(&r, NULL));
	fd_closep(&r.boss);
	rig_turn(&r);
	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
	ck_assert_uint_eq(rig_logged(&r, "lab", "end"), 1);
}
END_TEST

/* hold: for its whole life; else only until ready. */
START_TEST(boss_goes_after_ready)
{
	rig_open(&r);
	json_decref(rig_boot(&r, json_pack("{s:b}", "hold", _i)));
	fd_closep(&r.boss);
	rig_turn(&r);
	ck_assert_int_eq(r.lab.phase, _i ? LAB_ENDING : LAB_READY);
}
END_TEST

/* Whichever helper dies, before ready the boss hears which, after it the log does. */
static void kill_helper(int which)
{
	if (which == 0)
		fd_closep(&r.script.ours);
	else if (which == 1)
		fd_closep(&r.serve.ours);
	else
		fake_watch_die(&r.watch);
	rig_turn(&r);
}

static const char *const obituaries[] = {"The scenario's process has ended",
					 "The services' process has ended",
					 "The recorder has ended"};

START_TEST(a_helper_dies)
{
	rig_open(&r);
	json_decref(rig_boot(&r, NULL));
	kill_helper(_i);
	died_of(obituaries[_i]);
	ck_assert_int_eq(r.lab.exit_code, ERR_MACHINE);
}
END_TEST

START_TEST(a_helper_dies_before_ready)
{
	auto_json json_t *answer = NULL;
	uint64_t id;

	rig_open(&r);
	r.script_deaf = r.serve_deaf = true;
	json_decref(rig_boot(&r, NULL));
	id = r.next_id;
	kill_helper(_i);
	answer = rig_next(&r, r.boss, NULL);
	ck_assert_int_eq(json_int(answer, "re", 0), (int)id);
	ck_assert_msg(strstr(rig_error(answer), obituaries[_i]) != NULL, "%s", rig_error(answer));
	died_of(obituaries[_i]);
}
END_TEST

START_TEST(a_helper_dies_before_boot)
{
	auto_json json_t *answer = NULL;

	rig_open(&r);
	kill_helper(_i);
	answer = rig_boot(&r, NULL);
	ck_assert_msg(strstr(rig_error(answer), obituaries[_i]) != NULL, "%s", rig_error(answer));
	ck_assert_int_eq(r.lab.phase, LAB_ENDING);
}
END_TEST

START_TEST(a_wrong_scenario)
{
	auto_json json_t *answer = NULL;

	fake_peer_answer(&r.script, _i ? "fault" : "load",
			 json_pack("{s:{s:s, s:i, s:i}}", "error", "message",
				   "scenario.lua:3: wrong", "kind", 2, "code", 22));
	rig_open(&r);
	answer = rig_boot(&r, NULL);
	ck_assert_str_eq(rig_error(answer), "scenario.lua:3: wrong");
	ck_assert_int_eq(r.lab.exit_code, ERR_USAGE);
}
END_TEST

START_TEST(a_wrong_model)
{
	auto_json json_t *answer = NULL;

	fake_peer_answer(&r.script, _i ? "fault" : "model",
			 json_pack("{s:{s:s}}", "model", "name", "x"));
	rig_open(&r);
	answer = rig_boot(&r, NULL);
	ck_assert_str_ne(rig_error(answer), "");
	ck_assert_int_eq(r.build.calls, 0);
}
END_TEST

START_TEST(nothing_is_left_when_the_build_fails)
{
	auto_json json_t *answer = NULL;

	r.build.fail_at = 33;
	rig_open(&r);
	answer = rig_boot(&r, NULL);
	ck_assert_ptr_nonnull(strstr(rig_error(answer), "Fake failure"));
	ck_assert_uint_eq(r.proc.n_nodes, 0);
	died_of("Fake failure");
}
END_TEST

START_TEST(an_agent_that_cannot_build_says_why)
{
	auto_json json_t *answer = NULL;

	rig_open(&r);
	r.proc.hold_ready = true;
	answer = rig_boot(&r, NULL);
	ck_assert_ptr_null(answer);
	for (size_t i = 0; i < 5; i++)
		fake_proc_lose(&r.proc, r.lab.healthy->nodes[i].name);
	answer = rig_next(&r, r.boss, NULL);
	ck_assert_msg(strstr(rig_error(answer), "Node 'internet'") != NULL, "%s",
		      rig_error(answer));
}
END_TEST

START_TEST(a_node_that_dies_takes_the_lab_along)
{
	rig_open(&r);
	json_decref(rig_boot(&r, NULL));
	fake_proc_lose(&r.proc, "phone");
	rig_turn(&r);
	died_of("Node 'phone' has ended unexpectedly");
}
END_TEST

START_TEST(nothing_after_the_end)
{
	auto_json json_t *all = NULL;

	rig_open(&r);
	json_decref(rig_boot(&r, NULL));
	rig_send(&r, r.boss, json_pack("{s:s}", "do", "down"));
	rig_send(&r, r.boss, json_pack("{s:s, s:b}", "do", "diagnose", "none", 1));
	fake_watch_push(&r.watch, json_pack("{s:s}", "kind", "packet"));
	event_base_loop(r.lab.base, EVLOOP_ONCE);
	all = rig_log(&r);
	ck_assert_str_eq(json_str(json_array_get(all, json_array_size(all) - 1), "what", ""),
			 "end");
}
END_TEST

TCase *lab_boot_case(void)
{
	TCase *t = tcase_create("boot");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, ready);
	tcase_add_test(t, ready_waits_for_services);
	tcase_add_loop_test(t, healthy_and_deferred, 0, 2);
	tcase_add_test(t, dry_run_touches_nothing);
	tcase_add_test(t, second_boot);
	tcase_add_test(t, not_ready_yet);
	tcase_add_test(t, boss_goes_before_boot);
	tcase_add_test(t, boss_goes_before_ready);
	tcase_add_loop_test(t, boss_goes_after_ready, 0, 2);
	tcase_add_loop_test(t, a_helper_dies, 0, 3);
	tcase_add_loop_test(t, a_helper_dies_before_ready, 0, 3);
	tcase_add_loop_test(t, a_helper_dies_before_boot, 0, 3);
	tcase_add_loop_test(t, a_wrong_scenario, 0, 2);
	tcase_add_loop_test(t, a_wrong_model, 0, 2);
	tcase_add_test(t, nothing_is_left_when_the_build_fails);
	tcase_add_test(t, an_agent_that_cannot_build_says_why);
	tcase_add_test(t, a_node_that_dies_takes_the_lab_along);
	tcase_add_test(t, nothing_after_the_end);
	return t;
}
