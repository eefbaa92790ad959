/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two ends of a VPN: a device of the kernel's WireGuard or a pair, whichever this kernel has, does the same for who uses
 * it. With the argument "wireguard" only what takes WireGuard, skipped where the kernel has it not.
 */
#define _GNU_SOURCE
#include <net/if.h>
#include <string.h>

#include "build_choose.h"
#include "build_lab.h"

/* a and b on a cable; between them, where told, a tunnel whose server is b. */
static json_t *end(const char *node, const char *dev, int own, int other, const char *endpoint,
		   bool tunnel)
{
	json_t *n =
		json_pack("{s:s, s:[{s:s, s:s, s:o, s:[{s:o}]}]}", "name", node, "ifaces", "name",
			  "eth0", "segment", "line", "mac", json_sprintf("02:00:00:00:00:0%d", own),
			  "addresses", "cidr", json_sprintf("10.9.0.%d/24", own));

	if (!tunnel)
		return n;
	json_array_append_new(json_object_get(n, "ifaces"),
			      json_pack("{s:s, s:s, s:s, s:o, s:i, s:s, s:[{s:o}]}", "name", dev,
					"kind", "tunnel", "segment", "vpn", "mac",
					json_sprintf("02:00:4c:4f:4f:5%d", own), "mtu", 1420,
					"endpoint", endpoint, "addresses", "cidr",
					json_sprintf("10.8.0.%d/32", own)));
	json_object_set_new(n, "neighs",
			    json_pack("[{s:s, s:o, s:o}]", "dev", dev, "address",
				      json_sprintf("10.8.0.%d", other), "mac",
				      json_sprintf("02:00:4c:4f:4f:5%d", other)));
	json_object_set_new(
		n, "routes",
		json_pack("[{s:s, s:o}]", "dev", dev, "dst", json_sprintf("10.8.0.%d/32", other)));
	return n;
}

static json_t *model(bool tunnel)
{
	json_t *m = json_pack("{s:s, s:[{s:s}], s:[o, o]}", "name", "line", "segments", "name",
			      "line", "nodes", end("a", "ppp0", 1, 2, "", tunnel),
			      end("b", "tun0", 2, 1, "10.9.0.2:51820", tunnel));

	if (tunnel)
		json_array_append_new(json_object_get(m, "segments"),
				      json_pack("{s:s}", "name", "vpn"));
	return m;
}

static struct lab lab;
static struct model *now;

static void setup(void)
{
	lab_open(&lab);
}

static void teardown(void)
{
	model_free(now);
	lab_close(&lab);
}

static void become(bool tunnel)
{
	auto_json json_t *j = model(tunnel);
	struct model *to = NULL;
	auto_plan p = {0};
	struct err err = {0};

	ck_assert_msg(model_from_json(j, &to, &err) == 0, "%s", err.msg);
	ck_assert_int_eq(plan_make(now, to, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++)
		lab_apply(&lab, &p.ops[i]);
	model_free(now);
	now = to;
}

static int ping(const char *address, const char *size)
{
	return lab_run(&lab, "a",
		       (const char *[]){"ping", "-n", "-c1", "-W5", "-M", "do", "-s", size, address,
					NULL});
}

static const char *kind_of(const char *node, const char *dev)
{
	auto_json json_t *links = lab_read(&lab, node, READ_LINKS, "");
	json_t *link = lab_look(links, "ifname", dev);

	if (!link)
		return "";
	return !strcmp(json_str(link, "kind", ""), "wireguard") ? "wireguard" : "veth";
}

/* 28 bytes of headers; what does not fit is refused before it leaves. */
START_TEST(it_carries_what_fits)
{
	become(true);
	ck_assert_int_eq(ping("10.8.0.2", "8"), 0);
	ck_assert_int_eq(ping("10.8.0.2", "1392"), 0);
	ck_assert_int_ne(ping("10.8.0.2", "1393"), 0);
}
END_TEST

START_TEST(both_ends_come_and_go_live)
{
	become(false);
	for (int round = 0; round < 3; round++) {
		become(true);
		ck_assert_int_eq(ping("10.8.0.2", "8"), 0);
		ck_assert_str_eq(kind_of("a", "ppp0"), kind_of("b", "tun0"));
		become(false);
		ck_assert_str_eq(kind_of("a", "ppp0"), "");
		ck_assert_str_eq(kind_of("b", "tun0"), "");
		ck_assert_int_eq(ping("10.9.0.2", "8"), 0);
	}
}
END_TEST

static bool kernel_has_wireguard(void)
{
	return system("ip link add try0 type wireguard 2>/dev/null && ip link del try0") == 0;
}

START_TEST(the_kind_is_what_the_kernel_has)
{
	const char *want = kernel_has_wireguard() ? "wireguard" : "veth";

	become(true);
	ck_assert_str_eq(kind_of("a", "ppp0"), want);
	ck_assert_str_eq(kind_of("b", "tun0"), want);
}
END_TEST

static void rules(const char *text)
{
	auto_free char *command = NULL;

	ck_assert_int_gt(asprintf(&command, "nft '%s'", text), 0);
	ck_assert_int_eq(lab_run(&lab, "a", (const char *[]){"sh", "-c", command, NULL}), 0);
}

/* Its packets are UDP that leaves by the node's own way: where that is closed, so is the tunnel. */
START_TEST(its_packets_go_by_the_cable)
{
	become(true);
	ck_assert_int_eq(ping("10.8.0.2", "8"), 0);
	rules("table inet t { chain c { type filter hook output priority 0; udp dport 51820 drop; "
	      "}; }");
	ck_assert_int_ne(ping("10.8.0.2", "8"), 0);
	rules("delete table inet t");
	ck_assert_int_eq(ping("10.8.0.2", "8"), 0);
}
END_TEST

static TCase *new_case(const char *name)
{
	TCase *c = tcase_create(name);

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	return c;
}

static TCase *any_case(void)
{
	TCase *c = new_case("any");

	tcase_add_test(c, it_carries_what_fits);
	tcase_add_test(c, both_ends_come_and_go_live);
	tcase_add_test(c, the_kind_is_what_the_kernel_has);
	return c;
}

static TCase *wireguard_case(void)
{
	TCase *c = new_case("wireguard");

	tcase_add_test(c, its_packets_go_by_the_cable);
	return c;
}

int main(int argc, char **argv)
{
	static const struct build_choice choice = {any_case, "wireguard", kernel_has_wireguard,
						   wireguard_case};

	return build_choose(argc, argv, &choice);
}
