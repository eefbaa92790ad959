/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two nodes with one address: what goes out from either comes back to it, what comes in goes to whom its port belongs, and the
 * host never notices.
 *
 *	phone 192.168.1.23 --- lan (bridge) --- windows eth0 192.168.1.66
 *	                                    \-- wsl eth0, the same address and MAC
 *	windows wl --- gelnic (bridge) --- wsl loopback0
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mirror_rig.h"

static int ping(const char *from, const char *address)
{
	return lab_run(&mirror_lab, from,
		       (const char *[]){"ping", "-n", "-c2", "-i0.2", "-W2", address, NULL});
}

/* --- tests
 * ------------------------------------------------------------------------------------------------------- */

START_TEST(both_reach_out)
{
	mirror_build();
	for (size_t i = 0; i < 2; i++) {
		GOES("windows", "phone", mirror_phone[i], 80, SOCK_STREAM);
		GOES("windows", "phone", mirror_phone[i], 53, SOCK_DGRAM);
		GOES("wsl", "phone", mirror_phone[i], 80, SOCK_STREAM);
		GOES("wsl", "phone", mirror_phone[i], 53, SOCK_DGRAM);
		ck_assert_int_eq(ping("windows", mirror_phone[i]), 0);
		ck_assert_int_eq(ping("wsl", mirror_phone[i]), 0);
	}
}
END_TEST

START_TEST(what_comes_in_goes_by_its_port)
{
	struct port_range ports[4] = {mirror_window[0],
				      mirror_window[1],
				      {IPPROTO_TCP, 8000, 8000},
				      {IPPROTO_UDP, 5000, 5006}};

	mirror_build();
	mirror_steer(ports, 4);
	for (size_t i = 0; i < 2; i++) {
		GOES("phone", "wsl", mirror_both[i], 8000, SOCK_STREAM);
		GOES("phone", "windows", mirror_both[i], 8001, SOCK_STREAM);
		/* of one protocol only */
		GOES("phone", "windows", mirror_both[i], 8000, SOCK_DGRAM);
		for (uint16_t port = 5000; port <= 5006; port++)
			GOES("phone", "wsl", mirror_both[i], port, SOCK_DGRAM);
		GOES("phone", "windows", mirror_both[i], 4999, SOCK_DGRAM);
		GOES("phone", "windows", mirror_both[i], 5007, SOCK_DGRAM);
	}
	mirror_steer(ports, 2);
	GOES("phone", "windows", mirror_both[0], 8000, SOCK_STREAM);
	GOES("phone", "windows", mirror_both[1], 5003, SOCK_DGRAM);
	GOES("wsl", "phone", mirror_phone[0], 80, SOCK_STREAM);
}
END_TEST

/* A machine that nobody has heard of yet is found, and answers a ping once. */
START_TEST(the_lan_sees_one_machine)
{
	mirror_build();
	ck_assert_int_eq(lab_run(&mirror_lab, "phone",
				 (const char *[]){"ip", "neigh", "flush", "all", NULL}),
			 0);
	ck_assert_int_eq(ping("phone", mirror_both[0]), 0);
	ck_assert_int_eq(ping("phone", mirror_both[1]), 0);
	ck_assert_int_ne(
		lab_run(&mirror_lab, "phone",
			(const char *[]){"sh", "-c",
					 "ping -n -c3 -i0.2 -W2 192.168.1.66 | grep DUP", NULL}),
		0);
	auto_json json_t *neighs = lab_read(&mirror_lab, "phone", READ_NEIGHS, "");

	ck_assert_str_eq(json_str(lab_find(neighs, "dst", mirror_both[0]), "lladdr", ""),
			 "02:00:00:00:01:66");
}
END_TEST

static json_t *link_of(const char *node, const char *iface)
{
	auto_json json_t *links = lab_read(&mirror_lab, node, READ_LINKS, "");

	return json_incref(lab_find(links, "ifname", iface));
}

/* A connection of Windows' lives on while the guest goes and comes. */
START_TEST(the_host_never_notices)
{
	struct sockaddr_storage to;
	socklen_t len = mirror_fill(&to, mirror_phone[0], 80);
	int server, client;

	mirror_change(NULL, mirror_alone);
	server = mirror_open("phone", SOCK_STREAM, "0.0.0.0", 80);
	client = mirror_open("windows", SOCK_STREAM, "", 0);
	ck_assert(connect(client, (void *)&to, len) == 0 || errno == EINPROGRESS);
	ck_assert(mirror_ready(server, POLLIN, 2000));
	int end = accept4(server, NULL, NULL, SOCK_NONBLOCK);
	lab_wait_settled(&mirror_lab, "windows");
	auto_json json_t *before = link_of("windows", "eth0");

	for (int generation = 0; generation < 3; generation++) {
		char c = 0;

		mirror_change(mirror_alone, mirror_whole);
		mirror_steer(mirror_window, 2);
		close(server);
		GOES("wsl", "phone", mirror_phone[0], 80, SOCK_STREAM);
		GOES("windows", "phone", mirror_phone[0], 80, SOCK_STREAM);
		ck_assert(write(client, "x", 1) == 1 && mirror_ready(end, POLLIN, 2000) &&
			  read(end, &c, 1) == 1);
		server = mirror_open("phone", SOCK_STREAM, "0.0.0.0", 80);
		mirror_change(mirror_whole, mirror_alone);
		ck_assert(write(client, "y", 1) == 1 && mirror_ready(end, POLLIN, 2000) &&
			  read(end, &c, 1) == 1);
		ck_assert_int_eq(ping("phone", mirror_both[0]), 0);
		GOES("phone", "windows", mirror_both[0], 0xa123, SOCK_STREAM);
		auto_json json_t *after = link_of("windows", "eth0");

		ck_assert(json_equal(before, after));
	}
	close(server), close(client), close(end);
}
END_TEST

START_TEST(one_loopback)
{
	struct port_range ports[4] = {mirror_window[0],
				      mirror_window[1],
				      {IPPROTO_TCP, 8000, 8000},
				      {IPPROTO_UDP, 8000, 8000}};
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM};

	mirror_build();
	mirror_steer(ports, 4);
	for (size_t i = 0; i < 2; i++) {
		GOES("wsl", "windows", "127.0.0.1", 9000, types[i]);
		GOES("windows", "wsl", "127.0.0.1", 8000, types[i]);
		GOES("windows", "windows", "127.0.0.1", 9000, types[i]);
		GOES("wsl", "wsl", "127.0.0.1", 8000, types[i]);
		/* hostAddressLoopback */
		GOES("wsl", "windows", mirror_both[0], 9000, types[i]);
		GOES("windows", "wsl", mirror_both[0], 8000, types[i]);
	}
	/* a wildcard's datagram would come back from 127.0.0.1, on any Linux */
	GOES("wsl", "wsl", "127.0.0.2", 8000, SOCK_STREAM);
	ck_assert_int_eq(ping("wsl", "127.0.0.1"), 0);
	ck_assert_int_eq(ping("windows", "127.0.0.1"), 0);
	ck_assert(mirror_hangs(&(struct way){"wsl", "", "127.0.0.1", 9999, SOCK_STREAM}));
	ck_assert(!mirror_hangs(&(struct way){"wsl", "", "127.0.0.2", 9999, SOCK_STREAM}));
}
END_TEST

/* A copy of whole, edited: a node's array gets an item's key set. Caller frees. */
static struct model *edited(const char *node, size_t iface, const char *key, const char *value)
{
	auto_json json_t *j = model_to_json(mirror_whole);
	json_t *n = lab_find(json_object_get(j, "nodes"), "name", node);

	json_object_set_new(json_array_get(json_object_get(n, "ifaces"), iface), key,
			    json_string(value));
	return mirror_model(j);
}

/* Both ends of what leads frames to the host itself follow a change of MAC. */
START_TEST(a_change_of_mac)
{
	static const char mac[] = "02:00:00:00:01:77";
	auto_json json_t *j = model_to_json(mirror_whole);
	auto_model *other = NULL;
	json_t *nodes = json_object_get(j, "nodes"), *windows = lab_find(nodes, "name", "windows");
	json_t *eth0 = json_array_get(json_object_get(windows, "ifaces"), 0);

	json_object_set_new(eth0, "mac", json_string(mac));
	eth0 = json_array_get(json_object_get(lab_find(nodes, "name", "wsl"), "ifaces"), 0);
	json_object_set_new(eth0, "mac", json_string(mac));
	json_object_set_new(json_array_get(json_object_get(windows, "neighs"), 1), "mac",
			    json_string(mac));
	other = mirror_model(j);
	mirror_build();
	mirror_change(mirror_whole, other);
	GOES("wsl", "windows", mirror_both[0], 9000, SOCK_STREAM);
	GOES("wsl", "phone", mirror_phone[0], 80, SOCK_STREAM);
	GOES("windows", "phone", mirror_phone[1], 80, SOCK_STREAM);
	mirror_change(other, mirror_whole);
	GOES("wsl", "windows", mirror_both[0], 9000, SOCK_STREAM);
}
END_TEST

/* What is mirrored is made anew, and what mirrors it with it, with the ports it had. */
START_TEST(the_mirrored_is_remade)
{
	auto_json json_t *j = model_to_json(mirror_whole);
	auto_model *other = NULL;
	json_t *windows = lab_find(json_object_get(j, "nodes"), "name", "windows");

	json_object_set_new(json_array_get(json_object_get(windows, "ifaces"), 0), "queues",
			    json_integer(2));
	other = mirror_model(j);
	mirror_build();
	mirror_change(mirror_whole, other);
	GOES("wsl", "phone", mirror_phone[0], 80, SOCK_STREAM);
	GOES("phone", "windows", mirror_both[0], 80, SOCK_STREAM);
	GOES("wsl", "windows", mirror_both[0], 9000, SOCK_STREAM);
	ck_assert(mirror_hangs(&(struct way){"wsl", "", mirror_phone[0], 8777, SOCK_STREAM}));
	mirror_change(other, mirror_whole);
	GOES("wsl", "phone", mirror_phone[1], 80, SOCK_STREAM);
	ck_assert(mirror_hangs(&(struct way){"wsl", "", mirror_phone[0], 8777, SOCK_STREAM}));
}
END_TEST

START_TEST(without_a_loopback_segment)
{
	auto_model *other = edited("wsl", 0, "loopback", "");

	mirror_build();
	mirror_change(mirror_whole, other);
	GOES("wsl", "phone", mirror_phone[0], 80, SOCK_STREAM);
	ck_assert(mirror_hangs(&(struct way){"wsl", "", mirror_both[0], 9000, SOCK_STREAM}));
	mirror_change(other, mirror_whole);
	GOES("wsl", "windows", mirror_both[0], 9000, SOCK_STREAM);
}
END_TEST

START_TEST(the_switch_has_rules)
{
	struct port_range ports[3] = {
		mirror_window[0], {IPPROTO_TCP, 8665, 8666}, mirror_window[1]};

	mirror_build();
	mirror_steer(ports, 3);
	GOES("phone", "wsl", mirror_both[0], 8665, SOCK_STREAM);
	ck_assert(mirror_hangs(&(struct way){"phone", "", mirror_both[0], 8666, SOCK_STREAM}));
	ck_assert(mirror_hangs(&(struct way){"wsl", "", mirror_phone[0], 8777, SOCK_STREAM}));
	mirror_change(mirror_whole, mirror_alone);
	mirror_change(mirror_alone, mirror_whole);
	GOES("phone", "wsl", mirror_both[0], 8665, SOCK_STREAM);
	ck_assert(mirror_hangs(&(struct way){"phone", "", mirror_both[0], 8666, SOCK_STREAM}));
	ck_assert(mirror_hangs(&(struct way){"wsl", "", mirror_phone[0], 8777, SOCK_STREAM}));
}
END_TEST

/* The model whose switch has these rules. Caller frees. */
static struct model *with_rules(const char *rules)
{
	auto_json json_t *j = model_to_json(mirror_whole);

	json_object_set_new(j, "switch_ruleset", json_string(rules));
	return mirror_model(j);
}

/* A learner deletes WSL's interface; a rule that comes afterwards is no failure. */
START_TEST(the_guests_end_is_gone)
{
	auto_model *other = with_rules("table netdev hyperv {\n\tchain out {\n\t\ttype filter hook "
				       "ingress device \"g-eth0\" priority 0;\n\t}\n\tchain in "
				       "{\n\t\ttype filter hook ingress device \"m-eth0\" priority "
				       "0;\n\t}\n}\n");

	mirror_build();
	ck_assert_int_eq(
		lab_run(&mirror_lab, "wsl", (const char *[]){"ip", "link", "del", "eth0", NULL}),
		0);
	lab_wait_settled(&mirror_lab, "windows");
	mirror_change(mirror_whole, other);
	ck_assert_int_eq(system("nft list chain netdev hyperv in >/dev/null"), 0);
	ck_assert_int_ne(system("nft list chain netdev hyperv out >/dev/null 2>&1"), 0);
	mirror_change(other, mirror_whole);
	mirror_change(mirror_whole, mirror_alone);
	ck_assert_int_eq(system("test -z \"$(nft list tables)\""), 0);
}
END_TEST

/* Nothing of a guest that went is left in the hub, where the test itself is. */
START_TEST(nothing_is_left)
{
	static const char filters[] = "for p in $(ip -o link | cut -d' ' -f2 | sed 's/[@:].*//'); "
				      "do tc filter show dev $p "
				      "egress; tc filter show dev $p ingress; done 2>/dev/null";
	auto_free char *command = NULL;
	auto_free char *none = NULL;

	ck_assert_int_gt(asprintf(&command, "test -n \"$(%s)\"", filters), 0);
	ck_assert_int_gt(asprintf(&none, "test -z \"$(%s)\"", filters), 0);
	mirror_build();
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(system("ip link show dev b-eth0 >/dev/null"), 0);
	mirror_change(mirror_whole, mirror_alone);
	ck_assert_int_eq(system(none), 0);
	ck_assert_int_ne(system("ip -o link | grep -q '[bgmu]-eth0'"), 0);
}
END_TEST

/* No table, no guest, no host: nothing to do. */
START_TEST(nobody_to_steer)
{
	auto_json json_t *j = model_to_json(mirror_whole);
	auto_model *other = NULL;

	json_object_set_new(lab_find(json_object_get(j, "nodes"), "name", "windows"), "ruleset",
			    json_string(""));
	other = mirror_model(j);
	mirror_steer(mirror_window, 2);
	mirror_change(NULL, other);
	mirror_steer(mirror_window, 1);
	mirror_steer(mirror_window, 2);
	GOES("wsl", "phone", mirror_phone[0], 80, SOCK_STREAM);
	mirror_change(other, NULL);
	mirror_steer(mirror_window, 2);
}
END_TEST

/* The learner takes the interface away on the host, then the guest goes. */
START_TEST(a_host_without_its_interface)
{
	mirror_build();
	ck_assert_int_eq(lab_run(&mirror_lab, "windows",
				 (const char *[]){"ip", "link", "del", "eth0", NULL}),
			 0);
	mirror_steer(mirror_window, 1);
	mirror_steer(mirror_window, 2);
	mirror_change(mirror_whole, NULL);
}
END_TEST

TCase *build_mirror_case(void)
{
	TCase *c = tcase_create("mirror");

	tcase_add_checked_fixture(c, mirror_setup, mirror_teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, both_reach_out);
	tcase_add_test(c, what_comes_in_goes_by_its_port);
	tcase_add_test(c, the_lan_sees_one_machine);
	tcase_add_test(c, the_host_never_notices);
	tcase_add_test(c, one_loopback);
	tcase_add_test(c, a_change_of_mac);
	tcase_add_test(c, the_mirrored_is_remade);
	tcase_add_test(c, without_a_loopback_segment);
	tcase_add_test(c, the_switch_has_rules);
	tcase_add_test(c, the_guests_end_is_gone);
	tcase_add_test(c, nothing_is_left);
	tcase_add_test(c, nobody_to_steer);
	tcase_add_test(c, a_host_without_its_interface);
	return c;
}
