/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs of a node listen on, and their connections. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "test_watch.h"
#include "watch_rig.h"

static struct rig rig;

static struct sockaddr_in at(const char *address, uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};

	inet_pton(AF_INET, address, &sa.sin_addr);
	return sa;
}

static int bound(int type, const char *address, uint16_t port)
{
	struct sockaddr_in sa = at(address, port);
	int on = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		_exit(90);
	return fd;
}

static int in_node(void *body)
{
	int (*run)(void) = *(int (**)(void))body;

	return setns(rig.node, CLONE_NEWNET) < 0 ? 91 : run();
}

/* A process of the node's, under the listener, that waits to be let go. */
static struct filtered add_body(int (**body)(void))
{
	struct filtered f = rig_filtered(in_node, body);
	struct watch_node n = {.name = "wsl",
			       .generation = 1,
			       .netns = rig.node,
			       .listener = f.listener,
			       .etc_dir = -1,
			       .wsl_dir = -1,
			       .sockets = true};

	ck_assert(json_flag(rig_add(&rig, &n), "sockets", false));
	return f;
}

/* Runs body to its end, which must be 0. */
static void run_body(int (*body)(void))
{
	struct filtered f = add_body(&body);

	ck_assert_int_eq(rig_finish(&f), 0);
}

static void setup(void)
{
	rig_start(&rig);
	rig_wire(&rig);
}

static void teardown(void)
{
	rig_stop(&rig);
}

static int listen_twice(void)
{
	int fd = bound(SOCK_STREAM, "10.9.0.2", 8080);

	return listen(fd, 1) || listen(fd, 7);
}

START_TEST(a_listener_and_its_end_are_told)
{
	const json_t *e;

	run_body(listen_twice);
	e = rig_expect(&rig, "{\"kind\":\"socket\",\"what\":\"listen\",\"proto\":\"tcp\","
			     "\"address\":\"10.9.0.2\","
			     "\"port\":8080,\"node\":\"wsl\"}");
	ck_assert_ptr_nonnull(json_object_get(e, "pid"));
	ck_assert_ptr_nonnull(strstr(json_str(e, "program", ""), "test_watch"));
	rig_expect(&rig,
		   "{\"kind\":\"socket\",\"what\":\"listen-end\",\"proto\":\"tcp\",\"port\":8080}");
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"listen\"}"), 1);
}
END_TEST

static int listen_unbound(void)
{
	struct sockaddr_in sa = {0};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return listen(fd, 1) || getsockname(fd, (struct sockaddr *)&sa, &len) || !sa.sin_port;
}

START_TEST(a_port_that_the_kernel_chose_is_told)
{
	run_body(listen_unbound);
	ck_assert_int_gt(json_int(rig_expect(&rig, "{\"what\":\"listen\",\"address\":\"0.0.0.0\"}"),
				  "port", 0),
			 1023);
}
END_TEST

static int listen_in_the_way(void)
{
	int first = bound(SOCK_STREAM, "127.0.0.1", 8081),
	    second = bound(SOCK_STREAM, "127.0.0.1", 8081);

	if (listen(first, 1) || listen(second, 1) == 0 || errno != EADDRINUSE)
		return 1;
	return listen(-1, 1) == 0 || errno != EBADF;
}

START_TEST(what_listen_says_is_what_the_caller_gets)
{
	run_body(listen_in_the_way);
	rig_expect(&rig, "{\"what\":\"listen-end\",\"port\":8081}");
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"listen\"}"), 1);
}
END_TEST

static int listen_at_home(void)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX, .sun_path = "\0netdojo-watch-test"};
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	struct ucred cred = {0};
	socklen_t len = sizeof(cred);

	if (bind(server, (struct sockaddr *)&sa, sizeof(sa)) || listen(server, 1) ||
	    connect(client, (struct sockaddr *)&sa, sizeof(sa)))
		return 1;
	return getsockopt(client, SOL_SOCKET, SO_PEERCRED, &cred, &len) || cred.pid != getpid();
}

START_TEST(who_listens_on_a_local_socket_stays_who_it_is)
{
	run_body(listen_at_home);
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"socket\"}"), 0);
}
END_TEST

static int stay[2]; /* until its other end is closed */

static int serve_udp(void)
{
	char c;

	bound(SOCK_DGRAM, "127.0.0.1", 5353);
	bound(SOCK_DGRAM, "127.0.0.1", 0); /* a client's */
	close(stay[1]);
	return (int)read(stay[0], &c, 1);
}

START_TEST(a_udp_server_is_told)
{
	int (*body)(void) = serve_udp;
	struct filtered f;

	ck_assert_int_eq(pipe2(stay, O_CLOEXEC), 0);
	f = add_body(&body);
	close(f.go);
	f.go = -1;
	rig_expect(
		&rig,
		"{\"what\":\"listen\",\"proto\":\"udp\",\"address\":\"127.0.0.1\",\"port\":5353}");
	close(stay[1]);
	ck_assert_int_eq(rig_finish(&f), 0);
	rig_expect(&rig, "{\"what\":\"listen-end\",\"proto\":\"udp\",\"port\":5353}");
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"listen\"}"), 1);
}
END_TEST

static int talk(void)
{
	struct sockaddr_in sa = at("127.0.0.1", 8082);
	int server = bound(SOCK_STREAM, "127.0.0.1", 8082),
	    client = socket(AF_INET, SOCK_STREAM, 0);
	char buf[16];
	int peer;

	if (listen(server, 1) || connect(client, (struct sockaddr *)&sa, sizeof(sa)))
		return 1;
	peer = accept(server, NULL, NULL);
	return write(client, "hello", 5) != 5 || read(peer, buf, sizeof(buf)) != 5;
}

START_TEST(a_connection_is_told_when_it_ends)
{
	run_body(talk);
	rig_expect(&rig, "{\"what\":\"connection\",\"proto\":\"tcp\",\"src\":\"127.0.0.1\",\"dst\":"
			 "\"127.0.0.1\","
			 "\"dport\":8082,\"established\":true}");
}
END_TEST

/* In a network of its own first, then with a socket of the node's. */
static int elsewhere(void)
{
	int here = bound(SOCK_STREAM, "10.9.0.2", 8084), there;

	if (unshare(CLONE_NEWNET) < 0)
		return 1;
	there = bound(SOCK_STREAM, "0.0.0.0", 8083);
	return listen(there, 1) || listen(here, 1);
}

START_TEST(another_network_of_the_nodes_is_not_its_own)
{
	run_body(elsewhere);
	rig_expect(&rig, "{\"what\":\"listen\",\"port\":8084}");
	ck_assert_uint_eq(rig_count(&rig, "{\"port\":8083}"), 0);
}
END_TEST

TCase *watch_sockets_case(void)
{
	TCase *c = tcase_create("sockets");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, a_listener_and_its_end_are_told);
	tcase_add_test(c, a_port_that_the_kernel_chose_is_told);
	tcase_add_test(c, what_listen_says_is_what_the_caller_gets);
	tcase_add_test(c, who_listens_on_a_local_socket_stays_who_it_is);
	tcase_add_test(c, a_udp_server_is_told);
	tcase_add_test(c, a_connection_is_told_when_it_ends);
	tcase_add_test(c, another_network_of_the_nodes_is_not_its_own);
	return c;
}
