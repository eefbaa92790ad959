/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports of two nodes' one port space are the guest's: what is steered comes to it, and nothing else, however many. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mirror_rig.h"

/* Datagram by datagram, each answered before the next; 0 when none was lost. */
static int talk(int server, int client)
{
	for (int i = 0; i < 400; i++)
		if (!mirror_udp_goes(server, client))
			return 1;
	return 0;
}

/* A port that stays the guest's while those beside it come and go, and masks with them, loses nothing. */
START_TEST(steering_disturbs_nobody)
{
	const struct port_range few[] = {mirror_window[0], {IPPROTO_UDP, 5003, 5003}};
	const struct port_range many[] = {mirror_window[0], {IPPROTO_UDP, 4990, 5030}};
	struct sockaddr_storage to;
	socklen_t len = mirror_fill(&to, mirror_both[0], 5003);
	int server, client, status = 0;
	pid_t talker;

	mirror_build();
	mirror_steer(few, 2);
	server = mirror_open("wsl", SOCK_DGRAM, "0.0.0.0", 5003);
	client = mirror_open("phone", SOCK_DGRAM, "", 0);
	ck_assert_int_eq(connect(client, (void *)&to, len), 0);
	talker = fork();
	if (talker == 0)
		_exit(talk(server, client));
	for (int i = 0; waitpid(talker, &status, WNOHANG) == 0; i++)
		mirror_steer(i % 2 ? few : many, 2);
	ck_assert_int_eq(status, 0);
	close(server), close(client);
}
END_TEST

/* What of `nft list ruleset` is between "elements = {" and "}". */
static void elements(char *ret, size_t size)
{
	auto_json json_t *j = lab_read(&mirror_lab, "windows", READ_RULESET, "");
	const char *text = json_str(j, "text", ""), *at = strstr(text, "elements = {");

	snprintf(ret, size, "%.*s", at ? (int)strcspn(at + 12, "}") : 0, at ? at + 12 : "");
}

static bool listed(const char *what)
{
	char text[4096];

	elements(text, sizeof(text));
	return strstr(text, what) != NULL;
}

START_TEST(the_set_follows)
{
	struct port_range ports[4] = {mirror_window[0],
				      {IPPROTO_TCP, 41000, 41000},
				      {IPPROTO_UDP, 5000, 5006},
				      {IPPROTO_UDP, 5004, 5004}};
	auto_json json_t *j = model_to_json(mirror_whole);
	auto_model *other = NULL;
	json_t *windows = lab_find(json_object_get(j, "nodes"), "name", "windows");
	auto_json json_t *text = json_sprintf("%s# once more\n", json_str(windows, "ruleset", ""));

	json_object_set(windows, "ruleset", text);
	other = mirror_model(j);
	mirror_build();
	mirror_steer(ports, 4);
	ck_assert(listed("tcp . 40960-45055"));
	ck_assert(!listed("41000"));
	ck_assert(listed("udp . 5000-5006"));
	mirror_change(mirror_whole, other);
	ck_assert(listed("tcp . 40960-45055"));
	mirror_steer(ports + 1, 1);
	ck_assert(listed("tcp . 41000"));
	ck_assert(!listed("40960"));
	ck_assert(!listed("5000"));
	mirror_steer(NULL, 0);
	ck_assert(!listed("."));
}
END_TEST

enum { MANY = 1500 };

/* Every second port from first on: no two of them are one range, nor one mask. */
static void every_second(struct port_range *ret, size_t n, uint16_t first)
{
	for (size_t i = 0; i < n; i++) {
		uint16_t port = (uint16_t)(first + 2 * i);

		ret[i] = (struct port_range){IPPROTO_UDP, port, port};
	}
}

/* More than one message to nftables holds: all come, and all go. */
START_TEST(many_ports_come_and_go)
{
	struct port_range ports[MANY + 1];

	mirror_build();
	every_second(ports, MANY, 20000);
	ports[MANY] = (struct port_range){IPPROTO_TCP, 8123, 8123};
	mirror_steer(ports, MANY + 1);
	GOES("windows", "wsl", "127.0.0.1", 20000, SOCK_DGRAM);
	GOES("windows", "wsl", "127.0.0.1", 20000 + 2 * (MANY - 1), SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20001, SOCK_DGRAM);
	if (_i)
		mirror_steer(mirror_window, 2);
	else
		mirror_steer(NULL, 0);
	GOES("windows", "windows", "127.0.0.1", 20000, SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20000 + 2 * (MANY - 1), SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 8123, SOCK_STREAM);
}
END_TEST

/* Old and new ones together are more than a table numbers. */
START_TEST(others_take_the_place_of_many)
{
	struct port_range ports[MANY];

	mirror_build();
	every_second(ports, MANY, 20000);
	mirror_steer(ports, MANY);
	every_second(ports, MANY, 30001);
	mirror_steer(ports, MANY);
	GOES("phone", "wsl", mirror_both[0], 30001, SOCK_DGRAM);
	GOES("phone", "wsl", mirror_both[1], 30001 + 2 * (MANY - 1), SOCK_DGRAM);
	GOES("phone", "windows", mirror_both[0], 20000, SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20000, SOCK_DGRAM);
}
END_TEST

/* Said, and what is not the guest's any more is with the host nevertheless. */
START_TEST(more_than_can_be_steered)
{
	struct port_range ports[MANY * 2];
	struct steering s = {"wsl", "windows", ports, MANY * 2};
	struct err err = {0};

	mirror_build();
	mirror_steer(&(struct port_range){IPPROTO_TCP, 8000, 8000}, 1);
	every_second(ports, MANY * 2, 20000);
	ck_assert_int_eq(mirror_lab.port.steer(mirror_lab.port.ctx, &s, &err), -ENOSPC);
	ck_assert_str_eq(err.msg, "Too many ports to steer");
	GOES("phone", "windows", mirror_both[0], 8000, SOCK_STREAM);
	GOES("windows", "windows", "127.0.0.1", 8000, SOCK_STREAM);
	mirror_steer(mirror_window, 2);
	GOES("phone", "windows", mirror_both[0], 20000, SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20000, SOCK_DGRAM);
}
END_TEST

TCase *build_steer_case(void)
{
	TCase *c = tcase_create("steer");

	tcase_add_checked_fixture(c, mirror_setup, mirror_teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, the_set_follows);
	tcase_add_loop_test(c, many_ports_come_and_go, 0, 2);
	tcase_add_test(c, others_take_the_place_of_many);
	tcase_add_test(c, more_than_can_be_steered);
	tcase_add_test(c, steering_disturbs_nobody);
	return c;
}
