/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: what it emits for known changes, and that what it emits works for any. */
#include <check.h>
#include <string.h>

#include "model/plan.h"
#include "tests/fake/fake_build.h"
#include "tests/unit/random_model.h"
#include "tests/unit/sim.h"
#include "tests/unit/sim_value.h"

static json_t *nat;

static void setup(void)
{
	nat = json_load_file(TEST_DATA "/nat.json", 0, NULL);
	ck_assert_ptr_nonnull(nat);
}

static void teardown(void)
{
	json_decref(nat);
}

static struct model *parse(const json_t *j)
{
	struct model *m = NULL;
	struct err e = {0};

	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s", e.msg);
	return m;
}

static json_t *node_json(json_t *m, const char *name)
{
	size_t i;
	json_t *n;

	json_array_foreach (json_object_get(m, "nodes"), i, n)
		if (strcmp(json_str(n, "name", ""), name) == 0)
			return n;
	ck_abort_msg("no node %s", name);
}

static json_t *item(json_t *node, const char *list, size_t i)
{
	return json_array_get(json_object_get(node, list), i);
}

/* Compares the plan's lines with what is expected, one a line. */
static void expect(const struct model *a, const struct model *b, const char *lines)
{
	auto_plan p = {0};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		auto_free char *line = op_describe(&p.ops[i]);

		fprintf(f, "%s\n", line);
	}
	fclose(f);
	ck_assert_str_eq(text, lines);
	free(text);
}

/* nat with one edit, against nat. */
static void expect_edit(void (*edit)(json_t *m), const char *there, const char *back)
{
	auto_json json_t *changed = json_deep_copy(nat);
	auto_model *a = parse(nat);
	auto_model *b = NULL;

	edit(changed);
	b = parse(changed);
	expect(a, b, there);
	expect(b, a, back);
}

START_TEST(nothing_for_the_same)
{
	auto_model *a = parse(nat);
	auto_model *b = parse(nat);

	expect(a, b, "");
	expect(NULL, NULL, "");
}
END_TEST

static void set_mtu(json_t *m)
{
	json_object_set_new(item(node_json(m, "wsl"), "ifaces", 0), "mtu", json_integer(1400));
}

START_TEST(mtu_is_one_operation)
{
	expect_edit(set_mtu, "wsl: link eth0 up, mtu 1400, mac 00:15:5d:21:8f:3b\n",
		    "wsl: link eth0 up, mtu 1500, mac 00:15:5d:21:8f:3b\n");
}
END_TEST

static void take_down(json_t *m)
{
	json_t *wsl = node_json(m, "wsl");

	json_object_set_new(item(wsl, "ifaces", 0), "up", json_false());
	json_array_clear(json_object_get(wsl, "routes"));
}

START_TEST(link_down_needs_no_route_deleted)
{
	expect_edit(take_down, "wsl: link eth0 down, mtu 1500, mac 00:15:5d:21:8f:3b\n",
		    "wsl: link eth0 up, mtu 1500, mac 00:15:5d:21:8f:3b\n"
		    "wsl: add route default via 172.27.32.1 dev eth0 proto kernel\n");
}
END_TEST

static void other_gateway(json_t *m)
{
	json_object_set_new(item(node_json(m, "wsl"), "routes", 0), "via",
			    json_string("172.27.32.9"));
}

START_TEST(default_route_is_replaced)
{
	expect_edit(other_gateway,
		    "wsl: delete route default via 172.27.32.1 dev eth0 proto kernel\n"
		    "wsl: add route default via 172.27.32.9 dev eth0 proto kernel\n",
		    "wsl: delete route default via 172.27.32.9 dev eth0 proto kernel\n"
		    "wsl: add route default via 172.27.32.1 dev eth0 proto kernel\n");
}
END_TEST

static void other_address(json_t *m)
{
	json_t *f = item(node_json(m, "wsl"), "ifaces", 0);

	json_object_set_new(item(f, "addresses", 0), "cidr", json_string("172.27.43.152/20"));
}

/* The last address takes the default route along: it is put back, and not deleted by name. */
START_TEST(new_address_brings_the_route_back)
{
	expect_edit(other_address,
		    "wsl: delete address 172.27.43.151/20 dev eth0\n"
		    "wsl: add address 172.27.43.152/20 dev eth0\n"
		    "wsl: add route default via 172.27.32.1 dev eth0 proto kernel\n",
		    "wsl: delete address 172.27.43.152/20 dev eth0\n"
		    "wsl: add address 172.27.43.151/20 dev eth0\n"
		    "wsl: add route default via 172.27.32.1 dev eth0 proto kernel\n");
}
END_TEST

static void more_addresses(json_t *m)
{
	json_t *list = json_object_get(item(node_json(m, "wsl"), "ifaces", 0), "addresses");

	json_array_insert_new(list, 0, json_pack("{s:s}", "cidr", "172.27.43.150/20"));
}

/* A new primary in front: the old one would be in its way, and going takes it along. */
START_TEST(primary_comes_first)
{
	expect_edit(more_addresses,
		    "wsl: delete address 172.27.43.151/20 dev eth0\n"
		    "wsl: add address 172.27.43.150/20 dev eth0\n"
		    "wsl: add address 172.27.43.151/20 dev eth0\n"
		    "wsl: add route default via 172.27.32.1 dev eth0 proto kernel\n",
		    "wsl: delete address 172.27.43.151/20 dev eth0\n"
		    "wsl: delete address 172.27.43.150/20 dev eth0\n"
		    "wsl: add address 172.27.43.151/20 dev eth0\n"
		    "wsl: add route default via 172.27.32.1 dev eth0 proto kernel\n");
}
END_TEST

static void kill_proxy(json_t *m)
{
	size_t i;
	json_t *s;

	json_array_foreach (json_object_get(m, "services"), i, s)
		if (strcmp(json_str(s, "name", ""), "windows-dns-proxy") == 0)
			json_object_set_new(s, "running", json_false());
}

START_TEST(service_stops_and_starts)
{
	expect_edit(kill_proxy, "windows: stop dns service windows-dns-proxy\n",
		    "windows: start dns service windows-dns-proxy on udp 172.27.32.1:53, tcp "
		    "172.27.32.1:53\n");
}
END_TEST

static void drop_rules(json_t *m)
{
	json_object_set_new(node_json(m, "windows"), "ruleset", json_string(""));
}

START_TEST(ruleset_is_one_transaction)
{
	expect_edit(drop_rules, "windows: ruleset removed\n", "windows: ruleset of 6 lines\n");
}
END_TEST

static void no_forwarding(json_t *m)
{
	json_t *list = json_object_get(node_json(m, "windows"), "sysctls");

	json_object_set_new(json_array_get(list, 0), "value", json_string("0"));
	json_array_insert_new(
		list, 0,
		json_pack("{s:s, s:s}", "name", "net.ipv4.conf.eth0.rp_filter", "value", "1"));
}

START_TEST(forwarding_comes_before_what_it_resets)
{
	expect_edit(no_forwarding,
		    "windows: sysctl net.ipv4.ip_forward = 0\n"
		    "windows: sysctl net.ipv4.conf.eth0.rp_filter = 1\n",
		    "windows: sysctl net.ipv4.ip_forward = 1\n");
}
END_TEST

static void change_files(json_t *m)
{
	json_t *wsl = node_json(m, "wsl");

	json_object_set_new(item(wsl, "files", 0), "content", json_string("x"));
	json_array_remove(json_object_get(wsl, "files"), 1);
}

START_TEST(files_go_and_come)
{
	expect_edit(change_files,
		    "wsl: delete file /etc/resolv.conf\n"
		    "wsl: write file /mnt/wsl/resolv.conf, 1 bytes, mode 0644\n",
		    "wsl: write file /mnt/wsl/resolv.conf, 197 bytes, mode 0644\n"
		    "wsl: write file /etc/resolv.conf -> /mnt/wsl/resolv.conf\n");
}
END_TEST

static void stop_wsl(json_t *m)
{
	json_array_remove(json_object_get(m, "nodes"), 4);
}

/* `wsl --shutdown`: the pair goes from the Windows side, vEthernet comes back leading nowhere. */
START_TEST(shutdown_leaves_the_other_side)
{
	auto_json json_t *changed = json_deep_copy(nat);
	auto_model *a = parse(nat);
	auto_model *b = NULL;

	stop_wsl(changed);
	b = parse(changed);
	expect(a, b,
	       "windows: delete link vEthernet to wsl eth0\n"
	       "lab: delete segment vswitch, 2 members\n"
	       "wsl: delete node (wsl)\n"
	       "lab: add segment vswitch, 1 member\n"
	       "windows: add link vEthernet on segment vswitch\n"
	       "windows: link vEthernet up, mtu 1500, mac 00:15:5d:a0:2c:01\n"
	       "windows: add address 172.27.32.1/20 dev vEthernet\n");
}
END_TEST

/* --- what Windows' half relies on
 * --------------------------------------------------------------------------------------- */

static void use_bridge(json_t *m)
{
	size_t i;
	json_t *s;

	json_array_foreach (json_object_get(m, "segments"), i, s)
		if (strcmp(json_str(s, "name", ""), "vswitch") == 0)
			json_object_set_new(s, "bridge", json_true());
}

/* nat with a bridge for vswitch and an edit, against the same without the edit. */
static void expect_on_bridge(void (*edit)(json_t *m), const char *there, const char *back)
{
	auto_json json_t *before = json_deep_copy(nat), *after = NULL;
	auto_model *a = NULL;
	auto_model *b = NULL;

	use_bridge(before);
	after = json_deep_copy(before);
	edit(after);
	a = parse(before);
	b = parse(after);
	expect(a, b, there);
	expect(b, a, back);
}

/* With a bridge vEthernet is not even looked at. */
START_TEST(shutdown_leaves_a_bridge_alone)
{
	expect_on_bridge(stop_wsl,
			 "wsl: delete link eth0 on segment vswitch\nwsl: delete node (wsl)\n",
			 "wsl: add node (wsl)\n"
			 "wsl: add link eth0 on segment vswitch\n"
			 "wsl: link eth0 up, mtu 1500, mac 00:15:5d:21:8f:3b\n"
			 "wsl: add address 172.27.43.151/20 dev eth0\n"
			 "wsl: add route default via 172.27.32.1 dev eth0 proto kernel\n"
			 "wsl: write file /mnt/wsl/resolv.conf, 197 bytes, mode 0644\n"
			 "wsl: write file /etc/resolv.conf -> /mnt/wsl/resolv.conf\n"
			 "wsl: write file /etc/hosts, 427 bytes, mode 0644\n"
			 "wsl: write file /etc/hostname, 16 bytes, mode 0644\n"
			 "wsl: write file /etc/wsl.conf, 21 bytes, mode 0644\n"
			 "wsl: write file /mnt/c/Users/learner/.wslconfig, 45 bytes, mode 0644\n");
}
END_TEST

static void other_windows(json_t *m)
{
	json_object_set_new(m, "windows", json_pack("{s:[{s:i}]}", "portproxy", "listenport", 80));
}

START_TEST(windows_makes_no_operation)
{
	expect_edit(other_windows, "", "");
}
END_TEST

static const struct {
	const char *key, *value;
} remakes[] = {
	{"disk", "\"debian\""},
	{"interop", "true"},
	{"volumes", "[{\"name\":\"c\",\"target\":\"/mnt/c\"}]"},
	{"trees", "[{\"source\":\"/opt/x\",\"target\":\"/opt/x\"}]"},
	{"hostname", "\"other\""},
};

START_TEST(another_root_is_another_node)
{
	auto_json json_t *changed = json_deep_copy(nat);
	auto_model *a = parse(nat);
	auto_model *b = NULL;
	auto_plan p = {0};
	int del = -1, add = -1;

	json_object_set_new(node_json(changed, "wsl"), remakes[_i].key,
			    json_loads(remakes[_i].value, JSON_DECODE_ANY, NULL));
	b = parse(changed);
	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		if (p.ops[i].kind == OP_NODE_DEL)
			del = (int)i;
		if (p.ops[i].kind == OP_NODE_ADD)
			add = (int)i;
	}
	ck_assert_msg(del >= 0 && add > del, "%s", remakes[_i].key);
	ck_assert_str_eq(p.ops[add].node->name, "wsl");
}
END_TEST

static json_t *add_relay(json_t *m)
{
	json_t *s = json_pack("{s:s, s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:i}]}", "name", "relay",
			      "node", "windows", "via", "wsl", "kind", "relay", "optional", 1,
			      "listens", "proto", "tcp", "address", "127.0.0.1", "port", 80);

	json_array_append_new(json_object_get(m, "services"), s);
	return s;
}

/* A service ends before, and begins after, whichever of its two nodes is made anew. */
START_TEST(via_takes_the_service_along)
{
	static const char *const of[] = {"wsl", "windows", "router"};
	auto_json json_t *before = json_deep_copy(nat), *after = NULL;
	auto_model *a = NULL;
	auto_model *b = NULL;
	auto_plan p = {0};
	bool stopped = false, started = false, mine = strcmp(of[_i], "router") != 0;

	add_relay(before);
	after = json_deep_copy(before);
	json_object_set_new(node_json(after, of[_i]), "disk", json_string("d"));
	a = parse(before);
	b = parse(after);
	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		bool relay = p.ops[i].service && !strcmp(p.ops[i].service->name, "relay");

		ck_assert(p.ops[i].kind != OP_NODE_DEL || stopped == mine);
		stopped = stopped || (relay && p.ops[i].kind == OP_SERVICE_STOP);
		started = started || (relay && p.ops[i].kind == OP_SERVICE_START);
	}
	ck_assert(stopped == mine && started == mine);
}
END_TEST

/* A change of what the lab does with its sockets is another service; a config is told. */
START_TEST(changes_of_a_service)
{
	static const struct {
		const char *key, *value, *says;
	} changes[] = {
		{"optional", "false",
		 "windows: stop relay service relay\n"
		 "windows: start relay service relay on tcp 127.0.0.1:80\n"},
		{"via", "\"\"",
		 "windows: stop relay service relay\n"
		 "windows: start relay service relay on tcp 127.0.0.1:80\n"},
		{"config", "{\"to\":1}", "windows: change relay service relay\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		auto_json json_t *before = json_deep_copy(nat);
		auto_json json_t *after = json_deep_copy(nat);
		auto_model *a = NULL;
		auto_model *b = NULL;

		add_relay(before);
		json_object_set_new(add_relay(after), changes[i].key,
				    json_loads(changes[i].value, JSON_DECODE_ANY, NULL));
		a = parse(before);
		b = parse(after);
		expect(a, b, changes[i].says);
	}
}
END_TEST

static const int kind_of_build[] = {
	OP_NODE_ADD,  OP_SEGMENT_ADD, OP_LINK_ADD, OP_SYSCTL_SET,  OP_LINK_SET, OP_ADDR_ADD,
	OP_NEIGH_ADD, OP_ROUTE_ADD,   OP_RULE_ADD, OP_RULESET_SET, OP_FILE_SET, OP_SERVICE_START,
};

START_TEST(build_follows_the_kinds)
{
	auto_model *m = parse(nat);
	auto_plan p = {0};
	size_t at = 0;

	ck_assert_int_eq(plan_make(NULL, m, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		while (at < ARRAY_SIZE(kind_of_build) && kind_of_build[at] != (int)p.ops[i].kind)
			at++;
		ck_assert_msg(at < ARRAY_SIZE(kind_of_build), "operation %zu is out of order", i);
	}
	ck_assert_uint_eq(p.n, 64);
}
END_TEST

START_TEST(takedown_ends_all)
{
	auto_model *m = parse(nat);
	auto_plan p = {0};

	ck_assert_int_eq(plan_make(m, NULL, &p, NULL), 0);
	ck_assert_uint_eq(p.n, 5 + 3 + 5);
	ck_assert_int_eq(p.ops[0].kind, OP_SERVICE_STOP);
	ck_assert_int_eq(p.ops[p.n - 1].kind, OP_NODE_DEL);
}
END_TEST

START_TEST(operations_are_json_too)
{
	auto_model *m = parse(nat);
	auto_plan p = {0};

	ck_assert_int_eq(plan_make(NULL, m, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		auto_json json_t *j = op_to_json(&p.ops[i]);

		ck_assert_str_eq(json_str(j, "op", ""), op_kind_name(p.ops[i].kind));
		if (p.ops[i].kind == OP_ADDR_ADD)
			ck_assert_str_eq(json_str(j, "address", ""), p.ops[i].address->cidr);
		if (p.ops[i].kind == OP_ROUTE_ADD)
			ck_assert_str_eq(json_str(j, "via", ""), p.ops[i].route->via);
	}
}
END_TEST

/* The journal's undo as a lab does it, against the fake: nothing stands after a failure anywhere.
 */
START_TEST(failure_at_any_operation_can_be_undone)
{
	auto_model *m = parse(nat);
	auto_plan p = {0};
	struct fake_build f;
	size_t done = 0;

	ck_assert_int_eq(plan_make(NULL, m, &p, NULL), 0);
	fake_build_init(&f);
	f.fail_at = _i;
	while (done < p.n && f.port.apply(f.port.ctx, &p.ops[done], NULL) == 0)
		done++;
	ck_assert_uint_eq(done, (size_t)_i);
	while (done > 0)
		f.port.undo(f.port.ctx, &p.ops[--done]);
	ck_assert(!fake_build_stands(&f, ""));
	fake_build_done(&f);
}
END_TEST

/* --- properties
 * ---------------------------------------------------------------------------------------------- */

/* state(a), plan(a, b) applied strictly, is state(b). */
static void check_change(const struct model *a, const struct model *b, uint64_t seed)
{
	auto_json json_t *state = sim_of(a);
	auto_json json_t *want = sim_of(b);
	auto_plan p = {0};
	struct err e = {0};
	char why[2000];

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++)
		ck_assert_msg(sim_apply(state, &p.ops[i], &e) == 0, "seed %llu, operation %zu: %s",
			      (unsigned long long)seed, i, e.msg);
	sim_settle(state, want);
	if (sim_difference(state, want, "", why, sizeof(why)))
		ck_abort_msg("seed %llu: %s", (unsigned long long)seed, why);
}

/* Few changes, many, and models that have nothing but the names in common. */
static const unsigned mutations[] = {15, 60, 250, 1000};

START_TEST(any_change_works)
{
	int done = 0;

	for (uint64_t seed = 1; done < 120; seed++) {
		auto_model *a = random_model(seed, 0, 0);
		auto_model *b = random_model(seed, seed * 7 + 1, mutations[_i]);

		ck_assert_msg(seed < 20000, "only %d of the random models are models", done);
		if (!a || !b)
			continue;
		check_change(a, b, seed);
		check_change(NULL, a, seed);
		check_change(a, NULL, seed);
		check_change(a, a, seed);
		done++;
	}
}
END_TEST

START_TEST(nat_builds_and_goes)
{
	auto_model *m = parse(nat);

	check_change(NULL, m, 0);
	check_change(m, NULL, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("known"), *r = tcase_create("any");
	SRunner *run;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(r, setup, teardown);
	tcase_add_test(t, nothing_for_the_same);
	tcase_add_test(t, mtu_is_one_operation);
	tcase_add_test(t, link_down_needs_no_route_deleted);
	tcase_add_test(t, default_route_is_replaced);
	tcase_add_test(t, new_address_brings_the_route_back);
	tcase_add_test(t, primary_comes_first);
	tcase_add_test(t, service_stops_and_starts);
	tcase_add_test(t, ruleset_is_one_transaction);
	tcase_add_test(t, forwarding_comes_before_what_it_resets);
	tcase_add_test(t, files_go_and_come);
	tcase_add_test(t, shutdown_leaves_the_other_side);
	tcase_add_test(t, shutdown_leaves_a_bridge_alone);
	tcase_add_test(t, windows_makes_no_operation);
	tcase_add_loop_test(t, another_root_is_another_node, 0, ARRAY_SIZE(remakes));
	tcase_add_loop_test(t, via_takes_the_service_along, 0, 3);
	tcase_add_test(t, changes_of_a_service);
	tcase_add_test(t, build_follows_the_kinds);
	tcase_add_test(t, takedown_ends_all);
	tcase_add_test(t, operations_are_json_too);
	tcase_add_loop_test(t, failure_at_any_operation_can_be_undone, 0, 64);
	tcase_add_test(r, nat_builds_and_goes);
	tcase_add_loop_test(r, any_change_works, 0, ARRAY_SIZE(mutations));
	tcase_set_timeout(r, 100);
	suite_add_tcase(s, t);
	suite_add_tcase(s, r);
	run = srunner_create(s);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed ? 1 : 0;
}
