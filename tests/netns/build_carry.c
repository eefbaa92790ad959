/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tunnel whose packets travel by their nodes' own ways, through a NAT: what fits, what doesn't, and that nobody is told.
 * With the argument "vxlan" only what takes WireGuard or VXLAN, skipped where the kernel has neither.
 */
#define _GNU_SOURCE
#include <net/if.h>
#include <string.h>

#include "build_choose.h"
#include "build_lab.h"

enum { WIRE = 1280, TUNNEL = 1280, ICMP = 28 };

/* Windows' part: translates, and loses what comes in pieces. */
#define NAT                                                                                        \
	"table ip t {\n\tchain n {\n\t\ttype nat hook postrouting priority srcnat; policy "        \
	"accept;\n\t\toifname \"eth1\" masquerade\n\t}\n\tchain p {\n\t\ttype filter hook "        \
	"prerouting priority -450; policy accept;\n\t\tip frag-off & 0x3fff != 0 drop\n\t}\n}\n"

static json_t *wire(const char *dev, const char *segment, const char *cidr, int mtu)
{
	return json_pack("{s:s, s:s, s:i, s:[{s:s}]}", "name", dev, "segment", segment, "mtu", mtu,
			 "addresses", "cidr", cidr);
}

static json_t *tunnel(const char *endpoint, const char *cidr)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:i, s:s, s:[{s:s}]}", "name", "tail0", "kind",
			 "tunnel", "segment", "vpn", "carried", 1, "mtu", TUNNEL, "endpoint",
			 endpoint, "addresses", "cidr", cidr);
}

/* a (behind the NAT) goes to b. */
static json_t *model(bool with)
{
	json_t *a = json_pack("[o]", wire("eth0", "in", "10.1.0.2/24", WIRE));
	json_t *b = json_pack("[o]", wire("eth0", "out", "10.2.0.2/24", 1500));
	json_t *to_b = json_pack("[{s:s, s:s}]", "dst", "default", "via", "10.1.0.1");
	json_t *to_a = json_array(),
	       *segments = json_pack("[{s:s}, {s:s}]", "name", "in", "name", "out");

	if (with) {
		json_array_append_new(a, tunnel("", "100.64.0.1/32"));
		json_array_append_new(b, tunnel("10.2.0.2:41641", "100.64.0.2/32"));
		json_array_append_new(
			to_b, json_pack("{s:s, s:s}", "dst", "100.64.0.2/32", "dev", "tail0"));
		json_array_append_new(
			to_a, json_pack("{s:s, s:s}", "dst", "100.64.0.1/32", "dev", "tail0"));
		json_array_append_new(segments, json_pack("{s:s}", "name", "vpn"));
	}
	return json_pack(
		"{s:s, s:o, s:[{s:s, s:o, s:o}, {s:s, s:s, s:[{s:s, s:s}], s:[o, o]}, {s:s, s:o, "
		"s:o}]}",
		"name", "carry", "segments", segments, "nodes", "name", "a", "ifaces", a, "routes",
		to_b, "name", "nat", "ruleset", NAT, "sysctls", "name", "net.ipv4.ip_forward",
		"value", "1", "ifaces", wire("eth0", "in", "10.1.0.1/24", 1500),
		wire("eth1", "out", "10.2.0.1/24", 1500), "name", "b", "ifaces", b, "routes", to_a);
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

static struct model *parsed(bool with)
{
	auto_json json_t *j = model(with);
	struct model *to = NULL;
	struct err err = {0};

	ck_assert_msg(model_from_json(j, &to, &err) == 0, "%s", err.msg);
	return to;
}

static void become(bool with)
{
	struct model *to = parsed(with);
	auto_plan p = {0};

	ck_assert_int_eq(plan_make(now, to, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++)
		lab_apply(&lab, &p.ops[i]);
	model_free(now);
	now = to;
}

static bool kernel_has_wireguard(void)
{
	return system("ip link add try0 type wireguard 2>/dev/null && ip link del try0") == 0;
}

static bool kernel_has_any(void)
{
	return kernel_has_wireguard() ||
	       system("ip link add try0 type vxlan id 1 dstport 41641 2>/dev/null && "
		      "ip link del try0") == 0;
}

/* An IPv4 packet of that many bytes, undivided, to b inside the tunnel. */
static bool passes(int bytes)
{
	char size[16];

	snprintf(size, sizeof(size), "%d", bytes - ICMP);
	return lab_run(&lab, "a",
		       (const char *[]){"ping", "-n", "-c1", "-i0.2", "-W0.5", "-M", "do", "-s",
					size, "100.64.0.2", NULL}) == 0;
}

/* The largest that passes, between one that does and one that does not. */
static int largest(int low, int high)
{
	ck_assert(passes(low));
	while (high - low > 1) {
		int mid = (low + high) / 2;

		if (passes(mid))
			low = mid;
		else
			high = mid;
	}
	return low;
}

static int shell(const char *node, const char *command)
{
	return lab_run(&lab, node, (const char *[]){"sh", "-c", command, NULL});
}

/* VXLAN: 20 + 8 + 8 + 14 bytes. WireGuard: 20 + 8 + 32, of payload in units of 16. */
START_TEST(what_fits_is_what_the_headers_leave)
{
	become(true);
	ck_assert_int_eq(largest(100, TUNNEL + 1),
			 kernel_has_wireguard() ? (WIRE - 60) / 16 * 16 : WIRE - 50);
}
END_TEST

/* As a program with a TUN device would: the routes know nothing of a smaller MTU. */
START_TEST(nobody_is_told)
{
	become(true);
	ck_assert(!passes(TUNNEL));
	ck_assert_int_ne(shell("a", "ip route get 100.64.0.2 | grep -q mtu"), 0);
}
END_TEST

START_TEST(room_outside_mends_it)
{
	become(true);
	ck_assert(!passes(TUNNEL));
	ck_assert_int_eq(shell("a", "ip link set eth0 mtu 1500"), 0);
	ck_assert(passes(TUNNEL));
	ck_assert(!passes(TUNNEL + 1)); /* refused before it leaves */
}
END_TEST

/* Both ways: the answer is cut where the NAT sends it into the wire. */
START_TEST(pieces_pass_where_nobody_loses_them)
{
	become(true);
	ck_assert_int_eq(shell("nat", "nft delete chain ip t p && ip link set eth0 mtu 1280"), 0);
	ck_assert(passes(TUNNEL));
}
END_TEST

START_TEST(it_goes_by_the_cable)
{
	become(true);
	ck_assert(passes(100));
	ck_assert_int_eq(
		shell("a", "nft 'table inet t { chain c { type filter hook output priority 0; udp "
			   "dport 41641 drop; }; }'"),
		0);
	ck_assert(!passes(100));
	ck_assert_int_eq(shell("a", "nft delete table inet t"), 0);
	ck_assert(passes(100));
}
END_TEST

static size_t hub_links(void)
{
	struct if_nameindex *all = if_nameindex();
	size_t n = 0;

	while (all && all[n].if_index)
		n++;
	if_freenameindex(all);
	return n;
}

START_TEST(comes_and_goes_and_leaves_nothing)
{
	size_t before;

	become(false);
	before = hub_links();
	for (int round = 0; round < 3; round++) {
		become(true);
		ck_assert(passes(100));
		become(false);
		ck_assert_uint_eq(hub_links(), before);
	}
}
END_TEST

/* Never a tunnel that carries nothing. */
START_TEST(it_travels_or_is_refused)
{
	struct build_port *b = &lab.port;
	bool refused = false;
	auto_plan p = {0};
	struct err err = {0};

	now = parsed(true);
	ck_assert_int_eq(plan_make(NULL, now, &p, NULL), 0);
	for (size_t i = 0; i < p.n && !refused; i++)
		refused = b->apply(b->ctx, &p.ops[i], &err) < 0;
	ck_assert_int_eq(refused, !kernel_has_any());
	if (refused)
		ck_assert_msg(strstr(err.mend, "vxlan") != NULL, "%s: %s", err.msg, err.mend);
	else
		ck_assert(passes(100));
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

	tcase_add_test(c, it_travels_or_is_refused);
	return c;
}

static TCase *carry_case(void)
{
	TCase *c = new_case("carry");

	tcase_add_test(c, what_fits_is_what_the_headers_leave);
	tcase_add_test(c, nobody_is_told);
	tcase_add_test(c, room_outside_mends_it);
	tcase_add_test(c, pieces_pass_where_nobody_loses_them);
	tcase_add_test(c, it_goes_by_the_cable);
	tcase_add_test(c, comes_and_goes_and_leaves_nothing);
	return c;
}

int main(int argc, char **argv)
{
	static const struct build_choice choice = {any_case, "vxlan", kernel_has_any, carry_case};

	return build_choose(argc, argv, &choice);
}
