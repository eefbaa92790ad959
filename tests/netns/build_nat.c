/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The five-node NAT lab, as the kernel has it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static bool has_flag(json_t *link, const char *flag)
{
	json_t *f;
	size_t i;

	json_array_foreach (json_object_get(link, "flags"), i, f)
		if (!strcmp(json_string_value(f), flag))
			return true;
	return false;
}

/* facts/wsl.md 1.3: what `ip addr` and `ip route` say in a WSL guest. */
START_TEST(wsl_reads_as_wsl)
{
	auto_json json_t *links = NULL, *routes = lab_read(&lab, "wsl", READ_ROUTES, "");
	json_t *eth0, *a, *r;

	lab_wait_settled(&lab, "wsl");
	links = lab_read(&lab, "wsl", READ_LINKS, "");
	eth0 = lab_find(links, "ifname", "eth0");
	ck_assert_int_eq(json_int(eth0, "ifindex", 0), 2);
	ck_assert_str_eq(json_str(eth0, "qdisc", ""), "mq");
	ck_assert_str_eq(json_str(eth0, "operstate", ""), "UP");
	ck_assert_str_eq(json_str(eth0, "address", ""), "00:15:5d:21:8f:3b");
	ck_assert_int_eq(json_int(eth0, "mtu", 0), 1500);
	ck_assert_int_eq(json_int(eth0, "txqlen", 0), 1000);
	ck_assert(has_flag(eth0, "LOWER_UP") && has_flag(eth0, "MULTICAST"));
	a = lab_find(json_object_get(eth0, "addr_info"), "local", "172.27.43.151");
	ck_assert_int_eq(json_int(a, "prefixlen", 0), 20);
	ck_assert_str_eq(json_str(a, "broadcast", ""), "172.27.47.255");
	ck_assert_str_eq(json_str(a, "scope", ""), "global");
	a = lab_find(json_object_get(eth0, "addr_info"), "local", "fe80::215:5dff:fe21:8f3b");
	ck_assert(!json_flag(a, "tentative", false));
	r = lab_find(routes, "dst", "default");
	ck_assert_str_eq(json_str(r, "gateway", ""), "172.27.32.1");
	ck_assert_str_eq(json_str(r, "protocol", ""), "kernel");
	ck_assert_int_eq(json_int(r, "metric", -1), 0);
	ck_assert_int_eq(json_int(r, "table", 0), 254);
	r = lab_find(routes, "dst", "172.27.32.0/20");
	ck_assert_str_eq(json_str(r, "prefsrc", ""), "172.27.43.151");
}
END_TEST

START_TEST(lo_is_up_with_its_addresses)
{
	auto_json json_t *links = lab_read(&lab, "internet", READ_LINKS, "");
	json_t *lo = lab_find(links, "ifname", "lo"), *a;

	ck_assert(has_flag(lo, "UP"));
	ck_assert_str_eq(json_str(lo, "kind", ""), "loopback");
	a = lab_find(json_object_get(lo, "addr_info"), "local", "8.8.8.8");
	ck_assert_str_eq(json_str(a, "broadcast", ""), "8.8.8.8");
	lab_find(json_object_get(lo, "addr_info"), "local", "127.0.0.1");
}
END_TEST

START_TEST(ping_passes_both_nats)
{
	static const struct {
		const char *from, *to;
	} pings[] = {{"wsl", "127.0.0.1"}, {"wsl", "172.27.32.1"}, {"wsl", "192.168.1.1"},
		     {"wsl", "8.8.8.8"},   {"phone", "1.1.1.1"},   {"windows", "172.27.43.151"}};

	for (size_t i = 0; i < ARRAY_SIZE(pings); i++) {
		const char *argv[] = {"ping", "-n", "-c1", "-W2", pings[i].to, NULL};

		ck_assert_msg(lab_run(&lab, pings[i].from, argv) == 0, "%s can't ping %s",
			      pings[i].from, pings[i].to);
	}
}
END_TEST

/* The inside is not routed to from outside: the router knows nothing of 172.27. */
START_TEST(nat_hides_the_inside)
{
	const char *argv[] = {"ping", "-n", "-c1", "-W1", "172.27.43.151", NULL};

	ck_assert_int_ne(lab_run(&lab, "phone", argv), 0);
}
END_TEST

static struct sockaddr_in at(const char *address, uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = inet_addr(address)};
}

static void receive(int fd, char *ret, size_t size, struct sockaddr_in *from)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	socklen_t len = sizeof(*from);
	ssize_t n;

	ck_assert_int_eq(poll(&p, 1, 5000), 1);
	n = recvfrom(fd, ret, size - 1, 0, (struct sockaddr *)from, &len);
	ck_assert_int_gt(n, 0);
	ret[n] = '\0';
}

static int open_socket(const char *node, const char *address, uint16_t port)
{
	struct err err = {0};
	int fd = lab.port.open_socket(lab.port.ctx, node, SOCK_DGRAM, address, port, &err);

	ck_assert_msg(fd >= 0, "%s", err.msg);
	return fd;
}

/* One datagram out and one back; each box on the way has translated and remembers. */
START_TEST(conntrack_is_real)
{
	auto_fd server = open_socket("internet", "8.8.8.8", 53), client = open_socket("wsl", "", 0);
	struct sockaddr_in to = at("8.8.8.8", 53), from;
	auto_json json_t *flows = NULL;
	char text[64];
	json_t *f;

	ck_assert_int_eq(sendto(client, "ask", 3, 0, (void *)&to, sizeof(to)), 3);
	receive(server, text, sizeof(text), &from);
	ck_assert_str_eq(inet_ntoa(from.sin_addr), "203.0.113.2");
	ck_assert_int_eq(sendto(server, "say", 3, 0, (void *)&from, sizeof(from)), 3);
	receive(client, text, sizeof(text), &from);
	ck_assert_str_eq(text, "say");
	ck_assert_str_eq(inet_ntoa(from.sin_addr), "8.8.8.8");
	flows = lab_read(&lab, "windows", READ_CONNTRACK, "");
	f = lab_find(flows, "src", "172.27.43.151");
	ck_assert_str_eq(json_str(f, "proto", ""), "udp");
	ck_assert_str_eq(json_str(f, "reply_dst", ""), "192.168.1.50");
	ck_assert_int_eq(json_int(f, "dport", 0), 53);
	json_decref(flows);
	flows = lab_read(&lab, "router", READ_CONNTRACK, "");
	f = lab_find(flows, "src", "192.168.1.50");
	ck_assert_str_eq(json_str(f, "reply_dst", ""), "203.0.113.2");
}
END_TEST

START_TEST(sockets_are_read)
{
	struct err err = {0};
	auto_fd udp = open_socket("router", "192.168.1.1", 53);
	auto_fd tcp =
		lab.port.open_socket(lab.port.ctx, "router", SOCK_STREAM, "0.0.0.0", 80, &err);
	auto_fd v6 = -1;
	auto_json json_t *all = lab_read(&lab, "router", READ_SOCKETS, "");
	json_t *s = lab_find(all, "proto", "udp");

	ck_assert_int_ge(tcp, 0);
	ck_assert_str_eq(json_str(s, "local", ""), "192.168.1.1");
	ck_assert_int_eq(json_int(s, "local_port", 0), 53);
	s = json_incref(lab_find(all, "state", "LISTEN"));
	ck_assert_int_eq(json_int(s, "local_port", 0), 80);
	ck_assert_uint_eq(json_array_size(all), 2);
	ck_assert_int_ge(udp, 0);
	json_decref(all);
	all = lab_read(&lab, "router", READ_LISTENERS, "");
	ck_assert_uint_eq(json_array_size(all), 1);
	ck_assert(json_equal(json_array_get(all, 0), s));
	json_decref(s);
	v6 = lab.port.open_socket(lab.port.ctx, "router", SOCK_STREAM, "::", 81, &err);
	json_decref(all);
	all = lab_read(&lab, "router", READ_LISTENERS, "");
	ck_assert_uint_eq(json_array_size(all), 2);
	s = json_incref(lab_find(all, "local", "::"));
	ck_assert_str_eq(json_str(s, "family", ""), "inet6");
	ck_assert_int_eq(json_int(s, "local_port", 0), 81);
	json_decref(s);
	json_decref(all);
	all = lab_read(&lab, "router", READ_OPEN, "");
	ck_assert_uint_eq(json_array_size(all), 3);
	lab_find(all, "proto", "udp");
	ck_assert_int_ge(v6, 0);
}
END_TEST

static int listen_at(const char *address, uint16_t port)
{
	return lab.port.open_socket(lab.port.ctx, "windows", SOCK_STREAM, address, port, NULL);
}

static void shut(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fd_closep(&fds[i]);
}

/* 127.0.0.1 beside every address, in either order, as on Windows; a stranger's port stays the stranger's. */
START_TEST(ours_share_a_port)
{
	int all[2] = {listen_at(_i ? "0.0.0.0" : "127.0.0.1", 8080),
		      listen_at(_i ? "127.0.0.1" : "0.0.0.0", 8080)};
	struct sockaddr_in to = at("0.0.0.0", 9090);
	auto_fd stranger = lab.port.open_socket(lab.port.ctx, "windows", SOCK_STREAM, "", 0, NULL);

	ck_assert_int_ge(all[0], 0);
	ck_assert_int_ge(all[1], 0);
	ck_assert_int_eq(bind(stranger, (void *)&to, sizeof(to)), 0);
	ck_assert_int_eq(listen(stranger, 1), 0);
	ck_assert_int_eq(listen_at("127.0.0.1", 9090), -EADDRINUSE);
	ck_assert_int_eq(listen_at("0.0.0.0", 9090), -EADDRINUSE);
	shut(all, 2);
}
END_TEST

/* Unbound ones, of either family: a client's. */
START_TEST(sockets_for_clients)
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	auto_fd fd = listen_at(_i ? "::" : "", 0);

	ck_assert_int_eq(getsockname(fd, (void *)&sa, &len), 0);
	ck_assert_int_eq(sa.ss_family, _i ? AF_INET6 : AF_INET);
	ck_assert_int_eq(((struct sockaddr_in *)&sa)->sin_port, 0);
}
END_TEST

START_TEST(rulesets_and_sysctls_are_read)
{
	auto_json json_t *set = lab_read(&lab, "windows", READ_RULESET, "");
	auto_json json_t *forward = lab_read(&lab, "windows", READ_SYSCTL, "net.ipv4.ip_forward");
	auto_json json_t *guest = lab_read(&lab, "wsl", READ_SYSCTL, "net.ipv4.ip_forward");

	ck_assert_ptr_nonnull(strstr(json_str(set, "text", ""), "table ip ics_nat {"));
	ck_assert_ptr_nonnull(strstr(json_str(set, "text", ""), "masquerade"));
	ck_assert_str_eq(json_str(forward, "value", ""), "1");
	ck_assert_str_eq(json_str(guest, "value", ""), "0");
}
END_TEST

TCase *build_nat_case(void)
{
	TCase *c = tcase_create("nat");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, wsl_reads_as_wsl);
	tcase_add_test(c, lo_is_up_with_its_addresses);
	tcase_add_test(c, ping_passes_both_nats);
	tcase_add_test(c, nat_hides_the_inside);
	tcase_add_test(c, conntrack_is_real);
	tcase_add_test(c, sockets_are_read);
	tcase_add_loop_test(c, ours_share_a_port, 0, 2);
	tcase_add_loop_test(c, sockets_for_clients, 0, 2);
	tcase_add_test(c, rulesets_and_sysctls_are_read);
	return c;
}
