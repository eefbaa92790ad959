/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario may ask of the host, and whose the lab's events are. */
#include "lab/flow.h"
#include "lab/hold.h"
#include "lab/intent.h"
#include "tests/unit/lab_rig.h"

static json_t *syn(const char *src, int sport, const char *dst, int dport)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:s, s:i}", "node", "wsl", "proto", "tcp", "src",
			 src, "sport", sport, "dst", dst, "dport", dport);
}

/* The answer to a probe's SYN comes again while a learner is at work: it stays the probe's. */
START_TEST(a_flow_stays_its_openers)
{
	auto_json json_t *out = syn("172.20.0.9", 40000, "140.82.121.4", 443);
	auto_json json_t *back = syn("140.82.121.4", 443, "172.20.0.9", 40000);
	auto_json json_t *other = syn("172.20.0.9", 40001, "140.82.121.4", 443);
	struct flows f = {0};

	ck_assert_str_eq(flow_owner(&f, out, "lab"), "lab");
	ck_assert_str_eq(flow_owner(&f, back, "learner"), "lab");
	ck_assert_str_eq(flow_owner(&f, other, "learner"), "learner");
	ck_assert_str_eq(flow_owner(&f, other, "lab"), "learner");
	flows_done(&f);
}
END_TEST

START_TEST(old_flows_are_forgotten)
{
	auto_json json_t *first = syn("10.0.0.1", 1, "10.0.0.2", 2);
	struct flows f = {0};

	flow_owner(&f, first, "lab");
	for (int i = 0; i < FLOWS_KEPT; i++) {
		auto_json json_t *p = syn("10.0.0.1", 100 + i, "10.0.0.3", 2);

		flow_owner(&f, p, "lab");
	}
	ck_assert_str_eq(flow_owner(&f, first, "learner"), "learner");
	flows_done(&f);
}
END_TEST

static json_t *with_tree(json_t *model)
{
	json_object_set_new(rig_node(model, "internet"), "trees",
			    json_pack("[{s:s, s:s}]", "source", "/home", "target", "/loot"));
	return model;
}

START_TEST(a_scenario_gets_no_tree)
{
	auto_json json_t *model = with_tree(rig_nat());
	struct lab lab = {0};
	struct model *m = NULL;
	struct err err = {0};

	ck_assert_int_eq(intent_model(&lab, model, "The scenario's fault", &m, &err), -EPERM);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.msg, "The scenario's fault: Node 'internet'"));
}
END_TEST

START_TEST(windows_stays_as_it_was)
{
	auto_json json_t *model = rig_nat();
	struct lab lab = {0};
	struct model *healthy = NULL, *fault = NULL;
	struct err err = {0};

	json_object_set_new(model, "windows", json_pack("{s:s}", "hostname", "PC"));
	ck_assert_int_eq(intent_model(&lab, model, "x", &healthy, &err), 0);
	lab.healthy = healthy;
	json_decref(model);
	model = rig_nat();
	if (_i)
		json_object_set_new(model, "windows", json_pack("{s:s}", "hostname", "PC-2"));
	ck_assert_int_eq(intent_model(&lab, model, "x", &fault, &err), 0);
	ck_assert_str_eq(json_str(fault->windows, "hostname", ""), _i ? "PC-2" : "PC");
	model_free(healthy);
	ck_assert_str_eq(json_str(fault->windows, "hostname", ""), _i ? "PC-2" : "PC");
	model_free(fault);
}
END_TEST

START_TEST(the_command_line_gets_its_trees)
{
	auto_json json_t *model = rig_nat();
	struct lab lab = {.boot = json_pack("{s:[{s:s, s:s, s:s}]}", "trees", "node", "wsl",
					    "source", "/opt/tool", "target", "/opt/tool")};
	struct model *m = NULL;
	struct err err = {0};

	ck_assert_int_eq(intent_model(&lab, model, "x", &m, &err), 0);
	ck_assert_uint_eq(model_node(m, "wsl")->n_trees, 1);
	ck_assert_uint_eq(model_node(m, "internet")->n_trees, 0);
	model_free(m);
	json_decref(lab.boot);
}
END_TEST

static int ran;

static void run(struct conn *c, uint64_t id, struct msg *m)
{
	(void)c;
	ck_assert_ptr_nonnull(m->body);
	ran += (int)id;
}

/* Held requests run in order when the verification ends; those whose asker has gone don't. */
START_TEST(requests_wait_for_the_verification)
{
	struct rig r;
	struct conn *boss, gone;
	struct msg a = {.body = json_object()}, b = {.body = json_object()},
		   late = {.body = json_object()};

	rig_up(&r, NULL);
	boss = TAILQ_FIRST(&r.lab.conns);
	gone = *boss;
	gone.serial = 999999;
	ran = 0;
	hold_begin(&r.lab);
	ck_assert(hold_request(boss, 5, &a, run));
	ck_assert(hold_request(&gone, 70, &b, run));
	ck_assert_ptr_null(a.body);
	ck_assert_int_eq(ran, 0);
	hold_end(&r.lab);
	ck_assert_int_eq(ran, 5);
	ck_assert(!hold_request(boss, 5, &late, run));
	msg_done(&late);
	rig_done(&r);
}
END_TEST

TCase *lab_fair_case(void)
{
	TCase *t = tcase_create("fair");

	tcase_add_test(t, a_flow_stays_its_openers);
	tcase_add_test(t, old_flows_are_forgotten);
	tcase_add_test(t, a_scenario_gets_no_tree);
	tcase_add_test(t, the_command_line_gets_its_trees);
	tcase_add_loop_test(t, windows_stays_as_it_was, 0, 2);
	tcase_add_test(t, requests_wait_for_the_verification);
	return t;
}
