/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a lab: built, failing at every operation there is, queued, replaced. */
#include <string.h>

#include "lab/change.h"
#include "lab/node.h"
#include "tests/unit/lab_rig.h"
#include "tests/unit/lab_sim_port.h"
#include "tests/unit/random_model.h"

/* A lab with no boot: changes asked for by the test itself. */
struct bench {
	struct rig rig;
	struct sim_port sim;
	int done;
	struct err err;
};

static void bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	rig_init(&b->rig);
	sim_port_init(&b->sim);
	b->rig.ports.build = b->sim.port;
	rig_open(&b->rig);
}

static void bench_close(struct bench *b)
{
	rig_done(&b->rig);
	sim_port_done(&b->sim);
}

static void on_done(void *arg, const struct err *err)
{
	struct bench *b = arg;

	b->done++;
	if (err)
		b->err = *err;
}

static void change(struct bench *b, struct model *to)
{
	b->err = (struct err){0};
	change_start(&b->rig.lab, to, NULL, on_done, b);
	rig_turn(&b->rig);
}

static void stands(const struct bench *b, const struct model *m, const char *when)
{
	char why[1000];

	sim_port_differs(&b->sim, m, why, sizeof(why));
	ck_assert_msg(!why[0], "%s: %s", when, why);
}

static size_t nodes_alive(struct bench *b)
{
	struct lab_node *n;
	size_t count = 0;

	TAILQ_FOREACH(n, &b->rig.lab.nodes, link)
	count++;
	ck_assert_uint_eq(count, b->rig.proc.n_nodes);
	ck_assert_uint_eq(json_object_size(b->rig.watch.nodes) <= count, 1);
	return count;
}

static struct model *parse(json_t *j)
{
	struct model *m = NULL;
	struct err e = {0};

	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s", e.msg);
	json_decref(j);
	return m;
}

START_TEST(builds_and_changes)
{
	auto_model *healthy = parse(rig_nat()), *broken = parse(rig_nat_broken());
	struct bench b;

	bench_open(&b);
	change(&b, healthy);
	ck_assert_int_eq(b.done, 1);
	ck_assert_str_eq(b.err.msg, "");
	stands(&b, healthy, "built");
	ck_assert_uint_eq(nodes_alive(&b), healthy->n_nodes);
	ck_assert_uint_eq(fake_peer_asked(&b.rig.serve, "start"), healthy->n_services);
	change(&b, broken);
	stands(&b, broken, "broken");
	ck_assert_ptr_eq(b.rig.lab.now, broken);
	bench_close(&b);
}
END_TEST

/* However far it came, a build that fails leaves nothing: no kernel object, no agent, no recorder. */
START_TEST(failed_build_leaves_nothing)
{
	auto_model *m = parse(rig_nat());

	for (int at = 0;; at++) {
		struct bench b;
		char when[64];

		bench_open(&b);
		b.sim.fail_at = at;
		change(&b, m);
		ck_assert_int_eq(b.done, 1);
		if (b.sim.calls <= at) {
			bench_close(&b);
			ck_assert_int_gt(at, 40);
			break;
		}
		snprintf(when, sizeof(when), "failed at %d", at);
		ck_assert_msg(strstr(b.err.msg, "fails") != NULL, "%s: %s", when, b.err.msg);
		ck_assert_ptr_null(b.rig.lab.now);
		stands(&b, NULL, when);
		ck_assert_uint_eq(nodes_alive(&b), 0);
		bench_close(&b);
	}
}
END_TEST

START_TEST(failed_start_leaves_nothing)
{
	auto_model *m = parse(rig_nat());
	struct bench b;

	bench_open(&b);
	b.rig.proc.fail_start = "windows";
	change(&b, m);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "windows"));
	stands(&b, NULL, "an agent did not start");
	ck_assert_uint_eq(nodes_alive(&b), 0);
	bench_close(&b);
}
END_TEST

/* The last node to answer fails the build while its own events are read: it must live until they are. */
START_TEST(a_failing_node_is_freed_late)
{
	auto_model *m = parse(rig_nat());
	struct bench b;

	bench_open(&b);
	b.rig.proc.hold_ready = true;
	change(&b, m);
	ck_assert_int_eq(b.done, 0);
	for (size_t i = 0; i + 1 < m->n_nodes; i++)
		fake_proc_ready(&b.rig.proc, m->nodes[i].name);
	rig_turn(&b.rig);
	ck_assert_int_eq(b.done, 0);
	fake_proc_lose(&b.rig.proc, m->nodes[m->n_nodes - 1].name);
	rig_turn(&b.rig);
	ck_assert_int_eq(b.done, 1);
	ck_assert_ptr_nonnull(strstr(b.err.msg, m->nodes[m->n_nodes - 1].name));
	stands(&b, NULL, "an agent died");
	ck_assert_uint_eq(nodes_alive(&b), 0);
	bench_close(&b);
}
END_TEST

/* A model with another text in one file, and one where that text can't be written. */
static struct model *with_file(const char *text)
{
	json_t *j = rig_nat();
	json_t *file = json_array_get(json_object_get(rig_node(j, "wsl"), "files"), 0);

	json_object_set_new(file, "content", json_string(text));
	return parse(j);
}

START_TEST(failed_file_goes_back)
{
	auto_model *m = parse(rig_nat()), *to = with_file("changed");
	struct bench b;

	bench_open(&b);
	change(&b, m);
	b.rig.proc.fail_file = model_node(m, "wsl")->files[0].path;
	change(&b, to);
	ck_assert_int_eq(b.done, 2);
	ck_assert_ptr_nonnull(strstr(b.err.msg, "fake failure"));
	ck_assert_ptr_eq(b.rig.lab.now, m);
	ck_assert_int_ne(b.rig.lab.phase, LAB_ENDING);
	bench_close(&b);
}
END_TEST

/* Lab down with a file write under way: the change is freed, and nobody calls into it. */
START_TEST(end_while_a_file_is_written)
{
	auto_model *m = parse(rig_nat()), *to = with_file("changed");
	struct bench b;

	bench_open(&b);
	change(&b, m);
	change_start(&b.rig.lab, to, NULL, on_done, &b);
	bench_close(&b);
	ck_assert_int_eq(b.done, 1);
}
END_TEST

START_TEST(failed_service_goes_back)
{
	auto_model *m = parse(rig_nat());
	struct bench b;

	bench_open(&b);
	fake_peer_answer(&b.rig.serve, "start",
			 json_pack("{s:{s:s}}", "error", "message", "Address in use"));
	change(&b, m);
	ck_assert_msg(strstr(b.err.msg, "Address in use") != NULL, "%s", b.err.msg);
	stands(&b, NULL, "a service failed");
	ck_assert_uint_eq(nodes_alive(&b), 0);
	bench_close(&b);
}
END_TEST

/* From a to b, failing at operation `at`: b.done, and a is back. False when the change is shorter than that. */
static bool fails_back(struct model *a, struct model *to, int at, uint64_t seed)
{
	struct bench b;
	char when[96];
	bool reached;

	bench_open(&b);
	change(&b, a);
	ck_assert_str_eq(b.err.msg, "");
	b.sim.fail_at = b.sim.calls + at;
	change(&b, to);
	reached = b.sim.calls > b.sim.fail_at;
	snprintf(when, sizeof(when), "seed %llu, failed at %d (%.40s)", (unsigned long long)seed,
		 at, b.err.msg);
	if (reached) {
		ck_assert_msg(b.err.msg[0], "%s: no error", when);
		ck_assert_msg(!b.rig.lab.early_err.msg[0], "%s: %s", when, b.rig.lab.early_err.msg);
		ck_assert_msg(b.rig.lab.now == a, "%s", when);
		stands(&b, a, when);
		ck_assert_uint_eq(nodes_alive(&b), a->n_nodes);
	}
	bench_close(&b);
	return reached;
}

static const unsigned mutations[] = {15, 60, 250};

START_TEST(any_failed_change_goes_back)
{
	int done = 0;

	for (uint64_t seed = 1; done < 6; seed++) {
		auto_model *a = random_model(seed, 0, 0);
		auto_model *to = random_model(seed, seed * 7 + 1, mutations[_i]);
		int at = 0;

		if (!a || !to)
			continue;
		while (fails_back(a, to, at, seed))
			at++;
		done += at > 0;
	}
}
END_TEST

/* n1's mir0 shares n0's eth0, and the switch's rules are at its links. Caller frees. */
static struct model *mirroring(int queues)
{
	static const char mac[] = "02:00:00:00:00:01",
			  rules[] = "table netdev x { chain y { type filter hook ingress device "
				    "\"m-mir0\" priority 0; }\n}";
	json_t *eth0 = json_pack("{s:s, s:s, s:s}", "name", "eth0", "segment", "lan", "mac", mac);
	json_t *mir0 = json_pack("{s:s, s:s, s:s, s:s, s:i}", "name", "mir0", "segment", "lan",
				 "mac", mac, "mirrors", "n0/eth0", "queues", queues);
	json_t *nodes =
		json_pack("[{s:s, s:s, s:[o]}, {s:s, s:s, s:[o]}]", "name", "n0", "role", "windows",
			  "ifaces", eth0, "name", "n1", "role", "wsl", "ifaces", mir0);

	return parse(json_pack("{s:s, s:o, s:[{s:s, s:b}], s:s}", "name", "mirroring", "nodes",
			       nodes, "segments", "name", "lan", "bridge", true, "switch_ruleset",
			       rules));
}

/* What the rules were at is made anew on the way, on the way back again. */
START_TEST(a_failed_mirror_gets_its_rules_back)
{
	auto_model *a = mirroring(1), *to = mirroring(2);
	int at = 0;

	while (fails_back(a, to, at, 0))
		at++;
	ck_assert_int_ge(at, 4);
}
END_TEST

/* What can't be put back is not passed over: the lab says so and ends. */
START_TEST(no_way_back_ends_the_lab)
{
	auto_model *m = parse(rig_nat());
	json_t *j = rig_nat();
	auto_model *to = NULL;
	struct bench b;

	json_object_set_new(rig_node(j, "wsl"), "hostname", json_string("other"));
	to = parse(j);
	bench_open(&b);
	b.rig.lab.boot = json_object();
	change(&b, m);
	b.sim.fail_from = b.sim.calls + 6; /* after the old node went */
	change(&b, to);
	ck_assert_int_eq(b.rig.lab.phase, LAB_ENDING);
	ck_assert_int_eq(b.rig.lab.exit_code, ERR_MACHINE);
	bench_close(&b);
}
END_TEST

START_TEST(a_node_made_anew_is_the_next_generation)
{
	auto_model *m = parse(rig_nat());
	json_t *j = rig_nat();
	auto_model *to = NULL;
	struct bench b;

	json_object_set_new(rig_node(j, "wsl"), "hostname", json_string("other"));
	to = parse(j);
	bench_open(&b);
	change(&b, m);
	ck_assert_uint_eq(node_find(&b.rig.lab, "wsl")->generation, 1);
	change(&b, to);
	ck_assert_str_eq(b.err.msg, "");
	ck_assert_uint_eq(node_find(&b.rig.lab, "wsl")->generation, 2);
	ck_assert_uint_eq(node_find(&b.rig.lab, "windows")->generation, 1);
	bench_close(&b);
}
END_TEST

/* Three models while one change is under way: the first goes on, the last is what stands in the end, the middle never was. */
START_TEST(later_models_replace_each_other)
{
	auto_model *m = parse(rig_nat());
	struct bench b;
	size_t before;

	bench_open(&b);
	b.rig.lab.boot = json_object();
	b.rig.proc.hold_ready = true;
	change_start(&b.rig.lab, m, NULL, on_done, &b);
	change_later(&b.rig.lab, with_file("middle"));
	change_later(&b.rig.lab, parse(rig_nat_broken()));
	ck_assert_int_eq(b.done, 0);
	for (size_t i = 0; i < m->n_nodes; i++)
		fake_proc_ready(&b.rig.proc, m->nodes[i].name);
	before = b.rig.proc.n_calls;
	rig_turn(&b.rig);
	ck_assert_int_eq(b.done, 1);
	stands(&b, b.rig.lab.now_owned, "the last");
	ck_assert_ptr_eq(b.rig.lab.now, b.rig.lab.now_owned);
	ck_assert_uint_eq(b.rig.proc.n_calls, before); /* no file of the middle's */
	ck_assert_uint_eq(model_node(b.rig.lab.now, "wsl")->n_routes,
			  model_node(m, "wsl")->n_routes - 1);
	change_later(&b.rig.lab, with_file("again"));
	rig_turn(&b.rig);
	stands(&b, b.rig.lab.now, "another after it");
	bench_close(&b);
}
END_TEST

/* A timed fault that is due before the lab was built comes after it. */
START_TEST(an_early_model_waits_for_the_build)
{
	auto_model *m = parse(rig_nat());
	struct bench b;

	bench_open(&b);
	b.rig.lab.boot = json_object();
	change_later(&b.rig.lab, with_file("first"));
	change_later(&b.rig.lab, parse(rig_nat_broken()));
	rig_turn(&b.rig);
	ck_assert_ptr_null(b.rig.lab.now);
	change(&b, m);
	change_early(&b.rig.lab);
	rig_turn(&b.rig);
	ck_assert_ptr_nonnull(b.rig.lab.now_owned);
	stands(&b, b.rig.lab.now_owned, "early");
	bench_close(&b);
}
END_TEST

TCase *lab_change_case(void)
{
	TCase *t = tcase_create("change");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, builds_and_changes);
	tcase_add_test(t, failed_build_leaves_nothing);
	tcase_add_test(t, failed_start_leaves_nothing);
	tcase_add_test(t, a_failing_node_is_freed_late);
	tcase_add_test(t, failed_file_goes_back);
	tcase_add_test(t, end_while_a_file_is_written);
	tcase_add_test(t, failed_service_goes_back);
	tcase_add_loop_test(t, any_failed_change_goes_back, 0, ARRAY_SIZE(mutations));
	tcase_add_test(t, a_failed_mirror_gets_its_rules_back);
	tcase_add_test(t, no_way_back_ends_the_lab);
	tcase_add_test(t, a_node_made_anew_is_the_next_generation);
	tcase_add_test(t, later_models_replace_each_other);
	tcase_add_test(t, an_early_model_waits_for_the_build);
	return t;
}
