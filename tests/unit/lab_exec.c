/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs run for a connection: their life, their end, whose they are. */
#include <signal.h>
#include <string.h>

#include "lab/exec.h"
#include "lab/node.h"
#include "tests/unit/lab_rig.h"

static struct rig r;

static void setup(void)
{
	rig_up(&r, NULL);
	r.proc.keep_running = true;
}

static void teardown(void)
{
	rig_done(&r);
}

static json_t *ask(const char *by)
{
	return json_pack("{s:s, s:s, s:[s], s:s}", "do", "exec", "node", "wsl", "argv", "true",
			 "by", by);
}

/* Starts one and gives its number. */
static int64_t start(int fd, json_t *body)
{
	auto_json json_t *answer = rig_ask(&r, fd, body);

	ck_assert_str_eq(rig_error(answer), "");
	return json_int(answer, "exec", -1);
}

/* The status in the notice of its end; -1 when there is none. */
static int64_t ended(int fd, int64_t id)
{
	json_t *j;
	int64_t status = -1;

	while (status < 0 && (j = rig_next(&r, fd, NULL))) {
		if (json_int(j, "exited", -2) == id)
			status = json_int(j, "status", -1);
		json_decref(j);
	}
	return status;
}

START_TEST(runs_and_ends)
{
	int64_t id = start(r.boss, ask("learner"));

	ck_assert_int_eq(ended(r.boss, id), -1);
	ck_assert_uint_eq(r.lab.learner.active, 1);
	fake_proc_exit(&r.proc, "wsl", (uint64_t)id, 3 << 8);
	ck_assert_int_eq(ended(r.boss, id), 3 << 8);
	ck_assert_uint_eq(r.lab.learner.active, 0);
}
END_TEST

START_TEST(whose_they_are)
{
	start(r.boss, ask("tool"));
	ck_assert_uint_eq(r.lab.tool.active, 1);
	start(r.boss, ask("lab"));
	start(r.boss, ask("nonsense"));
	ck_assert_uint_eq(r.lab.learner.active, 0);
	ck_assert_uint_eq(r.lab.tool.active, 1);
}
END_TEST

START_TEST(wrong_requests)
{
	static const char *const bodies[] = {
		"{\"node\":\"nowhere\",\"argv\":[\"x\"]}",
		"{\"node\":\"wsl\",\"argv\":[]}",
		"{\"node\":\"wsl\",\"argv\":[1]}",
		"{\"node\":\"wsl\",\"argv\":\"ls\"}",
		"{\"node\":\"wsl\",\"argv\":[\"x\"],\"files\":[{\"path\":\"/etc/"
		"passwd\",\"content\":\"\"}]}",
		"{\"node\":\"wsl\",\"argv\":[\"x\"],\"files\":[{\"path\":\"/run/../etc/passwd\"}]}",
	};
	json_t *body = json_loads(bodies[_i], 0, NULL);
	auto_json json_t *answer = NULL;

	json_object_set_new(body, "do", json_string("exec"));
	answer = rig_ask(&r, r.boss, body);
	ck_assert_str_ne(rig_error(answer), "");
	ck_assert(!fake_proc_called(&r.proc, "spawn wsl x"));
	ck_assert_uint_eq(r.lab.learner.active, 0);
}
END_TEST

START_TEST(files_are_bounded)
{
	auto_free char *text = calloc(1, 70000);
	auto_json json_t *answer = NULL;

	memset(text, 'x', 69999);
	answer = rig_ask(&r, r.boss,
			 json_pack("{s:s, s:s, s:[s], s:[{s:s, s:s}]}", "do", "exec", "node", "wsl",
				   "argv", "x", "files", "path", "/run/rc", "content", text));
	ck_assert_str_ne(rig_error(answer), "");
	ck_assert(!fake_proc_called(&r.proc, "file wsl /run/rc"));
}
END_TEST

START_TEST(files_come_before_it)
{
	size_t n;

	start(r.boss, json_pack("{s:s, s:s, s:[s], s:[{s:s, s:s}]}", "do", "exec", "node", "wsl",
				"argv", "x", "files", "path", "/run/rc", "content", "hello"));
	n = r.proc.n_calls;
	ck_assert_str_eq(r.proc.calls[n - 2], "file wsl /run/rc");
	ck_assert_str_eq(r.proc.calls[n - 1], "spawn wsl x");
}
END_TEST

START_TEST(signals_are_for_ones_own)
{
	int64_t id = start(r.boss, ask("learner"));
	int other = rig_host(&r);
	auto_json json_t *no = NULL, *wrong = NULL, *yes = NULL;

	no = rig_ask(
		&r, other,
		json_pack("{s:s, s:I, s:i}", "do", "signal", "exec", (json_int_t)id, "signal", 15));
	ck_assert_str_eq(rig_error(no), "No such command or signal");
	wrong = rig_ask(
		&r, r.boss,
		json_pack("{s:s, s:I, s:i}", "do", "signal", "exec", (json_int_t)id, "signal", 99));
	ck_assert_str_ne(rig_error(wrong), "");
	yes = rig_ask(
		&r, r.boss,
		json_pack("{s:s, s:I, s:i}", "do", "signal", "exec", (json_int_t)id, "signal", 15));
	ck_assert_str_eq(rig_error(yes), "");
	ck_assert(fake_proc_called(&r.proc, "signal wsl 15"));
	ck_assert(!fake_proc_called(&r.proc, "signal wsl 99"));
	close(other);
}
END_TEST

/* Its asker goes: it is killed, or hung up where it has a terminal, and nobody hears of it. */
START_TEST(its_connection_ends)
{
	int host = rig_host(&r);
	json_t *body = ask("learner");

	if (_i)
		json_object_set_new(body, "tty", json_true());
	start(host, body);
	ck_assert_uint_eq(r.lab.learner.active, 1);
	close(host);
	rig_turn(&r);
	ck_assert(fake_proc_called(&r.proc, _i ? "signal wsl 1" : "signal wsl 9"));
	ck_assert_uint_eq(r.lab.learner.active, 0);
}
END_TEST

/* Under a node that is stopped it died with it: one answer, then one end. */
START_TEST(its_node_is_stopped)
{
	int64_t id = start(r.boss, ask("learner"));

	node_stop(node_find(&r.lab, "wsl"));
	ck_assert_int_eq(ended(r.boss, id), SIGKILL);
	ck_assert_ptr_null(rig_next(&r, r.boss, NULL));
	ck_assert_uint_eq(r.lab.learner.active, 0);
}
END_TEST

START_TEST(its_node_is_stopped_before_it_starts)
{
	auto_json json_t *answer = NULL, *refused = NULL;
	uint64_t id = rig_send(&r, r.boss, ask("learner"));

	while (!r.lab.learner.active) /* asked, and the agent's word not yet heard */
		event_base_loop(r.lab.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	node_stop(node_find(&r.lab, "wsl"));
	answer = rig_next(&r, r.boss, NULL);
	ck_assert_int_eq(json_int(answer, "re", 0), (int)id);
	refused = rig_ask(&r, r.boss, ask("learner"));
	ck_assert_ptr_nonnull(strstr(rig_error(refused), "WSL did not start"));
	ck_assert_uint_eq(r.lab.learner.active, 0);
}
END_TEST

START_TEST(sizes_are_checked)
{
	json_t *body = ask("learner");

	json_object_set_new(body, "tty", json_true());
	json_object_set_new(body, "rows", json_integer(-1));
	json_object_set_new(body, "cols", json_integer(1 << 30));
	json_object_set_new(body, "env", json_pack("{s:s, s:s, s:i}", "A=B", "x", "", "y", "C", 3));
	start(r.boss, body);
}
END_TEST

TCase *lab_exec_case(void)
{
	TCase *t = tcase_create("exec");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, runs_and_ends);
	tcase_add_test(t, whose_they_are);
	tcase_add_loop_test(t, wrong_requests, 0, 6);
	tcase_add_test(t, files_are_bounded);
	tcase_add_test(t, files_come_before_it);
	tcase_add_test(t, signals_are_for_ones_own);
	tcase_add_loop_test(t, its_connection_ends, 0, 2);
	tcase_add_test(t, its_node_is_stopped);
	tcase_add_test(t, its_node_is_stopped_before_it_starts);
	tcase_add_test(t, sizes_are_checked);
	return t;
}
