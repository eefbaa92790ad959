/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes against real peers:
 *
 *   a 10.1.0.2 ----- 10.1.0.1 r 10.2.0.1 --(mtu 1400)-- 10.2.0.2 b: DNS, HTTP, closed and silent
 * ports
 *                             |- 10.99.0.0/24 unreachable, 10.98.0.0/24 blackhole
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns/probe.h"
#include "node_fixture.h"
#include "test_node.h"

static struct lab_node a;
static int r_netns, b_netns;
static pid_t servers[4];
static size_t n_servers;

/* Runs a shell line in a network namespace; descriptors of others are %d in it. */
static void in_netns(int netns, const char *line)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (setns(netns, CLONE_NEWNET) == 0)
			execl("/bin/sh", "sh", "-ec", line, NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "%s", line);
}

/* The server's word that it can be asked. */
static int ready_fd = -1;

static int bound(int type, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 8) < 0))
		_exit(98);
	if (write(ready_fd, "x", 1) != 1)
		_exit(96);
	return fd;
}

/* Answers every question with 192.0.2.7, questions for names that begin with "no" with NXDOMAIN. */
static void dns_reply(unsigned char *buf, size_t len, size_t *ret)
{
	static const unsigned char answer[] = {0xc0, 12, 0, 1, 0,   1, 0, 0,
					       0,    9,	 0, 4, 192, 0, 2, 7};
	bool no = buf[13] == 'n' && buf[14] == 'o';
	bool aaaa = buf[len - 3] == 28;

	buf[2] = 0x81;
	buf[3] = no ? 0x83 : 0x80;
	memset(buf + 6, 0, 6);
	*ret = len;
	if (no || aaaa)
		return;
	buf[7] = 1;
	memcpy(buf + len, answer, sizeof(answer));
	*ret = len + sizeof(answer);
}

static void serve_dns(void)
{
	int fd = bound(SOCK_DGRAM, 53);

	for (;;) {
		struct sockaddr_storage from;
		socklen_t from_len = sizeof(from);
		unsigned char buf[600];
		ssize_t n = recvfrom(fd, buf, 512, 0, (struct sockaddr *)&from, &from_len);
		size_t len;

		if (n < 17)
			continue;
		dns_reply(buf, (size_t)n, &len);
		sendto(fd, buf, len, 0, (struct sockaddr *)&from, from_len);
	}
}

static void serve_dns_tcp(void)
{
	int fd = bound(SOCK_STREAM, 53);

	for (;;) {
		int c = accept(fd, NULL, NULL);
		unsigned char buf[600];
		ssize_t n = recv(c, buf, 514, 0);
		size_t len;

		if (n > 2) {
			dns_reply(buf + 2, (size_t)n - 2, &len);
			buf[0] = (unsigned char)(len >> 8);
			buf[1] = (unsigned char)len;
			send(c, buf, len + 2, MSG_NOSIGNAL);
		}
		close(c);
	}
}

/* /cut promises more than it sends; all else is hello. */
static void serve_http(void)
{
	static const char hello[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
	static const char cut[] = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello";
	int fd = bound(SOCK_STREAM, 80);

	for (;;) {
		int c = accept(fd, NULL, NULL);
		char buf[4096] = "";
		const char *reply =
			recv(c, buf, sizeof(buf) - 1, 0) > 0 && strstr(buf, "/cut") ? cut : hello;

		send(c, reply, strlen(reply), MSG_NOSIGNAL);
		shutdown(c, SHUT_WR);
		while (recv(c, buf, sizeof(buf), 0) > 0)
			;
		close(c);
	}
}

static void start_server(void (*serve)(void))
{
	int ready[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	ready_fd = ready[1];
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		if (setns(b_netns, CLONE_NEWNET) < 0)
			_exit(97);
		serve();
	}
	close(ready[1]);
	ck_assert_int_eq((int)read(ready[0], &c, 1), 1);
	close(ready[0]);
	servers[n_servers++] = pid;
}

static void setup(void)
{
	struct file resolv = {(char *)"/etc/resolv.conf", (char *)"nameserver 10.2.0.2\n",
			      (char *)"", 0644, false};
	struct node n = lab_plain("wsl", ROLE_WSL);
	char line[512];

	n.files = &resolv;
	n.n_files = 1;
	a = lab_launch(&n, lab_netns());
	lab_ready(&a);
	r_netns = lab_netns();
	b_netns = lab_netns();
	/* the shell and ip inherit the descriptors */
	fcntl(a.netns, F_SETFD, 0);
	fcntl(b_netns, F_SETFD, 0);
	snprintf(line, sizeof(line),
		 "ip link set lo up; ip link add ra type veth peer name eth0 netns "
		 "/proc/self/fd/%d; "
		 "ip link add rb type veth peer name eth0 netns /proc/self/fd/%d; "
		 "ip addr add 10.1.0.1/24 dev ra; ip addr add 10.2.0.1/24 dev rb; ip link set ra "
		 "up; "
		 "ip link set rb mtu 1400 up; ip route add unreachable 10.99.0.0/24; ip route add "
		 "blackhole 10.98.0.0/24; "
		 "echo 1 > /proc/sys/net/ipv4/ip_forward; "
		 /* the kernel's allowance of ICMP errors is one for all namespaces of a host */
		 "echo 0 > /proc/sys/net/ipv4/icmp_ratemask",
		 a.netns, b_netns);
	in_netns(r_netns, line);
	in_netns(a.netns,
		 "ip link set lo up; ip addr add 10.1.0.2/24 dev eth0; ip link set eth0 up; "
		 "ip route add default via 10.1.0.1");
	in_netns(b_netns, "ip link set lo up; ip addr add 10.2.0.2/24 dev eth0; ip link set eth0 "
			  "mtu 1400 up; "
			  "ip route add default via 10.2.0.1");
	n_servers = 0;
	start_server(serve_dns);
	start_server(serve_dns_tcp);
	start_server(serve_http);
}

static void teardown(void)
{
	for (size_t i = 0; i < n_servers; i++) {
		kill(servers[i], SIGKILL);
		waitpid(servers[i], NULL, 0);
	}
	lab_stop(&a);
}

static json_t *probe(const char *kind, const char *args)
{
	json_t *j = NULL;
	ck_assert_int_eq(json_parse(args, strlen(args), &j, NULL), 0);
	return lab_probe(&a, kind, j);
}

#define TEXT(j) json_dumps(j, JSON_COMPACT)

START_TEST(ping)
{
	json_t *j;

	setup();
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"count\":3}");
	ck_assert_msg(json_flag(j, "ok", false), "%s", TEXT(j));
	ck_assert_int_eq((int)json_int(j, "received", 0), 3);
	ck_assert(json_num(j, "rtt_ms", 99999) < 1000);
	ck_assert_msg(json_int(j, "ttl", 0) == 63, "%s", TEXT(j));
	ck_assert_str_eq(json_str(j, "from", ""), "10.2.0.2");
	j = probe("ping", "{\"address\":\"::1%1\"}");
	ck_assert_msg(json_flag(j, "ok", false), "%s", TEXT(j));
	ck_assert(!json_flag(probe("ping", "{\"address\":\"fe80::1%999\"}"), "ok", true));
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"ttl\":1}");
	ck_assert_msg(!strcmp(json_str(j, "icmp", ""), "11/0"), "%s", TEXT(j));
	ck_assert_str_eq(json_str(j, "from", ""), "10.1.0.1");
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"ttl\":300}");
	ck_assert_msg(!json_flag(j, "ok", true), "%s", TEXT(j));
	j = probe("ping", "{\"address\":\"10.99.0.5\"}");
	ck_assert(!json_flag(j, "ok", true));
	ck_assert_str_eq(json_str(j, "icmp", ""), "3/1");
	j = probe("ping", "{\"address\":\"10.98.0.5\",\"timeout\":0.2}");
	ck_assert_int_eq((int)json_int(j, "sent", 9), 1);
	ck_assert_msg(json_num(j, "ms", 0) >= 199 && json_num(j, "ms", 0) < 400, "%s", TEXT(j));
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"size\":1472,\"df\":true}");
	ck_assert_msg(!strcmp(json_str(j, "icmp", ""), "3/4"), "%s", TEXT(j));
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"size\":1472}");
	ck_assert_msg(json_flag(j, "ok", false), "%s", TEXT(j));
	teardown();
}
END_TEST

/* What tracert and pathping go by: who answered, and how far the answer came. */
START_TEST(ping_by_hops)
{
	json_t *j;

	setup();
	/* a link that has just come up may lose the first question for a neighbour; the next is a second later */
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"ttl\":1,\"timeout\":3}");
	ck_assert_msg(!json_flag(j, "ok", true) && !strcmp(json_str(j, "icmp", ""), "11/0"), "%s",
		      TEXT(j));
	ck_assert_str_eq(json_str(j, "from", ""), "10.1.0.1");
	ck_assert_int_eq((int)json_int(j, "received", 9), 0);
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"ttl\":2,\"size\":32}");
	ck_assert_msg(json_flag(j, "ok", false) && json_int(j, "ttl", 0) == 63, "%s", TEXT(j));
	ck_assert_str_eq(json_str(j, "from", ""), "10.2.0.2");
	j = probe("ping", "{\"address\":\"10.1.0.1\"}");
	ck_assert_msg(json_int(j, "ttl", 0) == 64, "%s", TEXT(j));
	j = probe("ping", "{\"address\":\"::1\",\"ttl\":3}");
	ck_assert_msg(json_int(j, "ttl", 0) == 64 && !strcmp(json_str(j, "from", ""), "::1"), "%s",
		      TEXT(j));
	j = probe("ping", "{\"address\":\"10.99.0.5\"}");
	ck_assert_str_eq(json_str(j, "from", ""), "10.1.0.1");
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"size\":1472,\"df\":true}");
	ck_assert_msg(json_int(j, "mtu", 0) == 1400, "%s", TEXT(j));
	j = probe("ping", "{\"address\":\"10.98.0.5\",\"timeout\":0.2}");
	ck_assert(!json_object_get(j, "from") && !json_object_get(j, "ttl"));
	j = probe("ping", "{\"address\":\"10.2.0.2\",\"ttl\":256}");
	ck_assert_str_eq(json_str(j, "error", ""), "256 is no time to live");
	teardown();
}
END_TEST

START_TEST(pmtu)
{
	json_t *j;

	setup();
	j = probe("pmtu", "{\"address\":\"10.2.0.2\"}");
	ck_assert_msg(json_int(j, "mtu", 0) == 1400 && json_int(j, "reported", 0) == 1400, "%s",
		      TEXT(j));
	j = probe("pmtu", "{\"address\":\"10.1.0.1\"}");
	ck_assert_msg(json_int(j, "mtu", 0) == 1500 && !json_object_get(j, "reported"), "%s",
		      TEXT(j));
	/* a black hole: large packets vanish and nobody says so */
	in_netns(r_netns,
		 "nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; "
		 "add rule ip t o icmp type destination-unreachable drop'");
	j = probe("pmtu", "{\"address\":\"10.2.0.2\",\"timeout\":1.0}");
	ck_assert_msg(json_int(j, "mtu", 0) == 1400 && !json_object_get(j, "reported"), "%s",
		      TEXT(j));
	ck_assert(json_num(j, "ms", 0) < 1200);
	j = probe("pmtu", "{\"address\":\"10.98.0.1\",\"timeout\":0.3}");
	ck_assert(!json_flag(j, "ok", true));
	teardown();
}
END_TEST

START_TEST(lookup)
{
	json_t *j;

	setup();
	j = probe("lookup", "{\"name\":\"example.com\"}");
	ck_assert_msg(json_flag(j, "ok", false), "%s", TEXT(j));
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(j, "addresses"), 0)),
			 "192.0.2.7");
	j = probe("lookup", "{\"name\":\"no.example.com\"}");
	ck_assert_str_eq(json_str(j, "eai", ""), "EAI_NONAME");
	/* the node's file as it is now */
	lab_sh(&a, "root", "echo nameserver 10.98.0.1 > /etc/resolv.conf");
	j = probe("lookup", "{\"name\":\"example.com\",\"timeout\":0.3}");
	ck_assert_str_eq(json_str(j, "eai", ""), "EAI_AGAIN");
	ck_assert(!json_flag(j, "ok", true));
	lab_sh(&a, "root", "echo nameserver 10.2.0.2 > /etc/resolv.conf");
	ck_assert(
		json_flag(probe("lookup", "{\"name\":\"example.com\",\"family\":4}"), "ok", false));
	teardown();
}
END_TEST

/* In a lookup the C library gets no netlink, whose dumps wait for other labs' ends; sockets to ask with it gets. */
START_TEST(names_without_netlink)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		probe_names();
		if (socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0) >= 0 || errno != EAFNOSUPPORT)
			_exit(1);
		_exit(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0 ? 2 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(resolve)
{
	json_t *j;

	setup();
	j = probe("resolve", "{\"name\":\"example.com\",\"server\":\"10.2.0.2\"}");
	ck_assert_str_eq(json_str(j, "rcode", ""), "NOERROR");
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(j, "answers"), 0)),
			 "192.0.2.7");
	j = json_array_get(json_object_get(j, "records"), 0);
	ck_assert_msg(!strcmp(json_str(j, "name", ""), "example.com") &&
			      json_int(j, "ttl", 0) == 9 && json_int(j, "type", 0) == 1 &&
			      !strcmp(json_str(j, "data", ""), "192.0.2.7"),
		      "%s", TEXT(j));
	j = probe("resolve", "{\"name\":\"example.com\",\"server\":\"10.2.0.2\",\"tcp\":true}");
	ck_assert_msg(json_flag(j, "ok", false), "%s", TEXT(j));
	j = probe("resolve", "{\"name\":\"no.example.com\",\"server\":\"10.2.0.2\"}");
	ck_assert_str_eq(json_str(j, "rcode", ""), "NXDOMAIN");
	ck_assert(!json_flag(j, "ok", true));
	j = probe("resolve", "{\"name\":\"example.com\",\"server\":\"10.2.0.2\",\"port\":54}");
	ck_assert_str_eq(json_str(j, "error", ""), "Connection refused");
	j = probe("resolve", "{\"name\":\"example.com\",\"server\":\"10.98.0.2\",\"timeout\":0.2}");
	ck_assert_str_eq(json_str(j, "error", ""), "no answer");
	teardown();
}
END_TEST

START_TEST(connect_to)
{
	json_t *j;

	setup();
	j = probe("connect", "{\"address\":\"10.2.0.2\",\"port\":80}");
	ck_assert_msg(json_flag(j, "ok", false), "%s", TEXT(j));
	ck_assert_str_eq(json_str(j, "local", ""), "10.1.0.2");
	ck_assert_str_eq(json_str(j, "address", ""), "10.2.0.2");
	j = probe("connect", "{\"name\":\"example.com\",\"port\":80,\"timeout\":0.2}");
	ck_assert(!json_flag(j, "ok", true));
	j = probe("connect", "{\"address\":\"10.2.0.2\",\"port\":81}");
	ck_assert(json_flag(j, "refused", false) && !json_flag(j, "timed_out", true));
	j = probe("connect", "{\"address\":\"10.98.0.2\",\"port\":81,\"timeout\":0.2}");
	ck_assert(json_flag(j, "timed_out", false) && !json_flag(j, "refused", true));
	ck_assert_msg(json_num(j, "ms", 0) >= 199 && json_num(j, "ms", 0) < 400, "%s", TEXT(j));
	teardown();
}
END_TEST

START_TEST(http)
{
	json_t *j;

	setup();
	j = probe("http", "{\"url\":\"http://10.2.0.2/x?y=1\"}");
	ck_assert_msg(json_flag(j, "ok", false) && json_flag(j, "complete", false), "%s", TEXT(j));
	ck_assert_int_eq((int)json_int(j, "status", 0), 200);
	ck_assert_int_eq((int)json_int(j, "bytes", 0), 5);
	ck_assert_str_eq(json_str(j, "body", ""), "hello");
	j = probe("http", "{\"url\":\"http://10.2.0.2/cut\",\"timeout\":0.5}");
	ck_assert_msg(!json_flag(j, "complete", true) && !json_flag(j, "ok", true), "%s", TEXT(j));
	j = probe("http", "{\"url\":\"http://10.2.0.2:81/\"}");
	ck_assert_msg(!json_flag(j, "ok", true), "%s", TEXT(j));
	j = probe("http", "{\"url\":\"http://10.98.0.2/\",\"timeout\":0.2}");
	ck_assert_msg(!json_flag(j, "ok", true) && json_num(j, "ms", 0) < 500, "%s", TEXT(j));
	ck_assert(!json_flag(probe("http", "{\"url\":\"gopher://x/\"}"), "ok", true));
	teardown();
}
END_TEST

START_TEST(run_a_command)
{
	json_t *j;

	setup();
	j = probe(
		"run",
		"{\"argv\":[\"sh\",\"-c\",\"cat; id -u; echo e >&2; exit 3\"],\"stdin\":\"in\\n\","
		"\"user\":\"learner\"}");
	ck_assert_msg(!strcmp(json_str(j, "stdout", ""), "in\n1000\n"), "%s", TEXT(j));
	ck_assert_str_eq(json_str(j, "stderr", ""), "e\n");
	ck_assert_int_eq((int)json_int(j, "exit", 0), 3);
	j = probe("run", "{\"argv\":[\"sh\",\"-c\",\"sleep 1000 & sleep 1000\"],\"timeout\":0.2}");
	ck_assert_msg(json_flag(j, "timed_out", false) && json_num(j, "ms", 0) < 600, "%s",
		      TEXT(j));
	j = probe("run", "{\"argv\":[\"no-such\"]}");
	ck_assert_int_eq((int)json_int(j, "exit", 0), 127);
	j = probe("run", "{\"argv\":[\"sh\",\"-c\",\"kill -9 $$\"]}");
	ck_assert_int_eq((int)json_int(j, "signal", 0), 9);
	j = probe("run", "{\"argv\":[\"sh\",\"-c\",\"head -c 200000 /dev/zero | tr '\\\\0' x\"]}");
	ck_assert_int_eq((int)strlen(json_str(j, "stdout", "")), 65536);
	ck_assert(json_flag(j, "ok", false));
	teardown();
}
END_TEST

START_TEST(file)
{
	json_t *j;

	setup();
	j = probe("file", "{\"path\":\"/etc/resolv.conf\"}");
	ck_assert_str_eq(json_str(j, "content", ""), "nameserver 10.2.0.2\n");
	ck_assert_str_eq(json_str(j, "type", ""), "file");
	ck_assert_int_eq((int)json_int(j, "mode", 0), 0644);
	j = probe("file", "{\"path\":\"/etc/mtab\"}");
	ck_assert_str_eq(json_str(j, "type", ""), "symlink");
	ck_assert_str_eq(json_str(j, "target", ""), "/proc/self/mounts");
	j = probe("file", "{\"path\":\"/nowhere\"}");
	ck_assert(json_flag(j, "ok", false) && !json_flag(j, "exists", true));
	teardown();
}
END_TEST

static const struct {
	const char *printf, *content;
} texts[] = {
	{"a\\\\0000b\\\\n", "a\xef\xbf\xbd"
			    "b\n"},
	{"\\\\0377x\\\\0303\\\\0251", "\xef\xbf\xbdx\xc3\xa9"},
	{"\\\\0377\\\\0376h\\\\0000i\\\\0000\\\\0351\\\\0000\\\\0075\\\\0330\\\\0000\\\\0336",
	 "hi\xc3\xa9\xf0\x9f\x98\x80"},
	{"\\\\0376\\\\0377\\\\0000h\\\\0000\\\\0000\\\\0330\\\\0000i", "h\xef\xbf\xbd\xef\xbf\xbd"},
	{"\\\\0357\\\\0273\\\\0277k=v", "\xef\xbb\xbfk=v"},
	{"\\\\0377\\\\0376", ""},
};

/* Whatever bytes a learner leaves, a probe reads text. */
START_TEST(any_bytes_are_text)
{
	char args[512];
	json_t *j;

	setup();
	snprintf(args, sizeof(args),
		 "{\"argv\":[\"sh\",\"-c\",\"printf %%b '%s' > /tmp/t; cat /tmp/t; cat /tmp/t "
		 ">&2\"]}",
		 texts[_i].printf);
	j = probe("run", args);
	ck_assert_int_eq((int)json_int(j, "exit", -1), 0);
	ck_assert_ptr_nonnull(json_object_get(j, "stdout"));
	ck_assert_ptr_nonnull(json_object_get(j, "stderr"));
	j = probe("file", "{\"path\":\"/tmp/t\"}");
	ck_assert_str_eq(json_str(j, "content", "none"), texts[_i].content);
	teardown();
}
END_TEST

TCase *node_probe_case(void)
{
	TCase *t = tcase_create("probe");

	tcase_add_test(t, ping);
	tcase_add_test(t, ping_by_hops);
	tcase_add_test(t, pmtu);
	tcase_add_test(t, lookup);
	tcase_add_test(t, names_without_netlink);
	tcase_add_test(t, resolve);
	tcase_add_test(t, connect_to);
	tcase_add_test(t, http);
	tcase_add_test(t, run_a_command);
	tcase_add_test(t, file);
	tcase_add_loop_test(t, any_bytes_are_text, 0, ARRAY_SIZE(texts));
	return t;
}
