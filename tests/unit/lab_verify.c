/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fault put in and shown to be there: once, or not at all. */
#include <string.h>

#include "tests/unit/lab_rig.h"

static struct rig r;

static void setup(void)
{
	rig_up(&r, json_pack("{s:b, s:b}", "hold", 1, "defer_fault", 1));
}

static void teardown(void)
{
	rig_done(&r);
}

static json_t *ask(const char *verb)
{
	return rig_ask(&r, r.boss, json_pack("{s:s}", "do", verb));
}

START_TEST(fault_goes_in_once)
{
	auto_json json_t *first = ask("fault"), *second = ask("fault");

	ck_assert_str_eq(rig_error(first), "");
	ck_assert_ptr_eq(r.lab.now, r.lab.faulty);
	ck_assert_str_eq(rig_error(second), "The fault is in already");
	ck_assert_uint_eq(fake_peer_asked(&r.script, "fault"), 1);
}
END_TEST

START_TEST(fault_asked_twice_at_once)
{
	auto_json json_t *a = NULL, *b = NULL;

	rig_send(&r, r.boss, json_pack("{s:s}", "do", "fault"));
	rig_send(&r, r.boss, json_pack("{s:s}", "do", "fault"));
	a = rig_next(&r, r.boss, NULL);
	b = rig_next(&r, r.boss, NULL);
	ck_assert_int_eq(rig_error(a)[0] != 0, rig_error(b)[0] == 0);
	ck_assert_uint_eq(fake_peer_asked(&r.script, "fault"), 1);
}
END_TEST

START_TEST(a_fault_that_failed_may_be_tried_again)
{
	auto_json json_t *no = NULL, *yes = NULL;

	r.build.fail_at = r.build.calls;
	no = ask("fault");
	ck_assert_ptr_nonnull(strstr(rig_error(no), "Fake failure"));
	ck_assert_ptr_eq(r.lab.now, r.lab.healthy);
	yes = ask("fault");
	ck_assert_str_eq(rig_error(yes), "");
	ck_assert_ptr_eq(r.lab.now, r.lab.faulty);
}
END_TEST

START_TEST(a_wrong_fault)
{
	auto_json json_t *no = NULL;

	fake_peer_answer(&r.script, "fault", json_pack("{s:i}", "model", 3));
	no = ask("fault");
	ck_assert_msg(strstr(rig_error(no), "The scenario's fault") != NULL, "%s", rig_error(no));
	ck_assert_int_eq(r.lab.phase, LAB_READY);
}
END_TEST

/* What the probes say, and what is made of it. */
static const struct {
	const char *probes;
	int shows, controls;
} truths[] = {
	{"[{\"set\":\"symptoms\",\"ok\":false},{\"set\":\"controls\",\"ok\":true}]", 1, 1},
	{"[{\"set\":\"symptoms\",\"ok\":true},{\"set\":\"controls\",\"ok\":true}]", 0, 1},
	{"[{\"set\":\"symptoms\",\"ok\":false},{\"set\":\"controls\",\"ok\":false}]", 1, 0},
	{"[{\"set\":\"symptoms\",\"ok\":true},{\"set\":\"controls\",\"ok\":false}]", 0, 0},
	/* one symptom that passes is one too many, one control that fails too */
	{"[{\"set\":\"symptoms\",\"ok\":false},{\"set\":\"symptoms\",\"ok\":true},{\"set\":"
	 "\"controls\",\"ok\":true}]",
	 0, 1},
	{"[{\"set\":\"symptoms\",\"ok\":false},{\"set\":\"controls\",\"ok\":true},{\"set\":"
	 "\"controls\",\"ok\":false}]",
	 1, 0},
	/* none is none, and no outcome is neither */
	{"[]", 0, 0},
	{"[{\"set\":\"symptoms\"},{\"set\":\"controls\"}]", 0, 0},
	{"[{\"set\":\"fixed\",\"ok\":true}]", 0, 0},
};

START_TEST(shows_and_controls)
{
	auto_json json_t *answer = NULL, *all = NULL;
	json_t *last;

	fake_peer_answer(&r.script, "probe",
			 json_pack("{s:o}", "probes", json_loads(truths[_i].probes, 0, NULL)));
	answer = ask("verify");
	ck_assert_int_eq(json_flag(answer, "shows", false), truths[_i].shows);
	ck_assert_int_eq(json_flag(answer, "controls", false), truths[_i].controls);
	all = rig_log(&r);
	last = json_array_get(all, json_array_size(all) - 1);
	ck_assert_str_eq(json_str(last, "what", ""), "fault-verified");
	ck_assert_int_eq(json_flag(last, "shows", false), truths[_i].shows);
	ck_assert_uint_eq(r.lab.probing.active, 0);
}
END_TEST

START_TEST(no_probes_is_an_error)
{
	static const char *const verbs[] = {"verify", "probe", "finish", "check"};
	auto_json json_t *answer = NULL;

	fake_peer_answer(&r.script, "probe", json_object());
	answer = ask(verbs[_i]);
	ck_assert_str_eq(rig_error(answer), "The scenario's process gave no probes");
	ck_assert_uint_eq(rig_logged(&r, "lab", "fault-verified"), 0);
	ck_assert_uint_eq(r.lab.probing.active, 0);
	ck_assert(!r.lab.checking);
}
END_TEST

START_TEST(finishes)
{
	auto_json json_t *answer = ask("finish"), *all = rig_log(&r);
	json_t *last = json_array_get(all, json_array_size(all) - 1);

	ck_assert_uint_eq(json_array_size(json_object_get(answer, "probes")), 3);
	ck_assert_str_eq(json_str(last, "what", ""), "finished");
	ck_assert(!json_flag(last, "fixed", true));
	ck_assert(json_flag(last, "controls", false));
	ck_assert_uint_eq(rig_logged(&r, "probe", NULL), 3);
	ck_assert_uint_eq(rig_logged(&r, "lab", "finishing"), 1);
}
END_TEST

/* A watch that has something to tell when it is asked for all it saw. */
static int late_sync(void *ctx, unsigned n, struct err *err)
{
	(void)err;
	fake_watch_push(ctx, json_pack("{s:s, s:s, s:s, s:s, s:s, s:f}", "kind", "packet", "node",
				       "internet", "what", "echo-request", "dir", "in", "by", "lab",
				       "mono", log_now()));
	fake_watch_push(ctx, json_pack("{s:s, s:s, s:s, s:i}", "kind", "lab", "what", "synced",
				       "by", "lab", "n", (int)n));
	return 0;
}

/* Nothing after `finished` counts, so what the recorders saw of the probes must be before it. */
START_TEST(what_the_recorders_saw_comes_before_the_end)
{
	auto_json json_t *answer = NULL, *all = NULL;
	const json_t *last;

	r.lab.ports.watch.sync = late_sync;
	answer = ask("finish");
	all = rig_log(&r);
	last = json_array_get(all, json_array_size(all) - 1);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "probes")), 3);
	ck_assert_str_eq(json_str(last, "what", ""), "finished");
	ck_assert(json_flag(last, "controls", false));
	ck_assert(r.lab.finished);
	last = json_array_get(all, json_array_size(all) - 2);
	ck_assert_str_eq(json_str(last, "what", ""), "echo-request");
}
END_TEST

/* The asker goes while its probes run: they end, and their outcome is logged all the same. */
START_TEST(the_asker_goes)
{
	int host = rig_host(&r);

	r.script_deaf = true;
	rig_send(&r, host, json_pack("{s:s}", "do", "verify"));
	rig_turn(&r);
	ck_assert_uint_eq(r.lab.probing.active, 1);
	close(host);
	rig_turn(&r);
	r.script_deaf = false;
	rig_turn(&r);
	ck_assert_uint_eq(r.lab.probing.active, 0);
	ck_assert_uint_eq(rig_logged(&r, "lab", "fault-verified"), 1);
}
END_TEST

/* The lab ends while somebody waits: nothing hangs, nothing is freed twice. */
START_TEST(the_lab_ends_meanwhile)
{
	static const char *const verbs[] = {"verify", "probe", "finish", "fault",
					    "check",  "hint",  "causes"};

	r.script_deaf = true;
	rig_send(&r, r.boss, json_pack("{s:s}", "do", verbs[_i]));
	rig_turn(&r);
	if (_i % 2)
		json_decref(ask("down"));
}
END_TEST

TCase *lab_verify_case(void)
{
	TCase *t = tcase_create("verify");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, fault_goes_in_once);
	tcase_add_test(t, fault_asked_twice_at_once);
	tcase_add_test(t, a_fault_that_failed_may_be_tried_again);
	tcase_add_test(t, a_wrong_fault);
	tcase_add_loop_test(t, shows_and_controls, 0, ARRAY_SIZE(truths));
	tcase_add_loop_test(t, no_probes_is_an_error, 0, 4);
	tcase_add_test(t, finishes);
	tcase_add_test(t, what_the_recorders_saw_comes_before_the_end);
	tcase_add_test(t, the_asker_goes);
	tcase_add_loop_test(t, the_lab_ends_meanwhile, 0, 7);
	return t;
}
