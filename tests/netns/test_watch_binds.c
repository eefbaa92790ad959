/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bind(2) of a process tree under the listener: what is asked, and that nobody waits for ever. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "test_watch.h"
#include "watch_rig.h"

static struct rig rig;
static struct filtered f;

static void setup(void)
{
	rig_start(&rig);
}

static void teardown(void)
{
	rig_stop(&rig);
}

/* The body under the listener in the rig's own network, begun. */
static void begin(int (*body)(void *), void *arg)
{
	struct watch_node n = {.name = "wsl", .generation = 3, .etc_dir = -1, .wsl_dir = -1};

	f = rig_filtered(body, arg);
	n.netns = rig.home;
	n.listener = f.listener;
	n.binds = true;
	ck_assert(json_flag(rig_add(&rig, &n), "binds", false));
	fd_closep(&f.go);
}

static void answer(unsigned n, int error)
{
	ck_assert_int_eq(rig.port.answer(rig.port.ctx, "wsl", 3, n, error, NULL), 0);
}

/* Binds in a socket of its own; the errno. */
static int try(int family, int type, int proto, const char *address, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(family, type, proto), rc;

	inet_pton(AF_INET, address, &in.sin_addr);
	inet_pton(AF_INET6, address, &in6.sin6_addr);
	rc = family == AF_INET6 ? bind(fd, (struct sockaddr *)&in6, sizeof(in6))
				: bind(fd, (struct sockaddr *)&in, sizeof(in));
	rc = rc < 0 ? errno : 0;
	close(fd);
	return rc;
}

struct one {
	int family, type, proto;
	const char *address;
	uint16_t port;
	const char *event; /* NULL: not asked about */
};

#define EVENT(proto, address)                                                                      \
	"{\"kind\":\"lab\",\"what\":\"bind\",\"node\":\"wsl\",\"gen\":3,\"n\":1,\"proto\":"        \
	"\"" proto "\",\"address\":\"" address "\",\"port\":8000}"

static const struct one ones[] = {
	{AF_INET, SOCK_STREAM, 0, "0.0.0.0", 8000, EVENT("tcp", "0.0.0.0")},
	{AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0, "127.0.0.2", 8000, EVENT("tcp", "127.0.0.2")},
	{AF_INET, SOCK_DGRAM, 0, "127.0.0.1", 8000, EVENT("udp", "127.0.0.1")},
	{AF_INET6, SOCK_STREAM, 0, "::1", 8000, EVENT("tcp", "::1")},
	{AF_INET6, SOCK_DGRAM, 0, "::", 8000, EVENT("udp", "::")},
	{AF_INET, SOCK_STREAM, 0, "127.0.0.1", 0, NULL},
	{AF_INET, SOCK_RAW, IPPROTO_ICMP, "127.0.0.1", 8000, NULL},
};

static int try_one(void *arg)
{
	const struct one *o = arg;

	return try(o->family, o->type, o->proto, o->address, o->port);
}

START_TEST(what_is_asked)
{
	begin(try_one, (void *)&ones[_i]);
	if (ones[_i].event) {
		rig_expect(&rig, ones[_i].event);
		answer(1, EADDRINUSE);
	}
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), ones[_i].event ? EADDRINUSE : 0);
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"bind\"}"), ones[_i].event ? 1 : 0);
}
END_TEST

START_TEST(goes_on_when_it_may)
{
	begin(try_one, (void *)&ones[0]);
	rig_expect(&rig, ones[0].event);
	answer(1, 0);
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), 0);
}
END_TEST

/* Numbers begin anew with each generation: an answer for one before is nobody's. */
START_TEST(an_answer_is_of_a_generation)
{
	begin(try_one, (void *)&ones[0]);
	rig_expect(&rig, ones[0].event);
	ck_assert_int_eq(rig.port.answer(rig.port.ctx, "wsl", 2, 1, EACCES, NULL), 0);
	answer(1, EADDRINUSE);
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), EADDRINUSE);
}
END_TEST

static int try_elsewhere(void *arg)
{
	return unshare(CLONE_NEWNET) < 0 ? 255 : try_one(arg);
}

/* A socket is of the network it was made in, wherever its process is now. */
static int try_carried(void *arg)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(8000)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)arg;
	if (unshare(CLONE_NEWNET) < 0)
		return 255;
	return bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ? errno : 0;
}

START_TEST(another_network_is_its_own)
{
	begin(try_elsewhere, (void *)&ones[0]);
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), 0);
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"bind\"}"), 0);
}
END_TEST

START_TEST(a_socket_keeps_its_network)
{
	begin(try_carried, NULL);
	rig_expect(&rig, EVENT("tcp", "0.0.0.0"));
	answer(1, EADDRINUSE);
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), EADDRINUSE);
}
END_TEST

static void *in_thread(void *arg)
{
	return (void *)(intptr_t)try_one(arg);
}

static int try_in_thread(void *arg)
{
	pthread_t t;
	void *rc;

	pthread_create(&t, NULL, in_thread, arg);
	pthread_join(t, &rc);
	return (int)(intptr_t)rc;
}

START_TEST(a_thread_is_asked_about_too)
{
	begin(try_in_thread, (void *)&ones[0]);
	rig_expect(&rig, ones[0].event);
	answer(1, EADDRINUSE);
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), EADDRINUSE);
}
END_TEST

/* Addresses that are none, of sockets that are none: the kernel's own answer. */
static int odd(void *arg)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "\0a-name-of-some-length"};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(8000)};
	int tcp = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
	int pipes[2];

	(void)arg;
	if (bind(local, (struct sockaddr *)&un, sizeof(un)) < 0)
		return 1;
	if (bind(local, (struct sockaddr *)&in, sizeof(in)) == 0 || errno != EINVAL)
		return 2;
	if (bind(tcp, (struct sockaddr *)1, sizeof(in)) == 0 || errno != EFAULT)
		return 3;
	if (bind(999, (struct sockaddr *)&in, sizeof(in)) == 0 || errno != EBADF)
		return 4;
	if (pipe(pipes) < 0 || bind(pipes[0], (struct sockaddr *)&in, sizeof(in)) == 0 ||
	    errno != ENOTSOCK)
		return 5;
	if (bind(tcp, (struct sockaddr *)&in, 4) == 0 || errno != EINVAL)
		return 6;
	if (bind(tcp, (struct sockaddr *)&in, (socklen_t)-1) == 0 || errno != EINVAL)
		return 7;
	return 0;
}

START_TEST(what_is_odd_is_the_kernels_matter)
{
	begin(odd, NULL);
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), 0);
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"bind\"}"), 0);
}
END_TEST

/* Two wait at once, and the second is answered first. */
static int try_two(void *arg)
{
	pid_t first = fork();
	int status;

	if (first == 0) {
		prctl(PR_SET_DUMPABLE, 1);
		_exit(try(AF_INET, SOCK_STREAM, 0, "0.0.0.0", 8001) == EADDRINUSE ? 0 : 1);
	}
	(void)arg;
	if (try(AF_INET, SOCK_STREAM, 0, "0.0.0.0", 8002) != 0)
		return 2;
	waitpid(first, &status, 0);
	return WEXITSTATUS(status);
}

static unsigned number_of(int port)
{
	char pattern[64];

	snprintf(pattern, sizeof(pattern), "{\"what\":\"bind\",\"port\":%d}", port);
	return (unsigned)json_int(rig_expect(&rig, pattern), "n", 0);
}

START_TEST(one_does_not_hold_up_another)
{
	unsigned first, second;

	begin(try_two, NULL);
	first = number_of(8001);
	second = number_of(8002);
	answer(second, 0);
	answer(first, EADDRINUSE);
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), 0);
}
END_TEST

START_TEST(death_while_it_waits_is_no_error)
{
	begin(try_one, (void *)&ones[0]);
	rig_expect(&rig, ones[0].event);
	kill(f.pid, SIGKILL);
	ck_assert(WIFSIGNALED(rig_finish(&f)));
	answer(1, EADDRINUSE);
	answer(77, 0);
}
END_TEST

/* Nobody will answer any more: it goes on. */
START_TEST(a_node_that_goes_lets_go)
{
	begin(try_one, (void *)&ones[0]);
	rig_expect(&rig, ones[0].event);
	rig.port.remove(rig.port.ctx, "wsl");
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), 0);
}
END_TEST

static void on_alarm(int sig)
{
	(void)sig;
}

/* A signal, or many, ends the wait and begins it anew. */
static int hammered(void *arg)
{
	struct itimerval often = {.it_interval.tv_usec = 2000, .it_value.tv_usec = 2000}, off = {0};
	struct sigaction act = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	int rc;

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	rc = try_one(arg);
	setitimer(ITIMER_REAL, &off, NULL);
	return rc;
}

START_TEST(signals_are_no_way_to_wait_for_ever)
{
	begin(hammered, (void *)&ones[0]);
	/* never answered: what waits is let go on, at the latest after the watch's patience */
	ck_assert_int_eq(WEXITSTATUS(rig_finish(&f)), 0);
}
END_TEST

/* No listener, as where another one is over us: said, and no more. */
START_TEST(without_a_listener)
{
	struct watch_node n = {.name = "wsl",
			       .generation = 3,
			       .listener = -1,
			       .etc_dir = -1,
			       .wsl_dir = -1,
			       .binds = true};
	const json_t *recorders, *event;

	n.netns = rig.home;
	recorders = rig_add(&rig, &n);
	event = rig_expect(&rig, "{\"what\":\"recorders\"}");
	ck_assert(json_is_false(json_object_get(recorders, "binds")));
	ck_assert_ptr_nonnull(strstr(json_str(json_object_get(event, "why"), "binds", ""),
				     "no system call listener"));
}
END_TEST

TCase *watch_binds_case(void)
{
	TCase *t = tcase_create("binds");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, what_is_asked, 0, ARRAY_SIZE(ones));
	tcase_add_test(t, goes_on_when_it_may);
	tcase_add_test(t, an_answer_is_of_a_generation);
	tcase_add_test(t, another_network_is_its_own);
	tcase_add_test(t, a_socket_keeps_its_network);
	tcase_add_test(t, a_thread_is_asked_about_too);
	tcase_add_test(t, what_is_odd_is_the_kernels_matter);
	tcase_add_test(t, one_does_not_hold_up_another);
	tcase_add_test(t, death_while_it_waits_is_no_error);
	tcase_add_test(t, a_node_that_goes_lets_go);
	tcase_add_test(t, signals_are_no_way_to_wait_for_ever);
	tcase_add_test(t, without_a_listener);
	return t;
}
