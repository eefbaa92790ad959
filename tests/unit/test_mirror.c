/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces that mirror another, ports of a node's own bridge and the moved local rule, in the model and in plans. */
#include <check.h>
#include <string.h>

#include "model/mirror.h"
#include "model/plan.h"

static json_t *mirror;

static void setup(void)
{
	mirror = json_load_file(TEST_DATA "/mirror.json", 0, NULL);
	ck_assert_ptr_nonnull(mirror);
}

static void teardown(void)
{
	json_decref(mirror);
}

/* mirror.json's nodes and segments, by name. */
static json_t *named(json_t *m, const char *list, const char *name)
{
	json_t *o;
	size_t i;

	json_array_foreach (json_object_get(m, list), i, o)
		if (strcmp(json_str(o, "name", ""), name) == 0)
			return o;
	ck_abort_msg("no %s in %s", name, list);
}

static json_t *iface(json_t *m, const char *node, size_t i)
{
	return json_array_get(json_object_get(named(m, "nodes", node), "ifaces"), i);
}

/* The JSON text, which must be right. */
static json_t *text(const char *json)
{
	json_t *j = json_loads(json, 0, NULL);

	ck_assert_msg(j != NULL, "not JSON: %s", json);
	return j;
}

static void update(json_t *o, const char *json)
{
	auto_json json_t *more = text(json);

	json_object_update(o, more);
}

static struct model *parse(const json_t *j)
{
	struct model *m = NULL;
	struct err e = {0};

	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s", e.msg);
	return m;
}

/* What is set where, and what must be said. */
static const struct {
	const char *node; /* NULL: a segment */
	const char *name; /* of the segment */
	size_t iface;
	const char *keys, *says;
} bad[] = {
	{"wsl", NULL, 0, "{\"mirrors\": \"\"}", "nodes[2].ifaces[0]: 'loopback' needs 'mirrors'"},
	{"wsl", NULL, 0, "{\"mirrors\": \"windows/eth9\"}",
	 "nodes[2].ifaces[0]: 'mirrors' is a node and its interface, like windows/eth0: there is "
	 "no "
	 "'windows/eth9'"},
	{"wsl", NULL, 0, "{\"mirrors\": \"windows\"}", "there is no 'windows'"},
	{"wsl", NULL, 0, "{\"mirrors\": \"windows/eth0/1\"}", "there is no 'windows/eth0/1'"},
	{"wsl", NULL, 0, "{\"mirrors\": \"mac/eth0\"}", "there is no 'mac/eth0'"},
	{"wsl", NULL, 0, "{\"mirrors\": \"wsl/loopback0\"}",
	 "nodes[2].ifaces[0]: An interface can only mirror one of another node"},
	{"wsl", NULL, 0, "{\"mirrors\": \"windows/wl\"}",
	 "nodes[2].ifaces[0]: 'windows/wl' is on segment 'gelnic', not on 'lan'"},
	{"wsl", NULL, 0, "{\"mac\": \"02:00:00:00:09:99\"}",
	 "nodes[2].ifaces[0]: Needs the MAC of 'windows/eth0', said for both"},
	{"wsl", NULL, 0, "{\"mac\": \"\"}", "Needs the MAC of 'windows/eth0', said for both"},
	{"wsl", NULL, 0, "{\"name\": \"averylongname0\"}",
	 "The name of a mirroring interface has at most 13 bytes"},
	{"wsl", NULL, 0, "{\"kind\": \"tunnel\"}", "Only a veth mirrors another interface"},
	{"wsl", NULL, 0, "{\"loopback\": \"lan\"}",
	 "'loopback' is another segment that is a bridge: not 'lan'"},
	{"wsl", NULL, 0, "{\"loopback\": \"gelnik\"}",
	 "'loopback' is another segment that is a bridge: not 'gelnik'"},
	{"windows", NULL, 1, "{\"mac\": \"\"}",
	 "The segment 'gelnic' of 'loopback' has no interface of 'windows' with a MAC said for it"},
	{"wsl", NULL, 1,
	 "{\"mirrors\": \"windows/eth0\", \"segment\": \"lan\", \"mac\": \"02:00:00:00:01:66\"}",
	 "'windows/eth0' is already mirrored by 'loopback0'"},
	{"phone", NULL, 0, "{\"mirrors\": \"windows/eth0\", \"mac\": \"02:00:00:00:01:66\"}",
	 "nodes[0].ifaces[0]: 'wsl' mirrors already: one node of a lab may"},
	{NULL, "lan", 0, "{\"bridge\": false}",
	 "'windows/eth0' is mirrored: its segment 'lan' must be a bridge"},
	{NULL, "gelnic", 0, "{\"bridge\": false}",
	 "'loopback' is another segment that is a bridge: not 'gelnic'"},
};

START_TEST(bad_ones_are_named)
{
	auto_json json_t *j = json_deep_copy(mirror);
	struct model *m = NULL;
	struct err e = {0};

	update(bad[_i].node ? iface(j, bad[_i].node, bad[_i].iface)
			    : named(j, "segments", bad[_i].name),
	       bad[_i].keys);
	ck_assert_msg(model_from_json(j, &m, &e) < 0, "%s was taken", bad[_i].keys);
	ck_assert_int_eq(e.kind, ERR_USAGE);
	ck_assert_msg(strstr(e.msg, bad[_i].says) != NULL, "%s\n  says   %s\n  wanted %s",
		      bad[_i].keys, e.msg, bad[_i].says);
}
END_TEST

START_TEST(the_switchs_names_are_taken)
{
	auto_json json_t *j = json_deep_copy(mirror);
	struct model *m = NULL;
	struct err e = {0};

	json_array_append_new(json_object_get(j, "segments"), text("{\"name\": \"g-eth0\"}"));
	ck_assert_int_lt(model_from_json(j, &m, &e), 0);
	ck_assert_msg(strstr(e.msg, "The segment 'g-eth0' has a name of the switch's own"), "%s",
		      e.msg);
}
END_TEST

/* It shares all it has with what it mirrors, and with nothing else; a third makes no bridge of two. */
START_TEST(only_the_mirrored_may_be_alike)
{
	auto_json json_t *j = json_deep_copy(mirror);
	struct model *m = NULL;
	struct err e = {0};

	json_array_append_new(json_object_get(iface(j, "wsl", 0), "addresses"),
			      text("{\"cidr\": \"192.168.1.23/24\"}"));
	ck_assert_int_lt(model_from_json(j, &m, &e), 0);
	ck_assert_msg(strstr(e.msg, "192.168.1.23/24 is also on nodes[0].ifaces[0]"), "%s", e.msg);
}
END_TEST

/* Compares the plan's lines with what is expected, one a line; lines of other nodes' settings are left out. */
static void expect(const struct model *a, const struct model *b, const char *lines)
{
	auto_plan p = {0};
	char *all = NULL;
	size_t len;
	FILE *f = open_memstream(&all, &len);

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		auto_free char *line = op_describe(&p.ops[i]);

		switch (p.ops[i].kind) {
		case OP_SYSCTL_SET:
		case OP_ADDR_ADD:
		case OP_NEIGH_ADD:
		case OP_ROUTE_ADD:
		case OP_RULE_ADD:
			break;
		default:
			fprintf(f, "%s\n", line);
		}
	}
	fclose(f);
	ck_assert_str_eq(all, lines);
	free(all);
}

/* Nothing of Windows or the phone is touched. */
START_TEST(the_guest_goes_and_comes)
{
	auto_json json_t *j = json_deep_copy(mirror);
	auto_model *whole = parse(mirror);
	auto_model *alone = NULL;

	json_array_remove(json_object_get(j, "nodes"), 2);
	alone = parse(j);
	expect(whole, alone,
	       "wsl: delete link eth0 that mirrors windows/eth0\n"
	       "wsl: delete link loopback0 on segment gelnic\n"
	       "wsl: delete node (wsl)\n");
	expect(alone, whole,
	       "wsl: add node (wsl)\n"
	       "wsl: add link loopback0 on segment gelnic\n"
	       "wsl: add link eth0 that mirrors windows/eth0\n"
	       "lab: switch ruleset of 10 lines, replacing\n"
	       "wsl: link eth0 up, mtu 1500, mac 02:00:00:00:01:66\n"
	       "wsl: link loopback0 up, mtu 1500, mac 00:15:5d:aa:bb:cc\n"
	       "wsl: loopback frames of eth0 to windows wl\n"
	       "wsl: rule 2: from all lookup local, was 0\n");
}
END_TEST

/* mirror.json with keys of an interface set. */
static struct model *with(const char *node, size_t i, const char *keys)
{
	auto_json json_t *j = json_deep_copy(mirror);

	update(iface(j, node, i), keys);
	return parse(j);
}

START_TEST(one_shares_its_ports)
{
	static const char share[] =
		"{\"port_space\": {\"with\": \"windows\", \"window\": [40960, 45055]}}";
	auto_json json_t *j = json_deep_copy(mirror);
	struct model *m = NULL;
	struct err e = {0};

	update(named(j, "nodes", "wsl"), share);
	update(named(j, "nodes", "phone"), share);
	ck_assert_int_lt(model_from_json(j, &m, &e), 0);
	ck_assert_str_eq(e.msg, "nodes[2].port_space: 'phone' shares its ports already: one node "
				"of a lab may");
}
END_TEST

START_TEST(it_goes_with_what_it_mirrors)
{
	auto_model *whole = parse(mirror);
	auto_model *other = with("windows", 0, "{\"queues\": 2}");

	/* the route's source is gone for a moment */
	expect(whole, other,
	       "windows: delete route 192.168.1.66/32 via 169.254.73.250 dev wl src 192.168.1.66 "
	       "proto boot table 127 onlink\n"
	       "wsl: delete link eth0 that mirrors windows/eth0\n"
	       "windows: delete link eth0 on segment lan\n"
	       "windows: add link eth0 on segment lan\n"
	       "wsl: add link eth0 that mirrors windows/eth0\n"
	       "lab: switch ruleset of 10 lines, replacing\n"
	       "windows: link eth0 up, mtu 1500, mac 02:00:00:00:01:66\n"
	       "wsl: link eth0 up, mtu 1500, mac 02:00:00:00:01:66\n"
	       "wsl: loopback frames of eth0 to windows wl\n");
}
END_TEST

START_TEST(the_host_itself)
{
	auto_model *whole = parse(mirror);
	auto_model *none = with("wsl", 0, "{\"loopback\": \"\"}");
	auto_model *other = with("windows", 1, "{\"mac\": \"00:11:22:33:44:56\"}");
	auto_model *remade = with("windows", 1, "{\"queues\": 2}");

	expect(whole, none, "wsl: loopback frames of eth0 no more\n");
	expect(none, whole, "wsl: loopback frames of eth0 to windows wl\n");
	expect(whole, other,
	       "windows: link wl up, mtu 1500, mac 00:11:22:33:44:56\n"
	       "wsl: loopback frames of eth0 to windows wl\n");
	expect(whole, remade,
	       "windows: delete link wl on segment gelnic\n"
	       "windows: add link wl on segment gelnic\n"
	       "windows: link wl up, mtu 1500, mac 00:11:22:33:44:55\n"
	       "wsl: loopback frames of eth0 to windows wl\n");
}
END_TEST

START_TEST(what_both_have_is_not_a_node_anew)
{
	auto_json json_t *j = json_deep_copy(mirror);
	auto_model *whole = parse(mirror);
	auto_model *other = NULL;

	update(named(j, "nodes", "wsl"), "{\"local_rule\": 3, \"port_space\": {\"with\": "
					 "\"windows\", \"window\": [40960, 45055]}}");
	json_object_set_new(j, "switch_ruleset", json_string("table netdev hyperv {}\n"));
	other = parse(j);
	expect(whole, other,
	       "lab: switch ruleset of 1 lines, replacing\n"
	       "wsl: rule 3: from all lookup local, was 2\n");
	expect(other, whole,
	       "lab: switch ruleset of 10 lines, replacing\n"
	       "wsl: rule 2: from all lookup local, was 3\n");
}
END_TEST

/* Chains at the switch's links, and indexes of them, stand while the guest stays. */
START_TEST(a_new_mirror_takes_the_rules_anew)
{
	auto_model *whole = parse(mirror);
	auto_model *remade = with("wsl", 0, "{\"queues\": 2}");
	auto_model *other = with("wsl", 1, "{\"queues\": 2}");

	expect(whole, remade,
	       "wsl: delete link eth0 that mirrors windows/eth0\n"
	       "wsl: add link eth0 that mirrors windows/eth0\n"
	       "lab: switch ruleset of 10 lines, replacing\n"
	       "wsl: link eth0 up, mtu 1500, mac 02:00:00:00:01:66\n"
	       "wsl: loopback frames of eth0 to windows wl\n");
	expect(whole, other,
	       "wsl: delete link loopback0 on segment gelnic\n"
	       "wsl: add link loopback0 on segment gelnic\n"
	       "wsl: link loopback0 up, mtu 1500, mac 00:15:5d:aa:bb:cc\n");
	expect(whole, NULL,
	       "wsl: delete link eth0 that mirrors windows/eth0\n"
	       "lab: delete segment lan, 2 members\n"
	       "lab: delete segment gelnic, 2 members\n"
	       "phone: delete node (lan)\n"
	       "windows: delete node (windows)\n"
	       "wsl: delete node (wsl)\n"
	       "lab: switch ruleset removed\n");
}
END_TEST

static bool rebinds(const struct model *a, const struct model *b)
{
	auto_plan p = {0};
	bool found = false;

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++)
		if (p.ops[i].kind == OP_RULESET_SET && !p.ops[i].node) {
			ck_assert(!found);
			found = p.ops[i].rebind;
		}
	return found;
}

START_TEST(only_new_links_bind_rules_anew)
{
	auto_model *whole = parse(mirror);
	auto_model *remade = with("wsl", 0, "{\"queues\": 2}");
	auto_json json_t *j = json_deep_copy(mirror);
	auto_model *other = NULL;

	json_object_set_new(j, "switch_ruleset", json_string("table netdev hyperv {}\n"));
	other = parse(j);
	ck_assert(rebinds(whole, remade));
	ck_assert(!rebinds(whole, other));
	ck_assert(!rebinds(whole, whole));
}
END_TEST

/* A bridge made anew has let its ports go: they are put there again. */
START_TEST(ports_of_a_nodes_own_bridge)
{
	static const char bridge[] = "{\"name\": \"docker0\", \"kind\": \"bridge\"}";
	static const char veth[] =
		"{\"name\": \"veth0\", \"segment\": \"box\", \"master\": \"docker0\"}";
	auto_json json_t *j = json_deep_copy(mirror), *ifaces;
	auto_model *a = NULL;
	auto_model *b = NULL;
	auto_model *c = NULL;

	json_array_append_new(json_object_get(j, "segments"),
			      text("{\"name\": \"box\", \"bridge\": true}"));
	ifaces = json_object_get(named(j, "nodes", "wsl"), "ifaces");
	json_array_append_new(ifaces, text(bridge));
	json_array_append_new(ifaces, text(veth));
	a = parse(j);
	update(json_array_get(ifaces, 2), "{\"queues\": 2}");
	b = parse(j);
	update(json_array_get(ifaces, 3), "{\"master\": \"\"}");
	c = parse(j);
	expect(a, b,
	       "wsl: delete link docker0 (bridge)\n"
	       "wsl: add link docker0 (bridge)\n"
	       "wsl: link docker0 up, mtu 1500\n"
	       "wsl: link veth0 up, mtu 1500, port of docker0\n");
	expect(b, c, "wsl: link veth0 up, mtu 1500\n");
}
END_TEST

START_TEST(a_bridges_neighbours)
{
	auto_json json_t *j = json_deep_copy(mirror);
	json_t *wsl = named(j, "nodes", "wsl"), *ifaces = json_object_get(wsl, "ifaces");
	struct model *m = NULL;
	struct err e = {0};

	json_array_append_new(ifaces, text("{\"name\": \"docker0\", \"kind\": \"bridge\"}"));
	update(json_array_get(ifaces, 1), "{\"master\": \"docker0\"}");
	update(wsl, "{\"neighs\": [{\"dev\": \"docker0\", \"address\": \"172.17.0.2\","
		    " \"mac\": \"02:42:ac:11:00:02\"}]}");
	ck_assert_int_lt(model_from_json(j, &m, &e), 0);
	ck_assert_msg(strstr(e.msg, "nodes[2].neighs[0]: 'docker0' changes its MAC with its ports"),
		      "%s", e.msg);
}
END_TEST

START_TEST(names_in_two)
{
	struct mirror_name n;

	ck_assert(mirror_parse("windows/eth0", &n));
	ck_assert_str_eq(n.node, "windows");
	ck_assert_str_eq(n.iface, "eth0");
	ck_assert(mirror_parse("a23456789012345/b23456789012345", &n));
	ck_assert(!mirror_parse("a234567890123456/eth0", &n));
	ck_assert(!mirror_parse("windows/b234567890123456", &n));
	ck_assert(!mirror_parse("", &n));
	ck_assert(!mirror_parse("/eth0", &n));
	ck_assert(!mirror_parse("windows/", &n));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mirror");
	TCase *t = tcase_create("mirror");
	SRunner *run;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, bad_ones_are_named, 0, ARRAY_SIZE(bad));
	tcase_add_test(t, the_switchs_names_are_taken);
	tcase_add_test(t, only_the_mirrored_may_be_alike);
	tcase_add_test(t, the_guest_goes_and_comes);
	tcase_add_test(t, one_shares_its_ports);
	tcase_add_test(t, it_goes_with_what_it_mirrors);
	tcase_add_test(t, the_host_itself);
	tcase_add_test(t, what_both_have_is_not_a_node_anew);
	tcase_add_test(t, a_new_mirror_takes_the_rules_anew);
	tcase_add_test(t, only_new_links_bind_rules_anew);
	tcase_add_test(t, ports_of_a_nodes_own_bridge);
	tcase_add_test(t, a_bridges_neighbours);
	tcase_add_test(t, names_in_two);
	suite_add_tcase(s, t);
	run = srunner_create(s);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed ? 1 : 0;
}
