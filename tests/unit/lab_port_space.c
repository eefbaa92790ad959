/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port space in a running lab: what is asked, answered and steered, whose services have to wait. */
#include <errno.h>
#include <string.h>

#include "lab/localhost.h"
#include "lab/node.h"
#include "lab/port_space.h"
#include "lab/service.h"
#include "tests/unit/lab_windows_rig.h"

#define WINDOW "wsl windows tcp 40960-45055 udp 40960-45055"

static struct rig r;
static int win;
static unsigned n_asked;

static json_t *space(const char *publish)
{
	return json_pack("{s:s, s:[i, i], s:[{s:s, s:i}], s:s}", "with", "windows", "window", 40960,
			 45055, "never", "proto", "tcp", "port", 5357, "publish", publish);
}

static json_t *sharing(const char *publish)
{
	json_t *j = windows_running();

	json_object_set_new(rig_node(j, "wsl"), "port_space", space(publish));
	windows_wsl_set(j, "networkingMode", json_string("mirrored"));
	return j;
}

static json_t *sock(const char *proto, const char *local, int port)
{
	return json_pack("{s:s, s:s, s:s, s:i}", "proto", proto, "state",
			 strcmp(proto, "tcp") ? "UNCONN" : "LISTEN", "local", local, "local_port",
			 port);
}

/* The sockets of a node; stolen. */
static void has(const char *node, json_t *sockets)
{
	json_t *open = json_array(), *s;
	size_t i;

	json_array_foreach (sockets, i, s)
		if (strcmp(json_str(s, "state", ""), "ESTAB") != 0)
			json_array_append(open, s);
	fake_build_answer(&r.build, node, "open", "", open);
	fake_build_answer(&r.build, node, "sockets", "", sockets);
}

static void lab_up(const char *publish)
{
	json_t *answer;

	rig_init(&r);
	windows_script(&r);
	fake_peer_answer(&r.script, "model", json_pack("{s:o}", "model", sharing(publish)));
	windows_answer(&r, "wsl.start", json_pack("{s:b}", "started", 1), sharing(publish));
	has("wsl", json_array());
	has("windows", json_array());
	windows_open(&r);
	answer = rig_boot(&r, json_pack("{s:b}", "healthy", 1));
	ck_assert_msg(r.lab.phase == LAB_READY, "%s", rig_error(answer));
	json_decref(answer);
	win = rig_guest(&r, "windows");
}

static void setup(void)
{
	lab_up("steer");
}

static void teardown(void)
{
	fd_closep(&win);
	rig_done(&r);
}

/* A program of that generation of the node binds; the answer. */
static int binds_in(unsigned gen, const char *node, const char *proto, const char *address,
		    int port)
{
	char key[64];

	fake_watch_push(&r.watch,
			json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:i}", "kind", "lab", "what",
				  "bind", "node", node, "gen", (int)gen, "n", (int)++n_asked,
				  "proto", proto, "address", address, "port", port));
	rig_turn(&r);
	snprintf(key, sizeof(key), "%s %u %u", node, gen, n_asked);
	return (int)json_int(r.watch.answers, key, -1);
}

static int binds(const char *node, const char *proto, const char *address, int port)
{
	const struct lab_node *n = node_find(&r.lab, node);

	ck_assert_ptr_nonnull(n);
	return binds_in(n->generation, node, proto, address, port);
}

START_TEST(asked_answered_steered)
{
	ck_assert_str_eq(r.build.steered, WINDOW);
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 8000), 0);
	ck_assert_str_eq(r.build.steered, WINDOW " tcp 8000");
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 5357), 0);
	ck_assert_str_eq(r.build.steered, WINDOW " tcp 8000");
	ck_assert_int_eq(binds("windows", "tcp", "127.0.0.1", 8000), EADDRINUSE);
	ck_assert_int_eq(binds("windows", "udp", "127.0.0.1", 8000), 0);
	ck_assert_int_eq(binds("windows", "udp", "0.0.0.0", 41000), EADDRINUSE);
	has("windows", json_pack("[o]", sock("tcp", "0.0.0.0", 9000)));
	ck_assert_int_eq(binds("wsl", "tcp", "127.0.0.1", 9000), EADDRINUSE);
	ck_assert_int_eq(binds("wsl", "tcp", "127.0.0.2", 9000), 0);
	fake_build_answer(&r.build, "windows", "sysctl", "net.ipv4.ip_local_reserved_ports",
			  json_pack("{s:s}", "value", "9100-9199\n"));
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 9150), EADDRINUSE);
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 9200), 0);
	ck_assert_uint_eq(rig_logged(&r, "lab", "bind"), 0);
}
END_TEST

/* Steered once a change, not once a bind. */
START_TEST(steered_when_something_changed)
{
	int before = r.build.steers;

	binds("wsl", "tcp", "0.0.0.0", 8000);
	binds("wsl", "tcp", "::", 8000);
	binds("wsl", "tcp", "0.0.0.0", 53);
	binds("windows", "tcp", "0.0.0.0", 8000);
	ck_assert_int_eq(r.build.steers, before + 1);
	has("wsl", json_pack("[o]", sock("tcp", "0.0.0.0", 8000)));
	port_space_look(&r.lab);
	ck_assert_int_eq(r.build.steers, before + 1);
	has("wsl", json_array());
	port_space_look(&r.lab);
	ck_assert_int_eq(r.build.steers, before + 2);
	ck_assert_str_eq(r.build.steered, WINDOW);
}
END_TEST

static unsigned reads(const char *what)
{
	return (unsigned)json_int(r.build.reads, what, 0);
}

/* However many sockets a look finds, the host is read once. */
START_TEST(one_look_reads_the_host_once)
{
	json_t *all = json_array();
	unsigned sockets = reads("windows sockets"), steers = (unsigned)r.build.steers;

	for (int i = 0; i < 12000; i++)
		json_array_append_new(all, sock("udp", "0.0.0.0", 10000 + i));
	has("wsl", all);
	port_space_look(&r.lab);
	ck_assert_uint_eq(reads("windows sockets"), sockets + 1);
	ck_assert_uint_eq((unsigned)r.build.steers, steers + 1);
	has("windows", json_pack("[o]", sock("udp", "0.0.0.0", 10256)));
	port_space_look(&r.lab);
	ck_assert_uint_eq(reads("windows sockets"), sockets + 2);
	ck_assert_int_eq(binds("windows", "udp", "0.0.0.0", 10256), 0);
	ck_assert_int_eq(binds("windows", "udp", "0.0.0.0", 10257), EADDRINUSE);
}
END_TEST

/* Connections are walked only while a TCP port that is held has no listener. */
START_TEST(what_a_look_reads)
{
	unsigned before = reads("wsl sockets");

	binds("wsl", "udp", "0.0.0.0", 8000);
	port_space_look(&r.lab);
	binds("wsl", "tcp", "0.0.0.0", 8000);
	has("wsl", json_pack("[o]", sock("tcp", "0.0.0.0", 8000)));
	port_space_look(&r.lab);
	ck_assert_uint_eq(reads("wsl sockets"), before);
	has("wsl", json_pack("[{s:s, s:s, s:s, s:i}]", "proto", "tcp", "state", "ESTAB", "local",
			     "192.168.1.20", "local_port", 8000));
	port_space_look(&r.lab);
	ck_assert_uint_eq(reads("wsl sockets"), before + 1);
	ck_assert_int_eq(binds("windows", "tcp", "0.0.0.0", 8000), EADDRINUSE);
	has("wsl", json_array());
	port_space_look(&r.lab);
	port_space_look(&r.lab);
	ck_assert_uint_eq(reads("wsl sockets"), before + 2);
	ck_assert_int_eq(binds("windows", "tcp", "0.0.0.0", 8000), 0);
}
END_TEST

START_TEST(other_nodes_are_their_own)
{
	ck_assert_int_eq(binds("phone", "tcp", "0.0.0.0", 41000), 0);
	ck_assert_int_eq(binds("phone", "tcp", "0.0.0.0", 8000), 0);
	ck_assert_str_eq(r.build.steered, WINDOW);
}
END_TEST

/* What WSL had is free with it, and nothing is steered where nobody is. */
START_TEST(gone_with_wsl_and_back)
{
	binds("wsl", "tcp", "0.0.0.0", 8000);
	json_decref(windows_do(&r, win, "wsl.shutdown"));
	ck_assert_str_eq(r.build.steered, "wsl windows");
	ck_assert_int_eq(binds("windows", "tcp", "0.0.0.0", 8000), 0);
	ck_assert_int_eq(binds("windows", "tcp", "0.0.0.0", 41000), 0);
	json_decref(windows_do(&r, win, "wsl.start"));
	ck_assert_str_eq(r.build.steered, WINDOW);
	ck_assert_int_eq(binds("windows", "tcp", "0.0.0.0", 41000), EADDRINUSE);
}
END_TEST

/* What a program of WSL's before asked comes late: it is answered, by its own number, and has no port of this one's. */
START_TEST(a_generation_before)
{
	json_decref(windows_do(&r, win, "wsl.shutdown"));
	json_decref(windows_do(&r, win, "wsl.start"));
	ck_assert_int_eq(binds_in(1, "wsl", "tcp", "0.0.0.0", 8000), 0);
	ck_assert_str_eq(r.build.steered, WINDOW);
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 8001), 0);
	ck_assert_str_eq(r.build.steered, WINDOW " tcp 8001");
}
END_TEST

/* A change may have made its interfaces anew: the same is steered again. */
START_TEST(steered_after_each_change)
{
	int before = r.build.steers;

	binds("wsl", "udp", "0.0.0.0", 8000);
	windows_answer(&r, "a", json_object(), sharing("steer"));
	json_decref(windows_do(&r, win, "a"));
	ck_assert_int_eq(r.build.steers, before + 2);
	ck_assert_str_eq(r.build.steered, WINDOW " udp 8000");
}
END_TEST

/* The way back made some of them anew as well. */
START_TEST(steered_after_a_way_back)
{
	auto_json json_t *answer = NULL;
	json_t *to = sharing("steer");
	int before = r.build.steers;

	json_object_set_new(json_array_get(json_object_get(rig_node(to, "wsl"), "ifaces"), 0),
			    "mtu", json_integer(1400));
	windows_answer(&r, "a", json_object(), to);
	r.build.fail_at = r.build.calls;
	answer = windows_do(&r, win, "a");
	r.build.fail_at = FAKE_NEVER;
	ck_assert_str_ne(rig_error(answer), "");
	ck_assert_int_eq(r.build.steers, before + 1);
	ck_assert_str_eq(r.build.steered, WINDOW);
}
END_TEST

START_TEST(a_failure_is_said_once)
{
	r.build.fail_steer = true;
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 8000), 0);
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 8001), 0);
	ck_assert_uint_eq(rig_logged(&r, "lab", "steer-failed"), 1);
	r.build.fail_steer = false;
	port_space_look(&r.lab); /* tried again, though nothing changed */
	ck_assert_str_eq(r.build.steered, WINDOW " tcp 8000 tcp 8001");
}
END_TEST

static json_t *with_service(const char *node, int port, bool optional)
{
	json_t *j = sharing("steer");

	json_array_append_new(json_object_get(j, "services"),
			      json_pack("{s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:i}]}", "name",
					"later", "node", node, "kind", "echo", "optional", optional,
					"listens", "proto", "tcp", "address", "0.0.0.0", "port",
					port));
	return j;
}

static bool waits(void)
{
	auto_json json_t *names = service_waiting(&r.lab);

	return json_array_size(names) == 1;
}

/* A service on Windows has to wait for a port that WSL has, and gets it when it is free. */
START_TEST(a_service_waits)
{
	binds("wsl", "tcp", "0.0.0.0", 8000);
	has("wsl", json_pack("[o]", sock("tcp", "0.0.0.0", 8000)));
	port_space_look(&r.lab);
	windows_answer(&r, "a", json_object(), with_service("windows", 8000, true));
	json_decref(windows_do(&r, win, "a"));
	ck_assert(waits());
	port_space_look(&r.lab);
	ck_assert(waits());
	has("wsl", json_array());
	port_space_look(&r.lab);
	rig_turn(&r);
	ck_assert(!waits());
	ck_assert_str_eq(r.build.last_socket, "windows tcp 0.0.0.0:8000");
}
END_TEST

START_TEST(a_service_in_wsl_has_its_port)
{
	windows_answer(&r, "a", json_object(), with_service("wsl", 8000, false));
	json_decref(windows_do(&r, win, "a"));
	ck_assert(!waits());
	ck_assert_int_eq(binds("windows", "tcp", "0.0.0.0", 8000), EADDRINUSE);
	ck_assert_str_eq(r.build.steered, WINDOW " tcp 8000");
}
END_TEST

/* A program on Windows took it while WSL was down: WSL starts, and its service has to wait. */
START_TEST(a_service_in_wsl_waits)
{
	auto_json json_t *started = NULL;

	json_decref(windows_do(&r, win, "wsl.shutdown"));
	has("windows", json_pack("[o]", sock("tcp", "127.0.0.1", 8000)));
	windows_answer(&r, "wsl.start", json_pack("{s:b}", "started", 1),
		       with_service("wsl", 8000, false));
	started = windows_do(&r, win, "wsl.start");
	ck_assert_str_eq(rig_error(started), "");
	ck_assert(waits());
	has("windows", json_array());
	windows_answer(&r, "a", json_object(), with_service("wsl", 8000, false));
	json_decref(windows_do(&r, win, "a"));
	ck_assert(!waits());
	ck_assert_str_eq(r.build.last_socket, "wsl tcp 0.0.0.0:8000");
}
END_TEST

/* One that shares nothing: no question is asked of anybody. */
START_TEST(none_in_nat_mode)
{
	teardown();
	windows_up(&r);
	win = rig_guest(&r, "windows");
	ck_assert_int_eq(binds("windows", "tcp", "0.0.0.0", 41000), 0);
	ck_assert_int_eq(binds("wsl", "tcp", "0.0.0.0", 41000), 0);
	ck_assert_int_eq(r.build.steers, 0);
}
END_TEST

static char *relays(void)
{
	auto_json json_t *model = rig_ask(&r, win, json_pack("{s:s}", "do", "windows.model"));
	char text[256] = "";
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(model, "relays"), i, one)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s:%d ",
			 json_str(one, "address", ""), (int)json_int(one, "port", 0));
	return strdup(text);
}

static const struct {
	const char *local, *relays, *to;
} published[] = {
	{"0.0.0.0", "0.0.0.0:8000 ", "127.0.0.1"},
	{"::", ":::8000 ", "::1"},
	{"192.168.1.20", "0.0.0.0:8000 ", "192.168.1.20"},
	{"127.0.0.1", "127.0.0.1:8000 ", "127.0.0.1"},
	{"127.0.0.2", "", NULL},
};

/* Published by relays (and steered, for WSL's own loopback); they don't stand in the way of who they are for. */
START_TEST(published_by_relays)
{
	auto_free char *got = NULL;
	const json_t *start;

	teardown();
	lab_up("relay");
	ck_assert_int_eq(binds("wsl", "tcp", published[_i].local, 8000), 0);
	has("wsl", json_pack("[o]", sock("tcp", published[_i].local, 8000)));
	fake_build_answer(&r.build, "wsl", "listeners", "",
			  json_pack("[o]", sock("tcp", published[_i].local, 8000)));
	localhost_look(&r.lab);
	rig_turn(&r);
	got = relays();
	ck_assert_str_eq(got, published[_i].relays);
	ck_assert_str_eq(r.build.steered,
			 strcmp(published[_i].local, "127.0.0.2") ? WINDOW " tcp 8000" : WINDOW);
	if (!published[_i].to)
		return;
	start = json_array_get(r.serve.asked, json_array_size(r.serve.asked) - 1);
	ck_assert_str_eq(json_str(json_object_get(json_object_get(json_object_get(start, "service"),
								  "config"),
						  "to"),
				  "address", ""),
			 published[_i].to);
	has("windows", json_pack("[o]", sock("tcp", "0.0.0.0", 8000)));
	has("wsl", json_array());
	port_space_look(&r.lab);
	ck_assert_int_eq(binds("wsl", "tcp", published[_i].local, 8000), 0);
}
END_TEST

static void rebinds(const char *address, const char *want)
{
	auto_free char *got = NULL;

	fake_build_answer(&r.build, "wsl", "listeners", "",
			  json_pack("[o]", sock("tcp", address, 8000)));
	localhost_look(&r.lab);
	rig_turn(&r);
	got = relays();
	ck_assert_str_eq(got, want);
}

/* Within a second, so that no look finds the port free in between. */
START_TEST(published_anew)
{
	size_t stops;

	teardown();
	lab_up("relay");
	rebinds("127.0.0.1", "127.0.0.1:8000 ");
	stops = fake_peer_asked(&r.serve, "stop");
	rebinds("0.0.0.0", "0.0.0.0:8000 ");
	rebinds("0.0.0.0", "0.0.0.0:8000 ");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "stop"), stops + 1);
	rebinds("192.168.1.20", "0.0.0.0:8000 ");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "stop"), stops + 2);
	rebinds("127.0.0.1", "127.0.0.1:8000 ");
}
END_TEST

/* While the first has not been answered for yet, whose name the second has too. */
START_TEST(published_anew_at_once)
{
	teardown();
	lab_up("relay");
	r.serve_deaf = true;
	fake_build_answer(&r.build, "wsl", "listeners", "",
			  json_pack("[o]", sock("tcp", "127.0.0.1", 8000)));
	localhost_look(&r.lab);
	rig_turn(&r);
	fake_build_answer(&r.build, "wsl", "listeners", "",
			  json_pack("[o]", sock("tcp", "0.0.0.0", 8000)));
	localhost_look(&r.lab);
	r.serve_deaf = false;
	rig_turn(&r);
	rebinds("0.0.0.0", "0.0.0.0:8000 ");
}
END_TEST

TCase *lab_port_space_case(void)
{
	TCase *t = tcase_create("port_space");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, asked_answered_steered);
	tcase_add_test(t, steered_when_something_changed);
	tcase_add_test(t, one_look_reads_the_host_once);
	tcase_add_test(t, what_a_look_reads);
	tcase_add_test(t, other_nodes_are_their_own);
	tcase_add_test(t, gone_with_wsl_and_back);
	tcase_add_test(t, a_generation_before);
	tcase_add_test(t, steered_after_each_change);
	tcase_add_test(t, steered_after_a_way_back);
	tcase_add_test(t, a_failure_is_said_once);
	tcase_add_test(t, a_service_waits);
	tcase_add_test(t, a_service_in_wsl_has_its_port);
	tcase_add_test(t, a_service_in_wsl_waits);
	tcase_add_test(t, none_in_nat_mode);
	tcase_add_test(t, published_anew);
	tcase_add_test(t, published_anew_at_once);
	tcase_add_loop_test(t, published_by_relays, 0, ARRAY_SIZE(published));
	return t;
}
