/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WSL stopped and started while the lab runs: what ends with it, what waits for it, what a new one has. */
#include <signal.h>
#include <string.h>

#include "lab/node.h"
#include "tests/unit/lab_windows_rig.h"

static struct rig r;
static int win;

static void setup(void)
{
	windows_up(&r);
	win = rig_guest(&r, "windows");
	r.proc.keep_running = true;
}

static void teardown(void)
{
	fd_closep(&win);
	rig_done(&r);
}

static void shut_down(void)
{
	auto_json json_t *answer = windows_do(&r, win, "wsl.shutdown");

	ck_assert_str_eq(rig_error(answer), "");
	ck_assert_ptr_null(node_find(&r.lab, "wsl"));
}

static json_t *exec_wsl(const char *by)
{
	return json_pack("{s:s, s:s, s:[s], s:s}", "do", "exec", "node", "wsl", "argv", "true",
			 "by", by);
}

/* Of the `info`'s nodes. Borrowed from info. */
static const json_t *wsl_of(const json_t *info)
{
	return rig_node(info, "wsl");
}

START_TEST(what_runs_there_ends)
{
	auto_json json_t *started = rig_ask(&r, r.boss, exec_wsl("learner")), *notice = NULL;

	shut_down();
	notice = rig_next(&r, r.boss, NULL);
	ck_assert_int_eq(json_int(notice, "exited", -1), json_int(started, "exec", 0));
	ck_assert_int_eq(json_int(notice, "status", 0), SIGKILL);
	ck_assert(json_flag(notice, "stopped", false));
	ck_assert_uint_eq(r.lab.learner.active, 0);
	ck_assert_ptr_null(json_object_get(r.watch.nodes, "wsl"));
}
END_TEST

START_TEST(a_window_from_windows_ends)
{
	auto_fd other = rig_guest(&r, "windows");
	auto_json json_t *started = NULL, *notice = NULL;

	started = rig_ask(&r, other, json_pack("{s:s, s:[]}", "do", "windows.wsl", "argv"));
	shut_down();
	notice = rig_next(&r, other, NULL);
	ck_assert_int_eq(json_int(notice, "exited", -1), json_int(started, "exec", 0));
	ck_assert(json_flag(notice, "stopped", false));
}
END_TEST

/* What it called on Windows goes with it, and its connections are closed. */
START_TEST(what_it_called_ends)
{
	int guest = rig_guest(&r, "wsl");
	bool closed = false;

	json_decref(
		rig_ask(&r, guest, json_pack("{s:s, s:[s]}", "do", "interop", "argv", "x.exe")));
	shut_down();
	ck_assert(fake_proc_called(&r.proc, "signal windows 9"));
	json_decref(rig_next(&r, guest, &closed));
	ck_assert(closed);
	fd_closep(&guest);
}
END_TEST

START_TEST(info_says_so)
{
	auto_json json_t *before = rig_ask(&r, r.boss, json_pack("{s:s}", "do", "info"));
	auto_json json_t *stopped = NULL, *model = NULL;

	ck_assert_uint_eq(json_array_size(json_object_get(wsl_of(before), "addresses")), 1);
	ck_assert_ptr_null(json_object_get(wsl_of(before), "running"));
	shut_down();
	stopped = rig_ask(&r, r.boss, json_pack("{s:s}", "do", "info"));
	ck_assert_uint_eq(json_array_size(json_object_get(wsl_of(stopped), "addresses")), 0);
	ck_assert(!json_flag(wsl_of(stopped), "running", true));
	model = rig_ask(&r, win, json_pack("{s:s}", "do", "windows.model"));
	ck_assert(!json_flag(json_object_get(model, "wsl"), "running", true));
}
END_TEST

START_TEST(reads_and_taps_say_so)
{
	json_t *body = json_pack("{s:s, s:s, s:s}", "do", _i ? "tap" : "read", "node", "wsl",
				 "what", "routes");
	auto_json json_t *answer = NULL;

	shut_down();
	answer = rig_ask(&r, r.boss, body);
	ck_assert_str_eq(rig_error(answer), "WSL is stopped");
	ck_assert(!fake_proc_called(&r.proc, "start wsl 2"));
	ck_assert_ptr_null(node_find(&r.lab, "wsl"));
}
END_TEST

START_TEST(a_command_starts_it)
{
	auto_json json_t *answer = NULL, *event = NULL, *info = NULL;
	json_t *warnings;

	shut_down();
	answer = rig_ask(&r, r.boss, exec_wsl("tool"));
	ck_assert_str_eq(rig_error(answer), "");
	warnings = json_object_get(answer, "warnings");
	ck_assert_str_eq(json_string_value(json_array_get(warnings, 0)), "wsl: Unknown key");
	event = windows_logged(&r);
	ck_assert_str_eq(json_str(event, "what", ""), "wsl.start");
	ck_assert_str_eq(json_str(event, "by", ""), "tool");
	info = rig_ask(&r, r.boss, json_pack("{s:s}", "do", "info"));
	ck_assert_uint_eq(json_array_size(json_object_get(wsl_of(info), "addresses")), 1);
}
END_TEST

/* Two terminals at once start it once; the second has no warnings to print. */
START_TEST(two_commands_start_it_once)
{
	auto_fd other = rig_host(&r);
	auto_json json_t *a = NULL, *b = NULL;

	shut_down();
	r.script_deaf = true;
	rig_send(&r, r.boss, exec_wsl("learner"));
	rig_send(&r, other, exec_wsl("learner"));
	rig_turn(&r);
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows"), 1);
	r.script_deaf = false;
	a = rig_next(&r, r.boss, NULL);
	b = rig_next(&r, other, NULL);
	ck_assert_int_gt(json_int(a, "exec", 0), 0);
	ck_assert_int_gt(json_int(b, "exec", 0), 0);
	ck_assert_int_eq(node_find(&r.lab, "wsl")->generation, 2);
}
END_TEST

START_TEST(a_start_that_fails)
{
	auto_json json_t *answer = NULL, *again = NULL;

	shut_down();
	r.proc.fail_start = "wsl";
	answer = rig_ask(&r, r.boss, exec_wsl("learner"));
	ck_assert_ptr_nonnull(strstr(rig_error(answer), "WSL did not start"));
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows.undo"), 1);
	ck_assert_int_eq(r.lab.phase, LAB_READY);
	r.proc.fail_start = NULL;
	again = rig_ask(&r, r.boss, exec_wsl("learner"));
	ck_assert_str_eq(rig_error(again), "");
}
END_TEST

START_TEST(wsl_exe_starts_it)
{
	auto_json json_t *answer = NULL;

	shut_down();
	json_array_clear(r.notices);
	answer = rig_ask(&r, win, json_pack("{s:s, s:[s]}", "do", "windows.wsl", "argv", "id"));
	ck_assert_str_eq(rig_error(answer), "");
	ck_assert_uint_eq(json_array_size(r.notices), 1);
	ck_assert_str_eq(json_string_value(json_array_get(
				 json_object_get(json_array_get(r.notices, 0), "say"), 0)),
			 "wsl: Unknown key");
	ck_assert(fake_proc_called(&r.proc, "spawn wsl id"));
}
END_TEST

START_TEST(probes_start_it)
{
	auto_json json_t *answer = NULL, *event = NULL;

	shut_down();
	answer = rig_ask(&r, r.boss, json_pack("{s:s, s:s}", "do", "probe", "set", "fixed"));
	ck_assert_ptr_nonnull(json_object_get(answer, "probes"));
	event = windows_logged(&r);
	ck_assert_str_eq(json_str(event, "what", ""), "wsl.start");
	ck_assert_str_eq(json_str(event, "by", ""), "lab");
	ck_assert_ptr_nonnull(node_find(&r.lab, "wsl"));
}
END_TEST

/* A new one has recorders of its own, and what happens there is its generation's. */
START_TEST(a_new_generation)
{
	auto_json json_t *all = NULL;
	json_t *last;

	shut_down();
	json_decref(rig_ask(&r, r.boss, exec_wsl("learner")));
	ck_assert_int_eq(json_int(r.watch.nodes, "wsl", 0), 2);
	lab_event(&r.lab, "hint", "wsl", "learner", NULL);
	all = rig_log(&r);
	last = json_array_get(all, json_array_size(all) - 1);
	ck_assert_int_eq(json_int(last, "gen", 0), 2);
}
END_TEST

/* The recorders of the one that went are told of late: the new one is not ready by that. */
START_TEST(recorders_of_the_one_before)
{
	struct lab_node *n;
	uint64_t id;

	shut_down();
	r.proc.hold_ready = true;
	id = rig_send(&r, r.boss, exec_wsl("learner"));
	rig_turn(&r);
	n = node_find(&r.lab, "wsl");
	ck_assert_ptr_nonnull(n);
	ck_assert_ptr_nonnull(n->ready);
	fake_watch_push(&r.watch, json_pack("{s:s, s:s, s:s, s:i}", "kind", "lab", "what",
					    "recorders", "node", "wsl", "gen", 1));
	rig_turn(&r);
	ck_assert_ptr_nonnull(n->ready);
	fake_proc_ready(&r.proc, "wsl");
	rig_turn(&r);
	ck_assert_ptr_null(n->ready);
	ck_assert_uint_gt(id, 0);
}
END_TEST

/* --- services that come and go with it */

static json_t *with_service(json_t *model, const char *node, const char *address, bool optional)
{
	json_array_append_new(
		json_object_get(model, "services"),
		json_pack("{s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:i}], s:{s:{s:s, s:i}}, s:s}",
			  "name", "portproxy", "node", node, "kind", "relay", "optional", optional,
			  "listens", "proto", "tcp", "address", address, "port", 8080, "config",
			  "to", "address", "fd00::5", "port", 80, "via", "router"));
	return model;
}

START_TEST(an_optional_service_waits)
{
	auto_json json_t *answer = NULL, *said = NULL, *next = NULL, *gone = NULL;
	size_t before = fake_peer_asked(&r.serve, "start");

	r.build.fail_socket = "windows tcp 10.9.9.9:8080";
	windows_answer(&r, "a", json_object(),
		       with_service(windows_running(), "windows", "10.9.9.9", true));
	answer = windows_do(&r, win, "a");
	ck_assert_str_eq(rig_error(answer), "");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "start"), before);
	said = rig_ask(&r, win, json_pack("{s:s}", "do", "windows.model"));
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(said, "waiting"), 0)),
			 "portproxy");
	next = windows_do(&r, win, "a"); /* still not */
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "start"), before);
	r.build.fail_socket = NULL;
	if (_i == 0) { /* now there it is */
		json_decref(windows_do(&r, win, "a"));
		ck_assert_uint_eq(fake_peer_asked(&r.serve, "start"), before + 1);
		windows_answer(&r, "b", json_object(), windows_running());
		gone = windows_do(&r, win, "b");
		ck_assert_uint_eq(fake_peer_asked(&r.serve, "stop"), 1);
	} else { /* taken away while it waits: serve has never heard of it */
		windows_answer(&r, "b", json_object(), windows_running());
		gone = windows_do(&r, win, "b");
		ck_assert_uint_eq(fake_peer_asked(&r.serve, "stop"), 0);
		ck_assert_uint_eq(fake_peer_asked(&r.serve, "start"), before);
	}
	ck_assert_str_eq(rig_error(gone), "");
}
END_TEST

START_TEST(another_service_may_not_wait)
{
	auto_json json_t *answer = NULL, *event = NULL;

	r.build.fail_socket = "windows tcp 10.9.9.9:8080";
	windows_answer(&r, "a", json_object(),
		       with_service(windows_running(), "windows", "10.9.9.9", false));
	answer = windows_do(&r, win, "a");
	ck_assert_str_ne(rig_error(answer), "");
	event = windows_logged(&r);
	ck_assert_ptr_nonnull(strstr(json_str(event, "detail", ""), "Fake failure of windows tcp"));
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows.undo"), 1);
}
END_TEST

/* Our sockets may share a port between a wildcard and an address, never the very same address. */
START_TEST(an_address_is_ones_only)
{
	auto_json json_t *answer = NULL;
	size_t before = fake_peer_asked(&r.serve, "start");

	fake_build_answer(&r.build, "windows", "listeners", "",
			  json_pack("[{s:s, s:s, s:s, s:i}]", "proto", "tcp", "state", "LISTEN",
				    "local", _i ? "10.9.9.9" : "0.0.0.0", "local_port", 8080));
	windows_answer(&r, "a", json_object(),
		       with_service(windows_running(), "windows", "10.9.9.9", true));
	answer = windows_do(&r, win, "a");
	ck_assert_str_eq(rig_error(answer), "");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "start"), before + (_i ? 0 : 1));
}
END_TEST

START_TEST(onward_through_another_node)
{
	auto_json json_t *request =
		json_pack("{s:i, s:s, s:s, s:s}", "id", 7, "do", "socket", "service", "portproxy",
			  "address", _i ? "fd00::5" : "10.0.0.5");

	windows_answer(&r, "a", json_object(),
		       with_service(windows_running(), "windows", "10.9.9.9", true));
	json_decref(windows_do(&r, win, "a"));
	ck_assert_str_eq(r.build.last_socket, "router udp :0");
	msg_send(r.serve.ours, request, NULL, 0, NULL);
	rig_turn(&r);
	ck_assert_str_eq(r.build.last_socket, _i ? "router tcp :::0" : "router tcp :0");
}
END_TEST

/* One service goes and another takes its address: it is opened when the first has let go. */
START_TEST(a_start_waits_for_a_stop)
{
	auto_json json_t *answer = NULL;
	json_t *to = with_service(windows_running(), "windows", "10.9.9.9", false), *services;

	services = json_object_get(to, "services");
	json_object_set_new(json_array_get(services, 1), "running", json_false());
	windows_answer(&r, "a", json_object(), to);
	r.serve_deaf = true;
	rig_send(&r, win, json_pack("{s:s, s:s}", "do", "windows.change", "op", "a"));
	rig_turn(&r);
	ck_assert_ptr_null(strstr(r.build.last_socket, "router"));
	r.serve_deaf = false;
	answer = rig_next(&r, win, NULL);
	ck_assert_ptr_nonnull(json_object_get(answer, "result"));
	ck_assert_str_eq(r.build.last_socket, "router udp :0");
}
END_TEST

TCase *lab_wsl_life_case(void)
{
	TCase *t = tcase_create("wsl life");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_runs_there_ends);
	tcase_add_test(t, a_window_from_windows_ends);
	tcase_add_test(t, what_it_called_ends);
	tcase_add_test(t, info_says_so);
	tcase_add_loop_test(t, reads_and_taps_say_so, 0, 2);
	tcase_add_test(t, a_command_starts_it);
	tcase_add_test(t, two_commands_start_it_once);
	tcase_add_test(t, a_start_that_fails);
	tcase_add_test(t, wsl_exe_starts_it);
	tcase_add_test(t, probes_start_it);
	tcase_add_test(t, a_new_generation);
	tcase_add_test(t, recorders_of_the_one_before);
	tcase_add_loop_test(t, an_optional_service_waits, 0, 2);
	tcase_add_test(t, another_service_may_not_wait);
	tcase_add_loop_test(t, an_address_is_ones_only, 0, 2);
	tcase_add_loop_test(t, onward_through_another_node, 0, 2);
	tcase_add_test(t, a_start_waits_for_a_stop);
	return t;
}
