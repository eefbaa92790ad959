/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WSL's relay of Windows' localhost: what is relayed, what is not, when it goes. */
#include <string.h>

#include "lab/localhost.h"
#include "tests/unit/lab_windows_rig.h"

static struct rig r;
static int win;

static void setup(void)
{
	windows_up(&r);
	win = rig_guest(&r, "windows");
}

static void teardown(void)
{
	fd_closep(&win);
	rig_done(&r);
}

static json_t *sock(const char *proto, const char *state, const char *local, int port)
{
	return json_pack("{s:s, s:s, s:s, s:i}", "proto", proto, "state", state, "local", local,
			 "local_port", port);
}

/* One second in which these sockets (stolen) are WSL's. */
static void second(json_t *sockets)
{
	fake_build_answer(&r.build, "wsl", "listeners", "", sockets);
	localhost_look(&r.lab);
	rig_turn(&r);
}

/* "127.0.0.1:80 ::1:80 ": what the Windows side is told. Caller frees. */
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

static void relays_are(const char *want)
{
	auto_free char *got = relays();

	ck_assert_str_eq(got, want);
}

static const struct {
	const char *proto, *state, *local, *relays;
} matrix[] = {
	{"tcp", "LISTEN", "0.0.0.0", "127.0.0.1:80 "},
	{"tcp", "LISTEN", "127.0.0.1", "127.0.0.1:80 "},
	{"tcp", "LISTEN", "::", "::1:80 "},
	{"tcp", "LISTEN", "::1", "::1:80 "},
	{"tcp", "LISTEN", "127.0.0.2", ""},
	{"tcp", "LISTEN", "172.27.43.151", ""},
	{"tcp", "LISTEN", "10.255.255.254", ""},
	{"tcp", "ESTABLISHED", "127.0.0.1", ""},
	{"udp", "UNCONN", "0.0.0.0", ""},
};

START_TEST(what_is_relayed)
{
	second(json_pack("[o]", sock(matrix[_i].proto, matrix[_i].state, matrix[_i].local, 80)));
	relays_are(matrix[_i].relays);
}
END_TEST

START_TEST(one_a_port_and_family)
{
	size_t before = fake_peer_asked(&r.serve, "start");

	for (int i = 0; i < 3; i++)
		second(json_pack("[o, o, o]", sock("tcp", "LISTEN", "0.0.0.0", 80),
				 sock("tcp", "LISTEN", "127.0.0.1", 80),
				 sock("tcp", "LISTEN", "::1", 80)));
	relays_are("127.0.0.1:80 ::1:80 ");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "start"), before + 2);
	second(json_pack("[o, o]", sock("tcp", "LISTEN", "127.0.0.1", 80),
			 sock("tcp", "LISTEN", "::1", 80)));
	relays_are("127.0.0.1:80 ::1:80 ");
	second(json_pack("[o]", sock("tcp", "LISTEN", "::1", 80)));
	relays_are("::1:80 ");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "stop"), 1);
	second(json_array());
	relays_are("");
}
END_TEST

START_TEST(relayed_to_wsls_own_loopback)
{
	json_t *start, *service;
	auto_json json_t *request = json_pack("{s:i, s:s, s:s, s:s}", "id", 7, "do", "socket",
					      "service", "wslrelay6-80", "address", "::1");

	second(json_pack("[o]", sock("tcp", "LISTEN", "::", 80)));
	start = json_array_get(r.serve.asked, json_array_size(r.serve.asked) - 1);
	service = json_object_get(start, "service");
	ck_assert_str_eq(json_str(service, "node", ""), "windows");
	ck_assert_str_eq(
		json_str(json_object_get(json_object_get(service, "config"), "to"), "address", ""),
		"::1");
	msg_send(r.serve.ours, request, NULL, 0, NULL);
	rig_turn(&r);
	ck_assert_str_eq(r.build.last_socket, "wsl tcp :::0");
}
END_TEST

/* Somebody on Windows has the port: theirs, until they let go. */
START_TEST(a_port_taken_on_windows)
{
	if (_i)
		r.build.fail_socket = "windows tcp 127.0.0.1:80";
	else
		fake_build_answer(&r.build, "windows", "listeners", "",
				  json_pack("[o]", sock("tcp", "LISTEN", "127.0.0.1", 80)));
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	relays_are("");
	r.build.fail_socket = NULL;
	fake_build_answer(&r.build, "windows", "listeners", "", json_array());
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	relays_are("127.0.0.1:80 ");
}
END_TEST

static json_t *with_portproxy(const char *address)
{
	json_t *j = windows_running();

	json_array_append_new(
		json_object_get(j, "services"),
		json_pack("{s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:i}], s:{s:{s:s, s:i}}}", "name",
			  "portproxy", "node", "windows", "kind", "relay", "optional", 1, "listens",
			  "proto", "tcp", "address", address, "port", 80, "config", "to", "address",
			  "172.27.43.151", "port", 80));
	return j;
}

/* A port proxy on the same address goes before; one on every address lives beside it. */
START_TEST(beside_a_portproxy)
{
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	windows_answer(&r, "a", json_object(), with_portproxy(_i ? "0.0.0.0" : "127.0.0.1"));
	json_decref(windows_do(&r, win, "a"));
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	relays_are(_i ? "127.0.0.1:80 " : "");
}
END_TEST

START_TEST(gone_with_wsl_and_back)
{
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	json_decref(windows_do(&r, win, "wsl.shutdown"));
	relays_are("");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "stop"), 1);
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	relays_are("");
	json_decref(windows_do(&r, win, "wsl.start"));
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	relays_are("127.0.0.1:80 ");
}
END_TEST

START_TEST(switched_off)
{
	json_t *to = windows_running();

	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	if (_i)
		windows_wsl_set(to, "networkingMode", json_string("none"));
	else
		windows_wsl_set(to, "localhostForwarding", json_false());
	windows_answer(&r, "a", json_object(), to);
	json_decref(windows_do(&r, win, "a"));
	relays_are("");
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	relays_are("");
}
END_TEST

/* It goes while serve has not yet answered its start: stopped when it has, and never told of. */
START_TEST(gone_before_it_came)
{
	r.serve_deaf = true;
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	second(json_array());
	r.serve_deaf = false;
	rig_turn(&r);
	relays_are("");
	ck_assert_uint_eq(fake_peer_asked(&r.serve, "stop"), 1);
	second(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 80)));
	relays_are("127.0.0.1:80 ");
}
END_TEST

START_TEST(the_lab_ends_with_one_coming)
{
	r.serve_deaf = true;
	second(json_pack("[o, o]", sock("tcp", "LISTEN", "0.0.0.0", 80),
			 sock("tcp", "LISTEN", "::", 80)));
}
END_TEST

TCase *lab_localhost_case(void)
{
	TCase *t = tcase_create("localhost");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, what_is_relayed, 0, ARRAY_SIZE(matrix));
	tcase_add_test(t, one_a_port_and_family);
	tcase_add_test(t, relayed_to_wsls_own_loopback);
	tcase_add_loop_test(t, a_port_taken_on_windows, 0, 2);
	tcase_add_loop_test(t, beside_a_portproxy, 0, 2);
	tcase_add_test(t, gone_with_wsl_and_back);
	tcase_add_loop_test(t, switched_off, 0, 2);
	tcase_add_test(t, gone_before_it_came);
	tcase_add_test(t, the_lab_ends_with_one_coming);
	return t;
}
