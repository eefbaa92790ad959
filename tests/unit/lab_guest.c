/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node socket: what it answers, what it never says, what it bears. */
#include <signal.h>
#include <string.h>

#include "lab/conn.h"
#include "lab/guest.h"
#include "tests/unit/lab_rig.h"

static struct rig r;
static int guest;

static void setup(void)
{
	rig_up(&r, NULL);
	guest = rig_guest(&r, "wsl");
}

static void teardown(void)
{
	fd_closep(&guest);
	rig_done(&r);
}

static json_t *ask(const char *verb)
{
	return rig_ask(&r, guest, json_pack("{s:s}", "do", verb));
}

static json_t *sudo(void)
{
	return json_pack("{s:s, s:[s], s:s}", "do", "sudo", "argv", "id", "user", "root");
}

/* Every verb there is on either side, and some that are none: no answer names the truth, a rubric or another lab. */
START_TEST(never_the_truth)
{
	static const char *const verbs[] = {
		"sudo",	    "signal", "mode",  "task",	"hint",	 "map",	  "check",
		"diagnose", "causes", "grade", "quit",	"said",	 "on",	  "boot",
		"info",	    "down",   "event", "exec",	"probe", "fault", "verify",
		"finish",   "read",   "tap",   "score", "model", "load",  "solution"};
	static const char *const secrets[] = {"the-secret-cause", "wsl-reaches", "symptom", "truth",
					      "rubric",		  "nd-lab-"};

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		auto_json json_t *answer = NULL;
		auto_free char *text = NULL;

		if (i % 8 == 0) { /* a connection's rate is bounded */
			fd_closep(&guest);
			guest = rig_guest(&r, "wsl");
		}
		answer = ask(verbs[i]);
		ck_assert_msg(answer != NULL, "%s was not answered", verbs[i]);
		text = json_dumps(answer, 0);
		for (size_t k = 0; k < ARRAY_SIZE(secrets); k++)
			ck_assert_msg(!strstr(text, secrets[k]), "%s: %s", verbs[i], text);
		ck_assert_msg(i < 13 || rig_error(answer)[0], "%s is not a node's to ask: %s",
			      verbs[i], text);
	}
	ck_assert_int_eq(r.lab.phase, LAB_READY);
}
END_TEST

START_TEST(answers)
{
	auto_json json_t *mode = ask("mode"), *task = ask("task"), *hint = ask("hint"),
			 *map = ask("map"), *causes = ask("causes"), *check = ask("check");

	ck_assert_str_eq(json_str(mode, "networking_mode", ""), "nat");
	ck_assert_uint_eq(json_object_size(task), 4); /* and "re" */
	ck_assert_int_eq(json_int(hint, "of", 0), 3);
	ck_assert_ptr_nonnull(json_object_get(hint, "text"));
	ck_assert_ptr_nonnull(strstr(json_str(map, "text", ""), "wsl"));
	ck_assert_uint_eq(json_array_size(json_object_get(causes, "causes")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(check, "probes")),
			  3); /* all that this script has */
	ck_assert_uint_eq(rig_logged(&r, "hint", NULL), 1);
}
END_TEST

START_TEST(hints_end)
{
	for (int i = 0; i < 5; i++)
		json_decref(ask("hint"));
	ck_assert_uint_eq(rig_logged(&r, "hint", NULL), 3);
}
END_TEST

/* The price is told without the text, and what was given is given again for nothing. */
START_TEST(a_hint_has_its_price_first)
{
	auto_json json_t *price =
		rig_ask(&r, guest, json_pack("{s:s, s:b}", "do", "hint", "peek", 1));
	auto_json json_t *early = rig_ask(&r, guest, json_pack("{s:s, s:i}", "do", "hint", "n", 1));
	auto_json json_t *given = ask("hint");
	auto_json json_t *again = rig_ask(&r, guest, json_pack("{s:s, s:i}", "do", "hint", "n", 1));

	ck_assert_int_eq(json_int(price, "price", 0), 3);
	ck_assert_ptr_null(json_object_get(price, "text"));
	ck_assert_str_ne(rig_error(early), "");
	ck_assert_ptr_nonnull(json_object_get(given, "text"));
	ck_assert_ptr_nonnull(json_object_get(again, "text"));
	ck_assert_uint_eq(rig_logged(&r, "hint", NULL), 1);
}
END_TEST

/* What was answered is told as it was, first answer first, and only that. */
START_TEST(what_was_said)
{
	auto_json json_t *said = NULL, *first = NULL, *second = NULL;

	first = rig_ask(&r, guest,
			json_pack("{s:s, s:[{s:s}]}", "do", "diagnose", "answers", "layer", "L2"));
	second = rig_ask(&r, guest, json_pack("{s:s, s:b}", "do", "diagnose", "none", 1));
	said = ask("said");
	ck_assert_uint_eq(json_array_size(json_object_get(said, "said")), 2);
	ck_assert(json_object_get(json_array_get(json_object_get(said, "said"), 0), "answers"));
	ck_assert(json_flag(json_array_get(json_object_get(said, "said"), 1), "none", false));
}
END_TEST

/* Where somebody could sit, as an ordinary user, and nowhere else. */
START_TEST(visits)
{
	static const struct {
		const char *node;
		bool welcome;
	} places[] = {{"phone", true},	  {"internet", true}, {"router", false},
		      {"windows", false}, {"wsl", false},     {"", false}};
	auto_json json_t *answer =
		rig_ask(&r, guest,
			json_pack("{s:s, s:s, s:[s], s:s}", "do", "on", "node", places[_i].node,
				  "argv", "id", "user", "root"));

	ck_assert_int_eq(!rig_error(answer)[0], places[_i].welcome);
	if (places[_i].welcome)
		ck_assert_str_eq(r.proc.last_user, "learner");
}
END_TEST

/* There is no way on from there, and none to root. */
START_TEST(visitors_stay_visitors)
{
	auto_fd phone = rig_guest(&r, "phone");
	auto_json json_t *root = rig_ask(&r, phone, sudo());
	auto_json json_t *on = rig_ask(
		&r, phone,
		json_pack("{s:s, s:s, s:[s]}", "do", "on", "node", "internet", "argv", "id"));

	ck_assert_str_eq(rig_error(root), "learner is not in the sudoers file of phone");
	ck_assert_str_eq(rig_error(on), "This is phone already");
}
END_TEST

static const struct {
	const char *body;
	bool taken;
} diagnoses[] = {
	{"{\"none\":true}", true},
	{"{\"answers\":[{\"layer\":\"L2\"}]}", true},
	{"{\"answers\":[{\"layer\":\"L2\",\"cause\":\"x\",\"more\":[[[]]]}]}", true},
	{"{\"answers\":[{\"cause\":\"x\"}]}", true},
	{"{\"answers\":[]}", false},
	{"{\"answers\":[{}]}", false},
	{"{\"answers\":[1,2]}", false},
	{"{\"answers\":{\"layer\":\"L2\"}}", false},
	{"{\"none\":1}", false},
	{"{\"answers\":[{\"layer\":"
	 "\"LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL\"}]}",
	 false},
	{"{\"answers\":[{\"layer\":\"1\"},{\"layer\":\"1\"},{\"layer\":\"1\"},{\"layer\":\"1\"},{"
	 "\"layer\":\"1\"},"
	 "{\"layer\":\"1\"},{\"layer\":\"1\"},{\"layer\":\"1\"},{\"layer\":\"1\"}]}",
	 false},
};

START_TEST(diagnosis)
{
	json_t *body = json_loads(diagnoses[_i].body, 0, NULL);
	auto_json json_t *answer = NULL, *all = NULL;

	json_object_set_new(body, "do", json_string("diagnose"));
	answer = rig_ask(&r, guest, body);
	ck_assert_int_eq(!rig_error(answer)[0], diagnoses[_i].taken);
	ck_assert_uint_eq(rig_logged(&r, "answer", NULL), diagnoses[_i].taken);
	all = rig_log(&r);
	ck_assert_ptr_null(json_object_get(
		json_array_get(
			json_object_get(json_array_get(all, json_array_size(all) - 1), "answers"),
			0),
		"more"));
}
END_TEST

START_TEST(one_check_at_a_time)
{
	auto_fd other = rig_guest(&r, "windows");
	auto_json json_t *busy = NULL, *first = NULL, *again = NULL;

	r.script_deaf = true;
	rig_send(&r, other, json_pack("{s:s}", "do", "check"));
	rig_turn(&r);
	busy = ask("check");
	ck_assert_str_eq(rig_error(busy), "A check is under way");
	r.script_deaf = false;
	first = rig_next(&r, other, NULL);
	ck_assert_ptr_nonnull(json_object_get(first, "probes"));
	again = ask("check");
	ck_assert_ptr_nonnull(json_object_get(again, "probes"));
}
END_TEST

/* The asker's connection ended, and another has taken its place in memory: the answer is nobody's. */
START_TEST(an_answer_for_one_who_left)
{
	auto_json json_t *stray = NULL;

	struct conn *c, *last = NULL;

	r.script_deaf = true;
	rig_send(&r, guest, json_pack("{s:s}", "do", "hint"));
	rig_turn(&r);
	/* its own end waits behind its request: the node goes, as with wsl --shutdown */
	TAILQ_FOREACH(c, &r.lab.conns, link)
	last = c;
	conn_free(last);
	fd_closep(&guest);
	guest = rig_guest(&r, "wsl");
	r.script_deaf = false;
	stray = rig_next(&r, guest, NULL);
	ck_assert_ptr_null(stray);
}
END_TEST

START_TEST(sudo_runs_one_command)
{
	auto_json json_t *first = NULL, *second = NULL, *third = NULL;

	r.proc.keep_running = true;
	first = rig_ask(&r, guest, sudo());
	ck_assert_int_gt(json_int(first, "exec", 0), 0);
	ck_assert_uint_eq(r.lab.learner.active, 1);
	second = rig_ask(&r, guest, sudo());
	ck_assert_str_eq(rig_error(second), "Too many commands run in this node");
	fake_proc_exit(&r.proc, "wsl", (uint64_t)json_int(first, "exec", 0), 0);
	rig_turn(&r);
	third = rig_ask(&r, guest, sudo());
	ck_assert_str_eq(rig_error(third), "");
}
END_TEST

/* Commands whose connections have gone, but which ignore it, still count. */
START_TEST(sudo_is_bounded)
{
	int ran = 0;

	r.proc.keep_running = true;
	for (int i = 0; i < 100; i++) {
		int one = rig_guest(&r, "wsl");
		auto_json json_t *answer = rig_ask(&r, one, sudo());

		ran += !rig_error(answer)[0];
		r.proc.deaf = true;
		close(one);
		rig_turn(&r);
	}
	ck_assert_int_eq(ran, 64);
}
END_TEST

START_TEST(sudo_brings_no_files)
{
	json_t *body = sudo();

	json_object_set_new(body, "files",
			    json_pack("[{s:s, s:s}]", "path", "/run/x", "content", "y"));
	json_decref(rig_ask(&r, guest, body));
	ck_assert(!fake_proc_called(&r.proc, "file wsl /run/x"));
}
END_TEST

START_TEST(sudo_for_known_users)
{
	json_t *body = sudo();
	auto_json json_t *answer = NULL;

	json_object_set_new(body, "user", json_string("www-data"));
	answer = rig_ask(&r, guest, body);
	ck_assert_str_eq(rig_error(answer), "unknown user www-data");
}
END_TEST

/* Where other ids can be had, a program with one may ask for all but root. */
START_TEST(sudo_only_for_the_learner)
{
	auto_json json_t *answer = NULL, *mode = NULL;

	fd_closep(&guest);
	if (seteuid(33) < 0)
		return; /* one id only */
	guest = rig_guest(&r, "wsl");
	ck_assert_int_eq(seteuid(0), 0);
	answer = rig_ask(&r, guest, sudo());
	ck_assert_str_eq(rig_error(answer), "Only the learner and root may use sudo");
	mode = ask("mode");
	ck_assert_str_eq(rig_error(mode), "");
}
END_TEST

/* A tool's sudo is the tool's, and a learner's stays his. */
START_TEST(sudo_is_its_askers)
{
	r.proc.keep_running = true;
	actor_begin(&r.lab.tool);
	json_decref(rig_ask(&r, guest, sudo()));
	ck_assert_uint_eq(r.lab.tool.active, 2);
	ck_assert_uint_eq(r.lab.learner.active, 0);
}
END_TEST

START_TEST(grade_and_quit_reach_terminals)
{
	auto_fd terminal = rig_host(&r), plain = rig_host(&r);
	auto_json json_t *notice = NULL, *none = NULL;

	r.proc.keep_running = true;
	json_decref(rig_ask(&r, terminal,
			    json_pack("{s:s, s:s, s:[s], s:s}", "do", "exec", "node", "wsl", "argv",
				      "bash", "session", "1")));
	json_decref(ask(_i ? "grade" : "quit"));
	notice = rig_next(&r, terminal, NULL);
	ck_assert_str_eq(json_str(notice, "session", ""), _i ? "grade" : "quit");
	none = rig_next(&r, plain, NULL);
	ck_assert_ptr_null(none);
}
END_TEST

START_TEST(requests_without_id_are_dropped)
{
	for (int i = 0; i < 3; i++)
		rig_send(&r, guest,
			 json_pack("{s:s, s:i, s:b}", "do", "diagnose", "id", -i, "none", 1));
	rig_turn(&r);
	ck_assert_uint_eq(rig_logged(&r, "answer", NULL), 0);
}
END_TEST

/* More connections than a node may have wait, and have their turn when one ends. */
START_TEST(connections_wait)
{
	struct lab_node *n = node_find(&r.lab, "wsl");
	int fds[GUEST_CONNECTIONS];

	fd_closep(&guest);
	rig_turn(&r);
	for (int i = 0; i < GUEST_CONNECTIONS; i++)
		fds[i] = rig_guest(&r, "wsl");
	ck_assert_int_eq(n->connections, GUEST_CONNECTIONS);
	guest = fake_proc_connect(&r.proc, "wsl");
	ck_assert_int_ge(guest, 0);
	rig_turn(&r);
	ck_assert_int_eq(n->connections, GUEST_CONNECTIONS);
	close(fds[0]);
	rig_turn(&r);
	rig_turn(&r);
	ck_assert_int_eq(n->connections, GUEST_CONNECTIONS);
	json_decref(ask("mode"));
	for (int i = 1; i < GUEST_CONNECTIONS; i++)
		close(fds[i]);
}
END_TEST

TCase *lab_guest_case(void)
{
	TCase *t = tcase_create("guest");

	tcase_set_timeout(t, 20);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, never_the_truth);
	tcase_add_test(t, answers);
	tcase_add_test(t, hints_end);
	tcase_add_test(t, a_hint_has_its_price_first);
	tcase_add_test(t, what_was_said);
	tcase_add_loop_test(t, visits, 0, 6);
	tcase_add_test(t, visitors_stay_visitors);
	tcase_add_loop_test(t, diagnosis, 0, ARRAY_SIZE(diagnoses));
	tcase_add_test(t, one_check_at_a_time);
	tcase_add_test(t, an_answer_for_one_who_left);
	tcase_add_test(t, sudo_runs_one_command);
	tcase_add_test(t, sudo_is_bounded);
	tcase_add_test(t, sudo_brings_no_files);
	tcase_add_test(t, sudo_for_known_users);
	tcase_add_test(t, sudo_only_for_the_learner);
	tcase_add_test(t, sudo_is_its_askers);
	tcase_add_loop_test(t, grade_and_quit_reach_terminals, 0, 2);
	tcase_add_test(t, requests_without_id_are_dropped);
	tcase_add_test(t, connections_wait);
	return t;
}
