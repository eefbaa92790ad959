/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the build port says when the kernel refuses: what, where, why. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>

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

static void expect(const struct op *op, int code, const char *text)
{
	struct err err = {0};

	ck_assert_int_eq(lab.port.apply(lab.port.ctx, op, &err), -code);
	ck_assert_int_eq(err.code, code);
	ck_assert_msg(strstr(err.msg, text) != NULL, "'%s' does not say '%s'", err.msg, text);
	ck_assert_msg(!strncmp(err.msg, "wsl: ", 5), "'%s' does not say where", err.msg);
}

static struct op on_wsl(enum op_kind kind)
{
	return (struct op){.kind = kind, .node = model_node(lab.model, "wsl")};
}

START_TEST(route_gateway_out_of_reach)
{
	struct route r = {.dst = S("default"),
			  .via = S("10.1.1.1"),
			  .dev = S("eth0"),
			  .src = S(""),
			  .protocol = S("kernel"),
			  .scope = S(""),
			  .type = S("unicast"),
			  .table = 254};
	struct op op = on_wsl(OP_ROUTE_ADD);

	op.route = &r;
	expect(&op, ENETUNREACH, "route default via 10.1.1.1");
	expect(&op, ENETUNREACH, ": Nexthop has invalid gateway");
}
END_TEST

START_TEST(route_over_no_interface)
{
	struct route r = {.dst = S("default"),
			  .via = S("10.1.1.1"),
			  .dev = S("eth7"),
			  .src = S(""),
			  .protocol = S("kernel"),
			  .scope = S(""),
			  .type = S("unicast"),
			  .table = 254};
	struct op op = on_wsl(OP_ROUTE_ADD);

	op.route = &r;
	expect(&op, ENODEV, "No interface eth7");
}
END_TEST

static void expect_ruleset(const char *text, int code, const char *says)
{
	struct op op = on_wsl(OP_RULESET_SET);
	auto_json json_t *now = NULL;

	op.ruleset = text;
	op.old_ruleset = "";
	expect(&op, code, says);
	now = lab_read(&lab, "wsl", READ_RULESET, "");
	ck_assert_str_eq(json_str(now, "text", "?"), "");
}

START_TEST(ruleset_with_a_mistake_changes_nothing)
{
	expect_ruleset("table ip good { }\ntable ip bad {\n\tchain a {\n\t\tfrobnicate\n\t}\n}\n",
		       EINVAL, "line 4: syntax error");
}
END_TEST

START_TEST(ruleset_reads_no_file_of_the_host)
{
	expect_ruleset("table ip a {\n\tinclude \"/etc/hostname\"\n}\n", EPERM, "'include'");
	expect_ruleset("include \"/etc/hostname\"\n", EINVAL, "only whole tables");
	expect_ruleset("flush ruleset\n", EINVAL, "line 1: 'flush': only whole tables");
}
END_TEST

static void expect_sysctl(const char *name, const char *value, int code, const char *says)
{
	struct sysctl s = {.name = (char *)name, .value = (char *)value};
	struct op op = on_wsl(OP_SYSCTL_SET);

	op.sysctl = &s;
	expect(&op, code, says);
}

START_TEST(sysctl_outside_the_network)
{
	expect_sysctl("kernel.core_pattern", "x", EINVAL, "is no name of a network sysctl");
	expect_sysctl("net.ipv4/../../kernel/core_pattern", "x", EINVAL, "is no name");
	expect_sysctl("net..ipv4", "x", EINVAL, "is no name");
	expect_sysctl("net.ipv4.no_such_thing", "1", ENOENT, "This kernel has no sysctl");
	expect_sysctl("net.ipv4.ip_forward", "maybe", EINVAL,
		      "Sysctl net.ipv4.ip_forward: Invalid");
}
END_TEST

START_TEST(socket_on_an_address_not_there)
{
	struct err err = {0};

	ck_assert_int_eq(
		lab.port.open_socket(lab.port.ctx, "windows", SOCK_DGRAM, "10.0.0.1", 53, &err),
		-EADDRNOTAVAIL);
	ck_assert_str_eq(err.msg,
			 "windows: Can't bind 10.0.0.1:53/udp: Cannot assign requested address");
}
END_TEST

START_TEST(no_such_node)
{
	struct err err = {0};
	json_t *j;

	ck_assert_int_eq(lab.port.read(lab.port.ctx, "mars", READ_LINKS, "", &j, &err), -ENOENT);
	ck_assert_str_eq(err.msg, "No node mars");
}
END_TEST

TCase *build_errors_case(void)
{
	TCase *c = tcase_create("errors");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, route_gateway_out_of_reach);
	tcase_add_test(c, route_over_no_interface);
	tcase_add_test(c, ruleset_with_a_mistake_changes_nothing);
	tcase_add_test(c, ruleset_reads_no_file_of_the_host);
	tcase_add_test(c, sysctl_outside_the_network);
	tcase_add_test(c, socket_on_an_address_not_there);
	tcase_add_test(c, no_such_node);
	return c;
}
