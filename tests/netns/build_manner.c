/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How addresses are had, where the rule of the local table is, and ports of a node's own bridge, in `ip`'s own words. */
#define _GNU_SOURCE
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

/* The shell's word on a node of the lab. */
static bool says(const char *node, const char *command)
{
	return lab_run(&lab, node, (const char *[]){"sh", "-c", command, NULL}) == 0;
}

static const struct {
	struct address address;
	const char *line;
} manners[] = {
	{{S("169.254.7.7/16"), S(""), S("link"), true, false, false},
	 "inet 169.254.7.7/16 brd 169.254.255.255 scope link noprefixroute eth0"},
	{{S("10.9.8.7/24"), S(""), S(""), false, false, true},
	 "inet 10.9.8.7/24 brd 10.9.8.255 scope global deprecated eth0"},
	{{S("2001:db8::a/64"), S(""), S(""), true, true, true},
	 "inet6 2001:db8::a/64 scope global nodad deprecated noprefixroute"},
	{{S("2001:db8::1234/128"), S(""), S(""), true, true, false},
	 "inet6 2001:db8::1234/128 scope global nodad noprefixroute"},
	{{S("fe80::aaaa:bbbb:cccc:dddd/64"), S(""), S("link"), true, true, false},
	 "inet6 fe80::aaaa:bbbb:cccc:dddd/64 scope link nodad noprefixroute"},
};

START_TEST(manners_of_addresses)
{
	struct op op = *lab_op(&lab, OP_ADDR_ADD, "wsl");
	auto_free char *command = NULL;
	auto_free char *forever = NULL;
	/* of IPv4 the kernel tells the flag alone */
	const char *lifetime =
		manners[_i].address.deprecated && manners[_i].address.nodad ? "0sec" : "forever";

	op.address = &manners[_i].address;
	lab_apply(&lab, &op);
	lab_apply(&lab, &op);
	ck_assert_int_gt(asprintf(&command,
				  "ip addr show dev eth0 | grep -A1 -F '%s' | grep -q 'valid_lft "
				  "forever preferred_lft %s'",
				  manners[_i].line, lifetime),
			 0);
	ck_assert_msg(says("wsl", command), "not so: %s", manners[_i].line);
	op.kind = OP_ADDR_DEL;
	lab_apply(&lab, &op);
	ck_assert(!says("wsl", command));
}
END_TEST

/* Moved, put back, moved twice: one such rule at any time. */
START_TEST(the_local_rule_moves)
{
	static const uint32_t places[] = {0, 2, 100, 0, 7, 0};
	struct op op = {.kind = OP_LOCAL_RULE_SET, .node = model_node(lab.model, "wsl")};

	for (size_t i = 1; i < ARRAY_SIZE(places); i++) {
		auto_free char *command = NULL;

		op.old_local_rule = places[i - 1];
		op.local_rule = places[i];
		lab_apply(&lab, &op);
		ck_assert_int_gt(asprintf(&command,
					  "test \"$(ip rule | grep 'from all lookup local')\" = "
					  "\"$(printf '%u:\\tfrom all lookup local')\"",
					  places[i]),
				 0);
		ck_assert_msg(says("wsl", command), "not at %u", places[i]);
	}
	op.old_local_rule = 0, op.local_rule = 5;
	lab_apply(&lab, &op);
	lab.port.undo(lab.port.ctx, &op);
	ck_assert(says("wsl", "ip rule | grep -q '^0:.from all lookup local$'"));
	ck_assert(says("wsl", "! ip rule | grep -q '^5:'"));
}
END_TEST

/* A docker-like bridge: a container's cable is a port of it, and another goes without it. */
START_TEST(a_port_of_the_nodes_own_bridge)
{
	struct op set = *lab_op(&lab, OP_LINK_SET, "wsl");
	struct iface bridge = *set.iface, eth0 = *set.iface;
	struct op add = {.kind = OP_LINK_ADD, .node = set.node, .iface = &bridge};

	bridge.name = S("docker0");
	bridge.kind = IFACE_BRIDGE;
	bridge.mac = S("02:42:ac:11:00:01");
	bridge.segment = S("");
	lab_apply(&lab, &add);
	add.kind = OP_LINK_SET;
	lab_apply(&lab, &add);
	eth0.master = S("docker0");
	set.iface = &eth0;
	lab_apply(&lab, &set);
	auto_json json_t *links = lab_read(&lab, "wsl", READ_LINKS, "");

	ck_assert_str_eq(json_str(lab_find(links, "ifname", "eth0"), "master", ""), "docker0");
	eth0.master = S("");
	lab_apply(&lab, &set);
	auto_json json_t *after = lab_read(&lab, "wsl", READ_LINKS, "");

	ck_assert_ptr_null(json_object_get(lab_find(after, "ifname", "eth0"), "master"));
	eth0.master = S("docker1");
	ck_assert_int_lt(lab.port.apply(lab.port.ctx, &set, NULL), 0);
}
END_TEST

TCase *build_manner_case(void)
{
	TCase *c = tcase_create("manner");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_loop_test(c, manners_of_addresses, 0, ARRAY_SIZE(manners));
	tcase_add_test(c, the_local_rule_moves);
	tcase_add_test(c, a_port_of_the_nodes_own_bridge);
	return c;
}
