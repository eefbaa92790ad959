/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations one by one: twice is as good as once, and undone leaves nothing. */
#define _GNU_SOURCE
#include <dirent.h>
#include <net/if.h>
#include <string.h>

#include "build_lab.h"

static struct lab lab;

static void setup(void)
{
	lab_open(&lab);
	lab_build_nat(&lab);
}

static void teardown(void)
{
	lab_close(&lab);
}

static bool is_ours(enum op_kind k)
{
	return k != OP_FILE_SET && k != OP_SERVICE_START;
}

/* IPv6's own routes appear when the kernel's worker gets to them, after their addresses. */
static json_t *ipv4_routes(const char *node)
{
	auto_json json_t *all = lab_read(&lab, node, READ_ROUTES, "");
	json_t *some = json_array(), *r;
	size_t i;

	json_array_foreach (all, i, r)
		if (!strcmp(json_str(r, "family", ""), "inet"))
			json_array_append(some, r);
	return some;
}

static char *state(const char *node)
{
	auto_json json_t *all = json_array();

	lab_wait_settled(&lab, node);
	json_array_append_new(all, lab_read(&lab, node, READ_LINKS, ""));
	json_array_append_new(all, ipv4_routes(node));
	json_array_append_new(all, lab_read(&lab, node, READ_RULES, ""));
	json_array_append_new(all, lab_read(&lab, node, READ_RULESET, ""));
	return json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
}

static void build_all(void)
{
	for (size_t i = 0; i < lab.plan.n; i++)
		if (is_ours(lab.plan.ops[i].kind))
			lab_apply(&lab, &lab.plan.ops[i]);
}

static void undo_all(void)
{
	for (size_t i = lab.plan.n; i-- > 0;)
		if (is_ours(lab.plan.ops[i].kind))
			lab.port.undo(lab.port.ctx, &lab.plan.ops[i]);
}

/* Where they differ first, with what leads there. */
static void expect_same(const char *node, const char *before, const char *after)
{
	size_t at = 0, from;

	while (before[at] && before[at] == after[at])
		at++;
	from = at > 300 ? at - 300 : 0;
	ck_assert_msg(before[at] == after[at], "%s was ...%.400s\nand is ...%.400s", node,
		      before + from, after + from);
}

START_TEST(twice_is_as_good_as_once)
{
	static const char *const nodes[] = {"internet", "router", "phone", "windows", "wsl"};
	char *before[ARRAY_SIZE(nodes)];

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		before[i] = state(nodes[i]);
	build_all();
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		auto_free char *after = state(nodes[i]);

		expect_same(nodes[i], before[i], after);
		free(before[i]);
	}
}
END_TEST

START_TEST(undo_leaves_nothing)
{
	undo_all();
	ck_assert_int_eq(lab.port.netns_fd(lab.port.ctx, "wsl"), -ENOENT);
	/* In the hub: no bridge, no port. */
	ck_assert_uint_eq(if_nametoindex("lan"), 0);
	for (int i = 1; i < 8; i++) {
		char port[16];

		snprintf(port, sizeof(port), "p%d", i);
		ck_assert_uint_eq(if_nametoindex(port), 0);
	}
}
END_TEST

START_TEST(taking_down_is_done_twice)
{
	struct err err = {0};
	auto_plan down = {0};

	ck_assert_int_eq(plan_make(lab.model, NULL, &down, &err), 0);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < down.n; i++)
			if (down.ops[i].kind > OP_FILE_DEL)
				lab_apply(&lab, &down.ops[i]);
	ck_assert_int_eq(lab.port.netns_fd(lab.port.ctx, "internet"), -ENOENT);
	ck_assert_uint_eq(if_nametoindex("lan"), 0);
}
END_TEST

/* A node's end: the other end of its pair is gone when the operation returns, not some milliseconds
 * later. */
START_TEST(node_del_takes_its_links_at_once)
{
	struct op op = *lab_op(&lab, OP_NODE_ADD, "wsl");
	auto_json json_t *links = NULL;

	op.kind = OP_NODE_DEL;
	lab_apply(&lab, &op);
	links = lab_read(&lab, "windows", READ_LINKS, "");
	ck_assert_ptr_null(lab_look(links, "ifname", "vEthernet"));
	lab_find(links, "ifname", "eth0");
}
END_TEST

START_TEST(route_add_and_del)
{
	struct route r = {.dst = S("10.9.0.0/16"),
			  .via = S("172.27.32.1"),
			  .dev = S("eth0"),
			  .src = S(""),
			  .protocol = S("static"),
			  .scope = S(""),
			  .type = S("unicast"),
			  .table = 1000,
			  .metric = 5,
			  .onlink = true};
	struct op op = {.kind = OP_ROUTE_ADD, .node = model_node(lab.model, "wsl"), .route = &r};
	json_t *all, *got;

	lab_apply(&lab, &op);
	lab_apply(&lab, &op);
	all = lab_read(&lab, "wsl", READ_ROUTES, "");
	got = lab_find(all, "dst", "10.9.0.0/16");
	ck_assert_int_eq(json_int(got, "table", 0), 1000);
	ck_assert_int_eq(json_int(got, "metric", 0), 5);
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(got, "flags"), 0)),
			 "onlink");
	json_decref(all);
	op.kind = OP_ROUTE_DEL;
	lab_apply(&lab, &op);
	lab_apply(&lab, &op);
	all = lab_read(&lab, "wsl", READ_ROUTES, "");
	ck_assert_ptr_null(lab_look(all, "dst", "10.9.0.0/16"));
	json_decref(all);
}
END_TEST

START_TEST(blackhole_route)
{
	struct route r = {.dst = S("10.8.0.0/16"),
			  .via = S(""),
			  .dev = S(""),
			  .src = S(""),
			  .protocol = S("boot"),
			  .scope = S(""),
			  .type = S("blackhole"),
			  .table = 254};
	struct op op = {.kind = OP_ROUTE_ADD, .node = model_node(lab.model, "wsl"), .route = &r};
	auto_json json_t *all = NULL;

	lab_apply(&lab, &op);
	all = lab_read(&lab, "wsl", READ_ROUTES, "");
	ck_assert_str_eq(json_str(lab_find(all, "dst", "10.8.0.0/16"), "type", ""), "blackhole");
}
END_TEST

START_TEST(rule_add_and_del)
{
	struct rule r = {.priority = 7,
			 .from = S("10.0.0.0/8"),
			 .to = S(""),
			 .iif = S("eth0"),
			 .ipproto = S("udp"),
			 .fwmark = 7,
			 .fwmask = 0xff,
			 .table = 1027};
	struct op op = {.kind = OP_RULE_ADD, .node = model_node(lab.model, "wsl"), .rule = &r};
	json_t *all = NULL, *got;

	lab_apply(&lab, &op);
	lab_apply(&lab, &op);
	all = lab_read(&lab, "wsl", READ_RULES, "");
	got = lab_find(all, "src", "10.0.0.0/8");
	ck_assert_int_eq(json_int(got, "table", 0), 1027);
	ck_assert_int_eq(json_int(got, "fwmark", 0), 7);
	ck_assert_int_eq(json_int(got, "fwmask", 0), 255);
	ck_assert_str_eq(json_str(got, "ipproto", ""), "udp");
	ck_assert_str_eq(json_str(got, "iif", ""), "eth0");
	json_decref(all);
	op.kind = OP_RULE_DEL;
	lab_apply(&lab, &op);
	lab_apply(&lab, &op);
	all = lab_read(&lab, "wsl", READ_RULES, "");
	ck_assert_ptr_null(lab_look(all, "src", "10.0.0.0/8"));
	json_decref(all);
}
END_TEST

START_TEST(neigh_add_and_del)
{
	struct neigh ne = {
		.dev = S("eth0"), .address = S("172.27.40.40"), .mac = S("00:11:22:33:44:55")};
	struct op op = {.kind = OP_NEIGH_ADD, .node = model_node(lab.model, "wsl"), .neigh = &ne};
	json_t *all, *got;

	lab_apply(&lab, &op);
	lab_apply(&lab, &op);
	all = lab_read(&lab, "wsl", READ_NEIGHS, "");
	got = lab_find(all, "dst", "172.27.40.40");
	ck_assert_str_eq(json_str(got, "lladdr", ""), "00:11:22:33:44:55");
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(got, "state"), 0)),
			 "PERMANENT");
	json_decref(all);
	op.kind = OP_NEIGH_DEL;
	lab_apply(&lab, &op);
	lab_apply(&lab, &op);
	all = lab_read(&lab, "wsl", READ_NEIGHS, "");
	ck_assert_ptr_null(lab_look(all, "dst", "172.27.40.40"));
	json_decref(all);
}
END_TEST

/* The learner's own table stays; ours is replaced as a whole; removed, it is gone. */
START_TEST(ruleset_is_replaced_in_one_go)
{
	const char *own[] = {"nft", "add table inet mine", NULL};
	const char *old_text = "table inet ours {\n\tchain a { }\n}\n",
		   *new_text = "table inet ours {\n\tchain b { }\n}\ntable ip other { }\n";
	struct op op = {.kind = OP_RULESET_SET,
			.node = model_node(lab.model, "wsl"),
			.ruleset = old_text,
			.old_ruleset = ""};
	json_t *j;

	ck_assert_int_eq(lab_run(&lab, "wsl", own), 0);
	lab_apply(&lab, &op);
	op.ruleset = new_text;
	op.old_ruleset = old_text;
	lab_apply(&lab, &op);
	j = lab_read(&lab, "wsl", READ_RULESET, "");
	ck_assert_ptr_nonnull(strstr(json_str(j, "text", ""), "chain b"));
	ck_assert_ptr_null(strstr(json_str(j, "text", ""), "chain a"));
	ck_assert_ptr_nonnull(strstr(json_str(j, "text", ""), "table inet mine"));
	json_decref(j);
	lab.port.undo(lab.port.ctx, &op);
	j = lab_read(&lab, "wsl", READ_RULESET, "");
	ck_assert_ptr_nonnull(strstr(json_str(j, "text", ""), "chain a"));
	ck_assert_ptr_null(strstr(json_str(j, "text", ""), "table ip other"));
	json_decref(j);
}
END_TEST

START_TEST(a_link_goes_down_and_its_mtu_changes)
{
	struct op op = *lab_op(&lab, OP_LINK_SET, "wsl");
	struct iface eth0 = *op.iface;
	auto_json json_t *links = NULL;
	json_t *l;

	op.iface = &eth0;
	eth0.mtu = 1400;
	eth0.up = false;
	lab_apply(&lab, &op);
	links = lab_read(&lab, "wsl", READ_LINKS, "");
	l = lab_find(links, "ifname", "eth0");
	ck_assert_int_eq(json_int(l, "mtu", 0), 1400);
	ck_assert_str_eq(json_str(l, "operstate", ""), "DOWN");
	/* Only UP was touched. */
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(l, "flags"), 1)),
			 "MULTICAST");
}
END_TEST

/* A kernel without dummy interfaces gets one of another make, just as useful. */
START_TEST(dummy_and_bridge_of_a_node)
{
	struct iface dummy = {.name = S("vpn0"),
			      .master = S(""),
			      .mirrors = S(""),
			      .label = S(""),
			      .kind = IFACE_DUMMY,
			      .segment = S(""),
			      .mac = S(""),
			      .up = true},
		     bridge = {.name = S("docker0"),
			       .label = S(""),
			       .kind = IFACE_BRIDGE,
			       .segment = S(""),
			       .mac = S(""),
			       .up = true};
	struct op op = {.kind = OP_LINK_ADD, .node = model_node(lab.model, "wsl"), .iface = &dummy};
	auto_json json_t *links = NULL;

	lab_apply(&lab, &op);
	op.kind = OP_LINK_SET;
	lab_apply(&lab, &op);
	op = (struct op){.kind = OP_LINK_ADD, .node = op.node, .iface = &bridge};
	lab_apply(&lab, &op);
	links = lab_read(&lab, "wsl", READ_LINKS, "");
	lab_find(links, "ifname", "vpn0");
	ck_assert_str_eq(json_str(lab_find(links, "ifname", "docker0"), "kind", ""), "bridge");
}
END_TEST

/* Spares made ahead serve as nodes. */
START_TEST(prepared_nodes_are_used)
{
	undo_all();
	build_prepare(&lab.port, 3);
	build_all();
	ck_assert_int_ge(lab.port.netns_fd(lab.port.ctx, "wsl"), 0);
}
END_TEST

static unsigned int count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

START_TEST(no_descriptor_is_lost)
{
	unsigned int before;

	undo_all();
	before = count_descriptors();
	build_all();
	json_decref(lab_read(&lab, "wsl", READ_LINKS, ""));
	undo_all();
	ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

TCase *build_ops_case(void)
{
	TCase *c = tcase_create("ops");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, twice_is_as_good_as_once);
	tcase_add_test(c, undo_leaves_nothing);
	tcase_add_test(c, taking_down_is_done_twice);
	tcase_add_test(c, node_del_takes_its_links_at_once);
	tcase_add_test(c, route_add_and_del);
	tcase_add_test(c, blackhole_route);
	tcase_add_test(c, rule_add_and_del);
	tcase_add_test(c, neigh_add_and_del);
	tcase_add_test(c, ruleset_is_replaced_in_one_go);
	tcase_add_test(c, a_link_goes_down_and_its_mtu_changes);
	tcase_add_test(c, dummy_and_bridge_of_a_node);
	tcase_add_test(c, prepared_nodes_are_used);
	tcase_add_test(c, no_descriptor_is_lost);
	return c;
}
