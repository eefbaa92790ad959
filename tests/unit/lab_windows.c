/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Windows program asks of init, and programs across the line between WSL and Windows. */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lab/guest.h"
#include "lab/node.h"
#include "lab/windows_verbs.h"
#include "tests/unit/lab_windows_rig.h"

static struct rig r;
static int win, wsl;

static void setup(void)
{
	windows_up(&r);
	win = rig_guest(&r, "windows");
	wsl = rig_guest(&r, "wsl");
}

static void teardown(void)
{
	fd_closep(&win);
	fd_closep(&wsl);
	rig_done(&r);
}

/* The healthy lab with another name, so that a change of the model shows. */
static json_t *other_model(const char *name)
{
	json_t *j = windows_running();

	json_object_set_new(j, "name", json_string(name));
	return j;
}

START_TEST(each_where_it_belongs)
{
	static const struct {
		const char *node, *verb;
	} cases[] = {
		{"wsl", "windows.model"}, {"wsl", "windows.change"}, {"wsl", "windows.wsl"},
		{"wsl", "windows.read"},  {"wsl", "windows.probe"},  {"phone", "windows.model"},
		{"phone", "interop"},	  {"windows", "interop"},    {"router", "windows.change"}};
	auto_fd fd = rig_guest(&r, cases[_i].node);
	auto_json json_t *answer = rig_ask(&r, fd, json_pack("{s:s}", "do", cases[_i].verb));

	bool here = !strcmp(cases[_i].node, "windows"); /* there is nothing to open */
	const char *said = here ? "This is the Windows prompt already" : "Unknown request";

	ck_assert_msg(strstr(rig_error(answer), said) != NULL, "%s on %s", cases[_i].verb,
		      cases[_i].node);
}
END_TEST

START_TEST(tells_the_model)
{
	auto_json json_t *a = rig_ask(&r, win, json_pack("{s:s}", "do", "windows.model"));

	ck_assert_str_eq(json_str(json_object_get(a, "windows"), "hostname", ""), "DESKTOP");
	/* nor what a fault did to the node: ruleset, sysctls, files */
	ck_assert_ptr_null(json_object_get(a, "node"));
	ck_assert_uint_eq(json_array_size(json_object_get(a, "waiting")), 0);
	ck_assert(json_is_array(json_object_get(a, "waiting")));
	ck_assert(json_flag(json_object_get(a, "wsl"), "running", false));
	ck_assert_int_eq(json_int(json_object_get(a, "wsl"), "generation", 0), 1);
	ck_assert(json_is_array(json_object_get(a, "relays")));
}
END_TEST

START_TEST(reads_live_state)
{
	auto_json json_t *yes = NULL, *no = NULL;

	fake_build_answer(&r.build, "windows", "routes", "",
			  json_pack("[{s:s}]", "dst", "default"));
	yes = rig_ask(&r, win, json_pack("{s:s, s:s}", "do", "windows.read", "what", "routes"));
	ck_assert_uint_eq(json_array_size(json_object_get(yes, "value")), 1);
	no = rig_ask(&r, win, json_pack("{s:s, s:s}", "do", "windows.read", "what", "secrets"));
	ck_assert_ptr_nonnull(strstr(rig_error(no), "no state named 'secrets'"));
}
END_TEST

/* Several at once, each on a connection of its own, and none of them the lab's doing. */
START_TEST(probes_are_the_askers)
{
	int fds[4];

	fake_proc_answer(&r.proc, "windows", "ping", json_pack("{s:b, s:i}", "ok", 1, "ttl", 64));
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = rig_guest(&r, "windows");
		rig_send(&r, fds[i],
			 json_pack("{s:s, s:s, s:{s:s}}", "do", "windows.probe", "kind", "ping",
				   "args", "address", "1.1.1.1"));
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		auto_json json_t *a = rig_next(&r, fds[i], NULL);

		ck_assert_int_eq(json_int(json_object_get(a, "result"), "ttl", 0), 64);
		close(fds[i]);
	}
	ck_assert_uint_eq(r.lab.probing.n, 0);
	ck_assert_uint_eq(r.lab.windows_probes, 0);
}
END_TEST

START_TEST(only_probes_that_send_packets)
{
	static const char *const bodies[] = {
		"{\"kind\":\"run\",\"args\":{\"argv\":[\"id\"]}}",
		"{\"kind\":\"file\",\"args\":{\"path\":\"/etc/shadow\"}}",
		"{\"kind\":\"ping\"}",
		"{\"kind\":\"ping\",\"args\":[]}",
		"{\"kind\":\"ping\",\"args\":{\"timeout\":1e9}}",
		"{\"kind\":\"ping\",\"args\":{\"timeout\":-1}}",
		"{\"kind\":\"ping\",\"args\":{\"count\":100000}}",
		"{\"args\":{}}",
	};
	json_t *body = json_loads(bodies[_i], 0, NULL);
	auto_json json_t *answer = NULL;

	json_object_set_new(body, "do", json_string("windows.probe"));
	answer = rig_ask(&r, win, body);
	ck_assert_msg(rig_error(answer)[0], "%s", bodies[_i]);
	ck_assert(!fake_proc_called(&r.proc, "probe windows run"));
	ck_assert(!fake_proc_called(&r.proc, "probe windows ping"));
}
END_TEST

START_TEST(a_change_reaches_the_kernel)
{
	auto_json json_t *answer = NULL, *event = NULL;

	windows_answer(&r, "nat.add", json_pack("{s:s}", "Name", "WSLNat"), other_model("changed"));
	answer = windows_do(&r, win, "nat.add");
	ck_assert_str_eq(json_str(json_object_get(answer, "result"), "Name", ""), "WSLNat");
	ck_assert_str_eq(r.lab.now->name, "changed");
	event = windows_logged(&r);
	ck_assert_str_eq(json_str(event, "what", ""), "nat.add");
	ck_assert_str_eq(json_str(event, "by", ""), "learner");
	ck_assert_str_eq(json_str(event, "node", ""), "windows");
	ck_assert(json_flag(event, "ok", false));
	ck_assert_int_eq(json_int(json_object_get(event, "args"), "x", 0), 1);
	rig_turn(&r);
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows.done"), 1);
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows.undo"), 0);
}
END_TEST

START_TEST(a_change_that_does_nothing)
{
	auto_json json_t *answer = NULL;
	const struct model *before = r.lab.now;

	windows_answer(&r, "dns.set", json_object(), NULL);
	answer = windows_do(&r, win, "dns.set");
	ck_assert_str_eq(rig_error(answer), "");
	ck_assert_ptr_eq(r.lab.now, before);
	ck_assert_uint_eq(rig_logged(&r, "windows", "dns.set"), 1);
}
END_TEST

/* The code is a name, which commands have their own words for; nothing else of what the script says comes out. */
START_TEST(a_change_the_script_refuses)
{
	auto_json json_t *answer = NULL, *event = NULL;
	const json_t *error;

	fake_peer_answer(&r.script, "windows",
			 json_pack("{s:{s:s, s:s, s:s}}", "error", "message", "No such rule",
				   "code", "NotFound", "trace", "the-secret-cause"));
	answer = windows_do(&r, win, "firewall.rule.remove");
	error = json_object_get(answer, "error");
	ck_assert_str_eq(json_str(error, "code", ""), "NotFound");
	ck_assert_str_eq(json_str(error, "message", ""), "No such rule");
	ck_assert_uint_eq(json_object_size(error), 2);
	event = windows_logged(&r);
	ck_assert(!json_flag(event, "ok", true));
	ck_assert_str_eq(json_str(event, "error", ""), "No such rule");
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows.undo"), 0);
}
END_TEST

/*
 * The kernel refuses it, or a model that a scenario may not give: all is as before, and the script knows. Who asked gets
 * Windows' words, the log ours.
 */
START_TEST(a_change_taken_back)
{
	auto_json json_t *answer = NULL, *event = NULL;
	const json_t *error;
	json_t *to = windows_running(), *last;
	const struct model *before = r.lab.now;

	if (_i == 0) {
		json_object_set_new(
			json_array_get(json_object_get(rig_node(to, "windows"), "ifaces"), 1),
			"mtu", json_integer(1400));
		r.build.fail_at = r.build.calls;
	} else {
		json_object_set_new(rig_node(to, "windows"), "trees",
				    json_pack("[{s:s, s:s}]", "source", "/root", "target", "/x"));
	}
	windows_answer(&r, "interface.set", json_object(), to);
	answer = windows_do(&r, win, "interface.set");
	error = json_object_get(answer, "error");
	ck_assert_str_eq(rig_error(answer), "The parameter is incorrect.");
	ck_assert_str_eq(json_str(error, "code", ""), "Failed");
	ck_assert_uint_eq(json_object_size(error), 2);
	event = windows_logged(&r);
	ck_assert_str_eq(json_str(event, "error", ""), "The parameter is incorrect.");
	ck_assert_ptr_nonnull(
		strstr(json_str(event, "detail", ""), _i ? "files of the host" : "Fake failure"));
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows.done"), 0);
	ck_assert_ptr_eq(r.lab.now, before);
	last = json_array_get(r.script.asked, json_array_size(r.script.asked) - 1);
	ck_assert_str_eq(json_str(last, "do", ""), "windows.undo");
	ck_assert_int_eq(json_int(last, "undo", 0), 5);
	ck_assert_int_eq(r.lab.phase, LAB_READY);
	ck_assert_uint_eq(rig_logged(&r, "windows", "interface.set"), 1);
}
END_TEST

/* The second is worked out from what the first left: it is asked for when the first stands. */
START_TEST(changes_queue)
{
	auto_fd other = rig_guest(&r, "windows");
	auto_json json_t *first = NULL, *second = NULL;
	json_t *to = other_model("first"), *services = json_object_get(to, "services");

	json_object_set_new(json_array_get(services, 1), "running", json_false());
	windows_answer(&r, "a", json_object(), to);
	windows_answer(&r, "b", json_object(), other_model("second"));
	r.serve_deaf = true;
	rig_send(&r, win, json_pack("{s:s, s:s}", "do", "windows.change", "op", "a"));
	rig_turn(&r);
	rig_send(&r, other, json_pack("{s:s, s:s}", "do", "windows.change", "op", "b"));
	rig_turn(&r);
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows"), 1);
	r.serve_deaf = false;
	first = rig_next(&r, win, NULL);
	second = rig_next(&r, other, NULL);
	ck_assert_ptr_nonnull(json_object_get(first, "result"));
	ck_assert_ptr_nonnull(json_object_get(second, "result"));
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows"), 2);
	ck_assert_str_eq(r.lab.now->name, "second");
}
END_TEST

/* Down with a change under way, at every stage it can be at: nothing is left, nobody is called. */
START_TEST(the_lab_ends_meanwhile)
{
	json_t *to = other_model("never");

	json_object_set_new(json_array_get(json_object_get(to, "services"), 1), "running",
			    json_false());
	windows_answer(&r, "a", json_object(), to);
	r.script_deaf = _i == 0;
	r.serve_deaf = _i == 1;
	rig_send(&r, win, json_pack("{s:s, s:s}", "do", "windows.change", "op", "a"));
	if (_i == 2) {
		r.script_deaf = true;
		rig_send(&r, win, json_pack("{s:s, s:[]}", "do", "windows.wsl", "argv"));
	}
	rig_turn(&r);
	ck_assert_int_eq(r.lab.phase, LAB_READY);
}
END_TEST

START_TEST(changes_are_whose_they_are)
{
	auto_json json_t *event = NULL;

	windows_answer(&r, "a", json_object(), NULL);
	actor_begin(_i == 0 ? &r.lab.tool : &r.lab.running);
	json_decref(windows_do(&r, win, "a"));
	event = windows_logged(&r);
	ck_assert_str_eq(json_str(event, "by", ""), _i == 0 ? "tool" : "lab");
}
END_TEST

START_TEST(wrong_changes)
{
	static const char *const bodies[] = {"{}", "{\"op\":\"\"}", "{\"op\":1}",
					     "{\"op\":\"x\",\"args\":[]}",
					     "{\"op\":\"x\",\"args\":\"y\"}"};
	json_t *body = json_loads(bodies[_i], 0, NULL);
	auto_json json_t *answer = NULL;

	json_object_set_new(body, "do", json_string("windows.change"));
	answer = rig_ask(&r, win, body);
	ck_assert_str_ne(rig_error(answer), "");
	ck_assert_uint_eq(fake_peer_asked(&r.script, "windows"), 0);
}
END_TEST

/* More often than other nodes' programs, and then they wait, too. */
START_TEST(rates)
{
	unsigned answered = 0;

	for (unsigned i = 0; i < GUEST_WINDOWS_PER_SECOND + 20; i++) {
		json_t *a = rig_ask(&r, win, json_pack("{s:s}", "do", "mode"));

		answered += a != NULL;
		json_decref(a);
	}
	ck_assert_uint_ge(answered, GUEST_WINDOWS_PER_SECOND);
	ck_assert_uint_lt(answered, GUEST_WINDOWS_PER_SECOND + 20);
}
END_TEST

START_TEST(mode_is_what_stands)
{
	json_t *to = windows_running();
	auto_json json_t *before = rig_ask(&r, wsl, json_pack("{s:s}", "do", "mode")),
			 *after = NULL;

	ck_assert_str_eq(json_str(before, "networking_mode", ""), "nat");
	ck_assert_str_eq(json_str(before, "version", ""), "2.6.0.0");
	windows_wsl_set(to, "networkingMode", json_string("none"));
	windows_answer(&r, "a", json_object(), to);
	json_decref(windows_do(&r, win, "a"));
	after = rig_ask(&r, wsl, json_pack("{s:s}", "do", "mode"));
	ck_assert_str_eq(json_str(after, "networking_mode", ""), "none");
}
END_TEST

/* --- programs across the line */

static json_t *exec_windows(json_t *more)
{
	json_t *body = json_pack("{s:s, s:s}", "do", "exec", "node", "windows");

	json_object_update(body, more);
	json_decref(more);
	return rig_ask(&r, r.boss, body);
}

static size_t calls(const char *line)
{
	size_t n = 0;

	for (size_t i = 0; i < r.proc.n_calls; i++)
		n += !strcmp(r.proc.calls[i], line);
	return n;
}

START_TEST(what_starts_a_windows_program)
{
	static const struct {
		const char *body, *spawned;
		bool installs;
	} cases[] = {
		{"{\"argv\":[\"ipconfig\",\"/all\"],\"powershell\":true}",
		 "spawn windows /init -- ipconfig /all", true},
		{"{\"argv\":[],\"powershell\":true}", "spawn windows /init", true},
		{"{\"argv\":[],\"session\":\"1\",\"tty\":true}", "spawn windows /init", true},
		{"{\"argv\":[\"/init\"],\"session\":\"1\",\"tty\":true}", "spawn windows /init",
		 true},
		{"{\"argv\":[\"ip\",\"route\"]}", "spawn windows ip route", false},
	};
	auto_json json_t *answer = exec_windows(json_loads(cases[_i].body, 0, NULL));

	ck_assert_str_eq(rig_error(answer), "");
	ck_assert_msg(fake_proc_called(&r.proc, cases[_i].spawned), "%s", cases[_i].spawned);
	ck_assert_uint_eq(calls("install windows /init 0755"), cases[_i].installs);
}
END_TEST

START_TEST(installed_once)
{
	for (int i = 0; i < 3; i++)
		json_decref(exec_windows(
			json_pack("{s:[s], s:b}", "argv", "hostname", "powershell", 1)));
	ck_assert_uint_eq(calls("install windows /init 0755"), 1);
	ck_assert_uint_eq(calls("spawn windows /init -- hostname"), 3);
}
END_TEST

/* A scenario's probe may run a Windows program, too. */
START_TEST(installed_for_a_probe)
{
	auto_json json_t *request = json_pack(
		"{s:i, s:s, s:s, s:s, s:{s:[s, s, s]}}", "id", 9, "do", "node.probe", "node",
		"windows", "kind", "run", "args", "argv", _i ? "/init" : "ip", "--", "ipconfig");

	ck_assert_int_eq(msg_send(r.script.ours, request, NULL, 0, NULL), 0);
	rig_turn(&r);
	ck_assert_uint_eq(calls("install windows /init 0755"), _i);
	ck_assert_uint_eq(calls("probe windows run"), 1);
}
END_TEST

static json_t *interop(void)
{
	return rig_ask(&r, wsl,
		       json_pack("{s:s, s:[s,s], s:s}", "do", "interop", "argv",
				 "/mnt/c/Windows/System32/ipconfig.exe", "/all", "cwd",
				 "/home/learner"));
}

START_TEST(an_exe_from_wsl)
{
	auto_json json_t *first = NULL, *ended = NULL;

	r.proc.keep_running = true;
	first = interop();
	ck_assert_int_gt(json_int(first, "exec", 0), 0);
	ck_assert(fake_proc_called(&r.proc, "spawn windows /init --interop --cwd /home/learner -- "
					    "/mnt/c/Windows/System32/ipconfig.exe /all"));
	ck_assert_uint_eq(calls("install windows /init 0755"), 1);
	ck_assert_uint_eq(r.lab.learner.active, 1);
	fake_proc_exit(&r.proc, "windows", (uint64_t)json_int(first, "exec", 0), 1 << 8);
	ended = rig_next(&r, wsl, NULL);
	ck_assert_int_eq(json_int(ended, "status", 0), 1 << 8);
}
END_TEST

START_TEST(an_exe_needs_a_name)
{
	auto_json json_t *none = rig_ask(&r, wsl, json_pack("{s:s}", "do", "interop"));
	auto_json json_t *odd =
		rig_ask(&r, wsl, json_pack("{s:s, s:[i]}", "do", "interop", "argv", 1));

	ck_assert_str_ne(rig_error(none), "");
	ck_assert_str_ne(rig_error(odd), "");
}
END_TEST

static json_t *run_wsl(json_t *argv, const char *user)
{
	return rig_ask(
		&r, win,
		json_pack("{s:s, s:o, s:s}", "do", "windows.wsl", "argv", argv, "user", user));
}

START_TEST(wsl_from_windows)
{
	auto_json json_t *a = run_wsl(json_pack("[s, s]", "uname", "-r"), "root");
	auto_json json_t *b = run_wsl(json_array(), ""), *c = run_wsl(json_array(), "nobody");

	ck_assert_str_eq(rig_error(a), "");
	ck_assert_str_eq(rig_error(b), "");
	ck_assert(fake_proc_called(&r.proc, "spawn wsl uname -r"));
	ck_assert(fake_proc_called(&r.proc, "spawn wsl bash -l"));
	ck_assert_str_eq(rig_error(c), "unknown user nobody");
}
END_TEST

/* A session's terminal host says how shells are started there; one that a program of its starts is one of those. */
START_TEST(shells_of_a_session)
{
	static const char shells[] =
		"{\"wsl\":{\"argv\":[\"bash\",\"--rcfile\",\"/run/rc\"],\"env\":{\"A\":\"1\"},"
		"\"files\":[{\"path\":\"/run/"
		"rc\",\"content\":\"x\"}]},\"windows\":{\"env\":{\"B\":\"2\"}}}";
	auto_json json_t *terminal = NULL, *shell = NULL, *other = NULL, *piped = NULL;

	r.proc.keep_running = true;
	r.proc.next_pid =
		getsid(0); /* the session's leader, which our own end of connections is in */
	terminal = exec_windows(json_pack("{s:[], s:s, s:b, s:o}", "argv", "session", "1", "tty", 1,
					  "shells", json_loads(shells, 0, NULL)));
	ck_assert_str_eq(rig_error(terminal), "");
	r.proc.next_pid = 1000000;
	shell = rig_ask(
		&r, win,
		json_pack("{s:s, s:[], s:[b, b, b]}", "do", "windows.wsl", "argv", "tty", 1, 1, 1));
	ck_assert_str_eq(rig_error(shell), "");
	ck_assert(fake_proc_called(&r.proc, "file wsl /run/rc"));
	ck_assert(fake_proc_called(&r.proc, "spawn wsl bash --rcfile /run/rc"));
	ck_assert_str_eq(r.proc.last_env, "A=1 ");
	fake_proc_exit(&r.proc, "wsl", (uint64_t)json_int(shell, "exec", 0), 0);
	rig_turn(&r);
	other = run_wsl(json_pack("[s]", "ls"), "");
	ck_assert(fake_proc_called(&r.proc, "spawn wsl ls"));
	fake_proc_exit(&r.proc, "wsl", (uint64_t)json_int(other, "exec", 0), 0);
	rig_turn(&r);
	piped = run_wsl(json_array(), ""); /* what is fed by a pipe is nothing typed */
	ck_assert(fake_proc_called(&r.proc, "spawn wsl bash -l"));
	ck_assert_str_eq(rig_error(piped), "");
	ck_assert_uint_eq(calls("file wsl /run/rc"), 1);
}
END_TEST

/* A prompt called in a session's WSL shell at a terminal is told, a command that a script calls is not. */
START_TEST(prompts_of_a_session)
{
	static const struct {
		const char *exe;
		int tty;
		const char *env;
	} cases[] = {{"/mnt/c/Windows/System32/WindowsPowerShell/v1.0/PowerShell.exe", 1, "B=2 "},
		     {"cmd.exe", 1, "B=2 "},
		     {"/mnt/c/Windows/System32/ipconfig.exe", 1, ""},
		     {"powershell.exe", 0, ""}};
	auto_json json_t *terminal = NULL, *answer = NULL;

	r.proc.keep_running = true;
	r.proc.next_pid = getsid(0);
	terminal = rig_ask(&r, r.boss,
			   json_pack("{s:s, s:s, s:[s], s:s, s:b, s:{s:{s:{s:s}}}}", "do", "exec",
				     "node", "wsl", "argv", "bash", "session", "1", "tty", 1,
				     "shells", "windows", "env", "B", "2"));
	ck_assert_str_eq(rig_error(terminal), "");
	answer = rig_ask(&r, wsl,
			 json_pack("{s:s, s:[s], s:[b, b, b]}", "do", "interop", "argv",
				   cases[_i].exe, "tty", cases[_i].tty, 1, 1));
	ck_assert_str_eq(rig_error(answer), "");
	ck_assert_str_eq(r.proc.last_env, cases[_i].env);
}
END_TEST

TCase *lab_windows_case(void)
{
	TCase *t = tcase_create("windows");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, each_where_it_belongs, 0, 9);
	tcase_add_test(t, tells_the_model);
	tcase_add_test(t, reads_live_state);
	tcase_add_test(t, probes_are_the_askers);
	tcase_add_loop_test(t, only_probes_that_send_packets, 0, 8);
	tcase_add_test(t, a_change_reaches_the_kernel);
	tcase_add_test(t, a_change_that_does_nothing);
	tcase_add_test(t, a_change_the_script_refuses);
	tcase_add_loop_test(t, a_change_taken_back, 0, 2);
	tcase_add_test(t, changes_queue);
	tcase_add_loop_test(t, the_lab_ends_meanwhile, 0, 3);
	tcase_add_loop_test(t, changes_are_whose_they_are, 0, 2);
	tcase_add_loop_test(t, wrong_changes, 0, 5);
	tcase_add_test(t, rates);
	tcase_add_test(t, mode_is_what_stands);
	tcase_add_loop_test(t, what_starts_a_windows_program, 0, 5);
	tcase_add_test(t, installed_once);
	tcase_add_loop_test(t, installed_for_a_probe, 0, 2);
	tcase_add_test(t, an_exe_from_wsl);
	tcase_add_test(t, an_exe_needs_a_name);
	tcase_add_test(t, wsl_from_windows);
	tcase_add_test(t, shells_of_a_session);
	tcase_add_loop_test(t, prompts_of_a_session, 0, 4);
	return t;
}
