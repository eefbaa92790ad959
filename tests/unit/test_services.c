/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-serve as a whole program: its conversation, echo, relay, limits. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "serve_rig.h"

const char *rig_program;

static void expect_error(json_t *answer, const char *part)
{
	const char *text = json_str(json_object_get(answer, "error"), "message", "");

	ck_assert_msg(strstr(text, part) != NULL, "'%s' does not say '%s'", text, part);
	json_decref(answer);
}

START_TEST(wrong_requests_are_told)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	expect_error(rig_call(&r, json_pack("{s:s}", "do", "dance"), NULL, 0), "Unknown request");
	expect_error(rig_try(&r, "gopher", "x", "{}", RIG_TCP, &port), "No service kind 'gopher'");
	expect_error(rig_try(&r, "relay", "x", "{}", RIG_TCP, &port), "to.address");
	expect_error(rig_call(&r, json_pack("{s:s, s:s}", "do", "stop", "name", "x"), NULL, 0),
		     "No service 'x'");
	expect_error(rig_call(&r,
			      json_pack("{s:s, s:{s:s, s:s, s:[{s:s, s:s, s:i}]}}", "do", "start",
					"service", "name", "x", "kind", "echo", "listens", "proto",
					"tcp", "address", "127.0.0.1", "port", 7),
			      NULL, 0),
		     "without a descriptor");
	rig_start(&r, "echo", "x", "{}", RIG_TCP);
	expect_error(rig_try(&r, "echo", "x", "{}", RIG_TCP, &port), "taken");
	rig_down(&r);
}
END_TEST

struct sending {
	int fd;
	const char *data;
	size_t len;
};

static void *send_all(void *arg)
{
	struct sending *s = arg;

	rig_send(s->fd, s->data, s->len);
	shutdown(s->fd, SHUT_WR);
	return NULL;
}

/* More than all socket buffers together, ended by half-closing: what comes back must be the same.
 */
static void expect_echo(int fd, size_t len)
{
	char *data = malloc(len), *back = malloc(len + 1);
	struct sending s = {.fd = fd, .data = data, .len = len};
	pthread_t t;

	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 31 + i / 251);
	ck_assert_int_eq(pthread_create(&t, NULL, send_all, &s), 0);
	ck_assert_uint_eq(rig_read(fd, back, len + 1), len);
	ck_assert_int_eq(memcmp(data, back, len), 0);
	pthread_join(t, NULL);
	free(data);
	free(back);
	close(fd);
}

START_TEST(echo_gives_all_back)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = rig_start(&r, "echo", "echo", "{}", RIG_UDP | RIG_TCP);
	expect_echo(rig_connect(port), 8 * 1024 * 1024);
	expect_echo(rig_connect(port), 0);
	rig_down(&r);
}
END_TEST

START_TEST(echo_answers_datagrams)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	struct timeval tv = {.tv_sec = 5};
	struct rig r;
	char buf[16];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	rig_up(&r);
	sa.sin_port = htons(rig_start(&r, "echo", "echo", "{}", RIG_UDP));
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	rig_send(fd, "hello", 5);
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), 0), 5);
	ck_assert_int_eq(memcmp(buf, "hello", 5), 0);
	close(fd);
	rig_down(&r);
}
END_TEST

static uint16_t start_relay(struct rig *r, uint16_t to)
{
	char config[96];

	snprintf(config, sizeof(config), "{\"to\":{\"address\":\"127.0.0.1\",\"port\":%u}}", to);
	return rig_start(r, "relay", "relay", config, RIG_TCP);
}

START_TEST(relay_passes_both_ways)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = start_relay(&r, rig_start(&r, "echo", "echo", "{}", RIG_TCP));
	expect_echo(rig_connect(port), 8 * 1024 * 1024);
	rig_down(&r);
}
END_TEST

/* v4tov4, v4tov6, v6tov4, v6tov6, as netsh calls them. */
START_TEST(relay_between_families)
{
	bool from6 = _i & 2, to6 = _i & 1;
	char config[96];
	struct rig r;
	uint16_t port;

	if (_i && !rig_has_v6()) {
		printf("SKIP: this machine has no ::1\n");
		return;
	}
	rig_up(&r);
	port = rig_start(&r, "echo", "echo", "{}", to6 ? RIG_TCP | RIG_V6 : RIG_TCP);
	snprintf(config, sizeof(config), "{\"to\":{\"address\":\"%s\",\"port\":%u}}",
		 to6 ? "::1" : "127.0.0.1", port);
	port = rig_start(&r, "relay", "relay", config, from6 ? RIG_TCP | RIG_V6 : RIG_TCP);
	expect_echo(from6 ? rig_connect6(port) : rig_connect(port), 100000);
	rig_down(&r);
}
END_TEST

START_TEST(relay_resets_when_target_refuses)
{
	struct rig r;
	uint16_t nobody, port;
	int fd;
	char c;

	close(rig_bind(SOCK_STREAM, &nobody));
	rig_up(&r);
	port = start_relay(&r, nobody);
	fd = rig_connect(port);
	ck_assert_int_eq(recv(fd, &c, 1, 0), -1);
	ck_assert_int_eq(errno, ECONNRESET);
	close(fd);
	rig_down(&r);
}
END_TEST

START_TEST(relay_target_changes_live)
{
	char config[96];
	struct rig r;
	uint16_t nobody, port, echo;

	close(rig_bind(SOCK_STREAM, &nobody));
	rig_up(&r);
	echo = rig_start(&r, "echo", "echo", "{}", RIG_TCP);
	port = start_relay(&r, nobody);
	snprintf(config, sizeof(config), "{\"to\":{\"address\":\"127.0.0.1\",\"port\":%u}}", echo);
	rig_set(&r, "relay", config);
	expect_echo(rig_connect(port), 1000);
	rig_down(&r);
}
END_TEST

/* 96 connections of one service stand; the next is reset, other services still serve, and room
 * comes back. */
START_TEST(flood_of_one_service_is_bounded)
{
	struct rig r;
	uint16_t flooded, other;
	int fds[110];
	size_t open = 0;
	char c;

	rig_up(&r);
	flooded = rig_start(&r, "echo", "a", "{}", RIG_TCP);
	other = rig_start(&r, "echo", "b", "{}", RIG_TCP);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = rig_connect(flooded);
		/* One too many may be reset before connect() returns. */
		ck_assert(fds[i] >= 0 || i >= 96);
		if (fds[i] >= 0 && send(fds[i], "x", 1, MSG_NOSIGNAL) == 1 &&
		    recv(fds[i], &c, 1, 0) == 1)
			open++;
	}
	ck_assert_uint_eq(open, 96);
	expect_echo(rig_connect(other), 1000);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (fds[i] < 0)
			continue;
		shutdown(fds[i], SHUT_WR);
		rig_read(fds[i], &c, 1);
		close(fds[i]);
	}
	expect_echo(rig_connect(flooded), 1000);
	rig_down(&r);
}
END_TEST

START_TEST(stop_closes_sockets)
{
	struct rig r;
	uint16_t port;
	int fd;
	char c;

	rig_up(&r);
	port = rig_start(&r, "echo", "echo", "{}", RIG_TCP);
	fd = rig_connect(port);
	rig_send(fd, "x", 1);
	ck_assert_int_eq(recv(fd, &c, 1, 0), 1);
	rig_stop(&r, "echo");
	ck_assert_int_le(recv(fd, &c, 1, 0), 0);
	close(fd);
	ck_assert_int_eq(rig_connect(port), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	rig_start(&r, "echo", "echo", "{}", RIG_TCP);
	rig_down(&r);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("services");
	TCase *t = tcase_create("whole program");
	SRunner *run;
	int failed;

	if (argc != 2) {
		fprintf(stderr, "usage: test_services NETDOJO-SERVE\n");
		return 2;
	}
	rig_program = argv[1];
	tcase_set_timeout(t, 30);
	tcase_add_test(t, wrong_requests_are_told);
	tcase_add_test(t, echo_gives_all_back);
	tcase_add_test(t, echo_answers_datagrams);
	tcase_add_test(t, relay_passes_both_ways);
	tcase_add_loop_test(t, relay_between_families, 0, 4);
	tcase_add_test(t, relay_resets_when_target_refuses);
	tcase_add_test(t, relay_target_changes_live);
	tcase_add_test(t, flood_of_one_service_is_bounded);
	tcase_add_test(t, stop_closes_sockets);
	suite_add_tcase(s, t);
	suite_dns(s);
	suite_dns_ask(s);
	suite_web(s);
	run = srunner_create(s);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed != 0;
}
