/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host socket: what it refuses, and what a terminal host may write into the log. */
#include <string.h>

#include "tests/unit/lab_rig.h"

static struct rig r;

static void setup(void)
{
	rig_up(&r, json_pack("{s:b}", "hold", 1));
}

static void teardown(void)
{
	rig_done(&r);
}

START_TEST(says_what_it_is)
{
	auto_json json_t *info = rig_ask(&r, r.boss, json_pack("{s:s}", "do", "info"));

	ck_assert_str_eq(json_str(info, "lab", ""), "l");
	ck_assert(json_flag(info, "ready", false));
	ck_assert_uint_eq(json_array_size(json_object_get(info, "nodes")), 5);
	ck_assert_ptr_nonnull(json_object_get(info, "model"));
}
END_TEST

static const struct {
	const char *body, *says;
} refusals[] = {
	{"{\"do\":\"nonsense\"}", "Unknown request 'nonsense'"},
	{"{}", "Unknown request ''"},
	{"{\"do\":7}", "Unknown request ''"},
	/* cut inside a character: still an error, and not an empty success */
	{"{\"do\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xe3\x81\x82\xe3\x81\x82\"}",
	 "Unknown request 'xxx"},
	{"{\"do\":\"exec\",\"node\":\"moon\",\"argv\":[\"x\"]}", "Lab 'l' has no node 'moon'"},
	{"{\"do\":\"read\",\"node\":\"moon\",\"what\":\"links\"}", "has no node"},
	{"{\"do\":\"read\",\"node\":\"wsl\",\"what\":\"souls\"}", "no state named 'souls'"},
	{"{\"do\":\"read\",\"node\":\"wsl\",\"what\":\"links\"}", "no answer"},
	{"{\"do\":\"tap\",\"node\":\"moon\"}", "has no node"},
	{"{\"do\":\"signal\",\"exec\":99,\"signal\":9}", "No such command"},
	{"{\"do\":\"sudo\",\"argv\":[\"id\"]}", "Unknown request 'sudo'"},
	{"{\"do\":\"diagnose\"}", "A diagnosis names one layer"},
	{"{\"do\":\"diagnose\",\"answers\":[{}]}", "A diagnosis names one layer"},
	{"{\"do\":\"diagnose\",\"answers\":[{\"layer\":\"L9\"}]}",
	 "L2.5, L3, L4, L5, 4/5 or other"},
	{"{\"do\":\"diagnose\",\"answers\":[{\"layer\":\"L2\"},{\"layer\":\"L1/L2\"}]}",
	 "A diagnosis names one layer"},
	{"{\"do\":\"diagnose\",\"answers\":[{\"layer\":\"4/5/other\"}]}",
	 "A diagnosis names one layer"},
	{"{\"do\":\"diagnose\",\"answers\":[{\"layer\":\"1\"},{\"layer\":\"2\"},{\"layer\":\"2\"},"
	 "{\"layer\":\"2\"},{\"layer\":\"2\"},{\"layer\":\"2\"},{\"layer\":\"2\"},{\"layer\":\"2\"}"
	 ","
	 "{\"layer\":\"2\"}]}",
	 "At most 8 diagnoses"},
	{"{\"do\":\"event\"}", "Events of kind ''"},
	{"{\"do\":\"event\",\"event\":[]}", "Events of kind ''"},
	{"{\"do\":\"event\",\"event\":{\"kind\":\"exec\"}}", "Events of kind 'exec'"},
	{"{\"do\":\"event\",\"event\":{\"kind\":\"lab\",\"what\":\"died\"}}",
	 "Events of kind 'lab'"},
	{"{\"do\":\"event\",\"event\":{\"kind\":\"probe\",\"ok\":true}}", "Events of kind 'probe'"},
};

START_TEST(refuses)
{
	json_t *body = json_loads(refusals[_i].body, 0, NULL);
	auto_json json_t *answer = NULL;
	size_t before;

	ck_assert_ptr_nonnull(body);
	before = r.lab.log.seq;
	answer = rig_ask(&r, r.boss, body);
	ck_assert_msg(strstr(rig_error(answer), refusals[_i].says) != NULL, "%s",
		      rig_error(answer));
	ck_assert_uint_eq(r.lab.log.seq, before);
}
END_TEST

START_TEST(events_of_a_terminal)
{
	auto_json json_t *seq = NULL, *all = NULL;
	json_t *e;

	seq = rig_ask(&r, r.boss,
		      json_pack("{s:s, s:{s:s, s:s, s:f, s:f, s:s, s:i}}", "do", "event", "event",
				"kind", "command", "text", "ip a", "started", r.lab.log.zero + 2.0,
				"mono", 1e9, "by", "god", "seq", 1));
	all = rig_log(&r);
	e = json_array_get(all, json_array_size(all) - 1);
	ck_assert_int_eq(json_int(seq, "seq", 0), json_int(e, "seq", -1));
	ck_assert_double_eq_tol(json_num(e, "started", 0), 2.0, 1e-6);
	ck_assert_double_lt(json_num(e, "t", 1e9), 1e6);
	ck_assert_str_eq(json_str(e, "by", ""), "learner");
}
END_TEST

START_TEST(long_events_are_refused)
{
	auto_free char *text = calloc(1, LOG_EVENT_MAX + 1);
	auto_json json_t *answer = NULL;

	memset(text, 'x', LOG_EVENT_MAX);
	answer = rig_ask(&r, r.boss,
			 json_pack("{s:s, s:{s:s, s:s}}", "do", "event", "event", "kind", "command",
				   "text", text));
	ck_assert_ptr_nonnull(strstr(rig_error(answer), "An event is over"));
}
END_TEST

START_TEST(reads)
{
	auto_json json_t *answer = NULL;

	fake_build_answer(&r.build, "wsl", "links", "", json_pack("[{s:s}]", "ifname", "eth0"));
	answer =
		rig_ask(&r, r.boss,
			json_pack("{s:s, s:s, s:s}", "do", "read", "node", "wsl", "what", "links"));
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "value")), 1);
}
END_TEST

/* What a recorder saw gets a number, a time and a maker; what it says of itself is let through. */
START_TEST(recorders_events)
{
	auto_json json_t *all = NULL;
	json_t *e;

	actor_begin(&r.lab.learner);
	fake_watch_push(&r.watch, json_pack("{s:s, s:f, s:s}", "kind", "packet", "mono", log_now(),
					    "by", "god"));
	fake_watch_push(&r.watch, json_string("no event"));
	rig_turn(&r);
	all = rig_log(&r);
	e = json_array_get(all, json_array_size(all) - 2);
	ck_assert_str_eq(json_str(e, "kind", ""), "packet");
	ck_assert_str_eq(json_str(e, "by", ""), "learner");
}
END_TEST

/* A helper's own word. body is stolen. */
static void say(int fd, json_t *body)
{
	ck_assert_int_eq(msg_send(fd, body, NULL, 0, NULL), 0);
	json_decref(body);
	rig_turn(&r);
}

START_TEST(script_asks)
{
	json_t *last;

	say(r.script.ours, json_pack("{s:i, s:s, s:s, s:s, s:{}}", "id", 7, "do", "node.probe",
				     "node", "wsl", "kind", "ping", "args"));
	last = json_array_get(r.script.asked, json_array_size(r.script.asked) - 1);
	ck_assert_int_eq(json_int(last, "re", 0), 7);
	ck_assert(json_flag(json_object_get(last, "result"), "ok", false));
	say(r.script.ours,
	    json_pack("{s:i, s:s, s:s}", "id", 8, "do", "node.read", "node", "moon"));
	last = json_array_get(r.script.asked, json_array_size(r.script.asked) - 1);
	ck_assert_int_eq(json_int(last, "re", 0), 8);
	ck_assert_str_ne(rig_error(last), "");
}
END_TEST

START_TEST(serve_asks_for_sockets)
{
	auto_msg m = {0};

	r.serve_deaf = true;
	say(r.serve.ours, json_pack("{s:i, s:s, s:s}", "id", 7, "do", "socket", "service", "web"));
	ck_assert_int_eq(msg_recv(r.serve.ours, &m, 0, NULL), 1);
	ck_assert_int_eq(json_int(m.body, "re", 0), 7);
	ck_assert_uint_eq(m.n_fds, 1);
}
END_TEST

TCase *lab_host_case(void)
{
	TCase *t = tcase_create("host");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, says_what_it_is);
	tcase_add_loop_test(t, refuses, 0, ARRAY_SIZE(refusals));
	tcase_add_test(t, events_of_a_terminal);
	tcase_add_test(t, long_events_are_refused);
	tcase_add_test(t, reads);
	tcase_add_test(t, recorders_events);
	tcase_add_test(t, script_asks);
	tcase_add_test(t, serve_asks_for_sockets);
	return t;
}
