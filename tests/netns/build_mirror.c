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

#include "build_lab.h"

/* The guest's window: one aligned block of 4096. */
enum { WINDOW = 0xa000, WINDOW_END = 0xafff };

static struct lab lab;
/* Both nodes, and Windows alone. */
static struct model *whole, *alone;

static struct model *model_of(const json_t *j)
{
	struct model *m = NULL;
	struct err err = {0};

	ck_assert_msg(model_from_json(j, &m, &err) == 0, "%s", err.msg);
	return m;
}

static void change(const struct model *a, const struct model *b)
{
	auto_plan p = {0};

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++)
		if (!p.ops[i].file && !p.ops[i].service)
			lab_apply(&lab, &p.ops[i]);
}

static void steer(const struct port_range *ports, size_t n)
{
	struct steering s = {"wsl", "windows", ports, n};
	struct err err = {0};

	ck_assert_msg(lab.port.steer(lab.port.ctx, &s, &err) == 0, "%s", err.msg);
}

static const struct port_range window[] = {{IPPROTO_TCP, WINDOW, WINDOW_END},
					   {IPPROTO_UDP, WINDOW, WINDOW_END}};

static void setup(void)
{
	auto_json json_t *j = json_load_file(MIRROR_JSON, 0, NULL);

	ck_assert_ptr_nonnull(j);
	whole = model_of(j);
	json_array_remove(json_object_get(j, "nodes"), 2);
	json_object_set_new(j, "switch_ruleset", json_string(""));
	alone = model_of(j);
	lab_open(&lab);
}

static void teardown(void)
{
	lab_close(&lab);
	model_free(whole);
	model_free(alone);
}

/* --- sockets
 * ----------------------------------------------------------------------------------------------------- */

static int open_at(const char *node, int type, const char *address, uint16_t port)
{
	struct err err = {0};
	int fd = lab.port.open_socket(lab.port.ctx, node, type, address, port, &err);

	ck_assert_msg(fd >= 0, "%s %s:%u: %s", node, address, port, err.msg);
	return fd;
}

static socklen_t fill(struct sockaddr_storage *ret, const char *address, uint16_t port)
{
	struct sockaddr_in *v4 = (void *)ret;
	struct sockaddr_in6 *v6 = (void *)ret;

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return sizeof(*v6);
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	ck_assert_int_eq(inet_pton(AF_INET, address, &v4->sin_addr), 1);
	return sizeof(*v4);
}

static bool ready(int fd, short what, int ms)
{
	struct pollfd p = {.fd = fd, .events = what};

	return poll(&p, 1, ms) == 1;
}

static bool is_v6(const char *address)
{
	return strchr(address, ':') != NULL;
}

/* A listener and a client of one protocol, and whether they reach each other. */
struct way {
	const char *from, *to, *address;
	uint16_t port;
	int type;
};

static bool tcp_goes(int server, int client)
{
	int end = ready(server, POLLIN, 2000) ? accept4(server, NULL, NULL, SOCK_NONBLOCK) : -1;
	char c = 0;
	bool ok = end >= 0 && ready(client, POLLOUT, 2000) && write(client, "a", 1) == 1 &&
		  ready(end, POLLIN, 2000) && read(end, &c, 1) == 1 && c == 'a' &&
		  write(end, "b", 1) == 1 && ready(client, POLLIN, 2000) &&
		  read(client, &c, 1) == 1 && c == 'b';

	if (end >= 0)
		close(end);
	return ok;
}

static bool udp_goes(int server, int client)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char c = 0;

	return write(client, "a", 1) == 1 && ready(server, POLLIN, 2000) &&
	       recvfrom(server, &c, 1, 0, (void *)&from, &len) == 1 && c == 'a' &&
	       sendto(server, "b", 1, 0, (void *)&from, len) == 1 && ready(client, POLLIN, 2000) &&
	       read(client, &c, 1) == 1 && c == 'b';
}

static bool goes(const struct way *w)
{
	const char *any = is_v6(w->address) ? "::" : "";
	struct sockaddr_storage to;
	socklen_t len = fill(&to, w->address, w->port);
	int server = open_at(w->to, w->type, is_v6(w->address) ? "::" : "0.0.0.0", w->port);
	int client = open_at(w->from, w->type, any, 0);
	int rc = connect(client, (void *)&to, len);
	bool ok = (rc == 0 || errno == EINPROGRESS) &&
		  (w->type == SOCK_STREAM ? tcp_goes(server, client) : udp_goes(server, client));

	close(server);
	close(client);
	return ok;
}

#define GOES(...) ck_assert(goes(&(struct way){__VA_ARGS__}))

static int ping(const char *from, const char *address)
{
	return lab_run(&lab, from,
		       (const char *[]){"ping", "-n", "-c2", "-i0.2", "-W2", address, NULL});
}

/* --- tests
 * ------------------------------------------------------------------------------------------------------- */

static void build(void)
{
	change(NULL, whole);
	steer(window, ARRAY_SIZE(window));
}

static const char *const phone[] = {"192.168.1.23", "fd00:1::23"};
static const char *const both[] = {"192.168.1.66", "fd00:1::66"};

START_TEST(both_reach_out)
{
	build();
	for (size_t i = 0; i < 2; i++) {
		GOES("windows", "phone", phone[i], 80, SOCK_STREAM);
		GOES("windows", "phone", phone[i], 53, SOCK_DGRAM);
		GOES("wsl", "phone", phone[i], 80, SOCK_STREAM);
		GOES("wsl", "phone", phone[i], 53, SOCK_DGRAM);
		ck_assert_int_eq(ping("windows", phone[i]), 0);
		ck_assert_int_eq(ping("wsl", phone[i]), 0);
	}
}
END_TEST

START_TEST(what_comes_in_goes_by_its_port)
{
	struct port_range ports[4] = {
		window[0], window[1], {IPPROTO_TCP, 8000, 8000}, {IPPROTO_UDP, 5000, 5006}};

	build();
	steer(ports, 4);
	for (size_t i = 0; i < 2; i++) {
		GOES("phone", "wsl", both[i], 8000, SOCK_STREAM);
		GOES("phone", "windows", both[i], 8001, SOCK_STREAM);
		/* of one protocol only */
		GOES("phone", "windows", both[i], 8000, SOCK_DGRAM);
		for (uint16_t port = 5000; port <= 5006; port++)
			GOES("phone", "wsl", both[i], port, SOCK_DGRAM);
		GOES("phone", "windows", both[i], 4999, SOCK_DGRAM);
		GOES("phone", "windows", both[i], 5007, SOCK_DGRAM);
	}
	steer(ports, 2);
	GOES("phone", "windows", both[0], 8000, SOCK_STREAM);
	GOES("phone", "windows", both[1], 5003, SOCK_DGRAM);
	GOES("wsl", "phone", phone[0], 80, SOCK_STREAM);
}
END_TEST

/* A machine that nobody has heard of yet is found, and answers a ping once. */
START_TEST(the_lan_sees_one_machine)
{
	build();
	ck_assert_int_eq(
		lab_run(&lab, "phone", (const char *[]){"ip", "neigh", "flush", "all", NULL}), 0);
	ck_assert_int_eq(ping("phone", both[0]), 0);
	ck_assert_int_eq(ping("phone", both[1]), 0);
	ck_assert_int_ne(
		lab_run(&lab, "phone",
			(const char *[]){"sh", "-c",
					 "ping -n -c3 -i0.2 -W2 192.168.1.66 | grep DUP", NULL}),
		0);
	auto_json json_t *neighs = lab_read(&lab, "phone", READ_NEIGHS, "");

	ck_assert_str_eq(json_str(lab_find(neighs, "dst", both[0]), "lladdr", ""),
			 "02:00:00:00:01:66");
}
END_TEST

static json_t *link_of(const char *node, const char *iface)
{
	auto_json json_t *links = lab_read(&lab, node, READ_LINKS, "");

	return json_incref(lab_find(links, "ifname", iface));
}

/* A connection of Windows' lives on while the guest goes and comes. */
START_TEST(the_host_never_notices)
{
	struct sockaddr_storage to;
	socklen_t len = fill(&to, phone[0], 80);
	int server, client;

	change(NULL, alone);
	server = open_at("phone", SOCK_STREAM, "0.0.0.0", 80);
	client = open_at("windows", SOCK_STREAM, "", 0);
	ck_assert(connect(client, (void *)&to, len) == 0 || errno == EINPROGRESS);
	ck_assert(ready(server, POLLIN, 2000));
	int end = accept4(server, NULL, NULL, SOCK_NONBLOCK);
	lab_wait_settled(&lab, "windows");
	auto_json json_t *before = link_of("windows", "eth0");

	for (int generation = 0; generation < 3; generation++) {
		char c = 0;

		change(alone, whole);
		steer(window, 2);
		close(server);
		GOES("wsl", "phone", phone[0], 80, SOCK_STREAM);
		GOES("windows", "phone", phone[0], 80, SOCK_STREAM);
		ck_assert(write(client, "x", 1) == 1 && ready(end, POLLIN, 2000) &&
			  read(end, &c, 1) == 1);
		server = open_at("phone", SOCK_STREAM, "0.0.0.0", 80);
		change(whole, alone);
		ck_assert(write(client, "y", 1) == 1 && ready(end, POLLIN, 2000) &&
			  read(end, &c, 1) == 1);
		ck_assert_int_eq(ping("phone", both[0]), 0);
		GOES("phone", "windows", both[0], 0xa123, SOCK_STREAM);
		auto_json json_t *after = link_of("windows", "eth0");

		ck_assert(json_equal(before, after));
	}
	close(server), close(client), close(end);
}
END_TEST

/* Refused or not, nobody answers. */
static bool hangs(const struct way *w)
{
	struct sockaddr_storage to;
	socklen_t len = fill(&to, w->address, w->port);
	int client = open_at(w->from, SOCK_STREAM, "", 0);
	int rc = connect(client, (void *)&to, len);
	bool quiet = rc < 0 && errno == EINPROGRESS && !ready(client, POLLOUT, 300);

	close(client);
	return quiet;
}

START_TEST(one_loopback)
{
	struct port_range ports[4] = {
		window[0], window[1], {IPPROTO_TCP, 8000, 8000}, {IPPROTO_UDP, 8000, 8000}};
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM};

	build();
	steer(ports, 4);
	for (size_t i = 0; i < 2; i++) {
		GOES("wsl", "windows", "127.0.0.1", 9000, types[i]);
		GOES("windows", "wsl", "127.0.0.1", 8000, types[i]);
		GOES("windows", "windows", "127.0.0.1", 9000, types[i]);
		GOES("wsl", "wsl", "127.0.0.1", 8000, types[i]);
		/* hostAddressLoopback */
		GOES("wsl", "windows", both[0], 9000, types[i]);
		GOES("windows", "wsl", both[0], 8000, types[i]);
	}
	/* a wildcard's datagram would come back from 127.0.0.1, on any Linux */
	GOES("wsl", "wsl", "127.0.0.2", 8000, SOCK_STREAM);
	ck_assert_int_eq(ping("wsl", "127.0.0.1"), 0);
	ck_assert_int_eq(ping("windows", "127.0.0.1"), 0);
	ck_assert(hangs(&(struct way){"wsl", "", "127.0.0.1", 9999, SOCK_STREAM}));
	ck_assert(!hangs(&(struct way){"wsl", "", "127.0.0.2", 9999, SOCK_STREAM}));
}
END_TEST

/* A copy of whole, edited: a node's array gets an item's key set. Caller frees. */
static struct model *edited(const char *node, size_t iface, const char *key, const char *value)
{
	auto_json json_t *j = model_to_json(whole);
	json_t *n = lab_find(json_object_get(j, "nodes"), "name", node);

	json_object_set_new(json_array_get(json_object_get(n, "ifaces"), iface), key,
			    json_string(value));
	return model_of(j);
}

/* Both ends of what leads frames to the host itself follow a change of MAC. */
START_TEST(a_change_of_mac)
{
	static const char mac[] = "02:00:00:00:01:77";
	auto_json json_t *j = model_to_json(whole);
	auto_model *other = NULL;
	json_t *nodes = json_object_get(j, "nodes"), *windows = lab_find(nodes, "name", "windows");
	json_t *eth0 = json_array_get(json_object_get(windows, "ifaces"), 0);

	json_object_set_new(eth0, "mac", json_string(mac));
	eth0 = json_array_get(json_object_get(lab_find(nodes, "name", "wsl"), "ifaces"), 0);
	json_object_set_new(eth0, "mac", json_string(mac));
	json_object_set_new(json_array_get(json_object_get(windows, "neighs"), 1), "mac",
			    json_string(mac));
	other = model_of(j);
	build();
	change(whole, other);
	GOES("wsl", "windows", both[0], 9000, SOCK_STREAM);
	GOES("wsl", "phone", phone[0], 80, SOCK_STREAM);
	GOES("windows", "phone", phone[1], 80, SOCK_STREAM);
	change(other, whole);
	GOES("wsl", "windows", both[0], 9000, SOCK_STREAM);
}
END_TEST

/* What is mirrored is made anew, and what mirrors it with it, with the ports it had. */
START_TEST(the_mirrored_is_remade)
{
	auto_json json_t *j = model_to_json(whole);
	auto_model *other = NULL;
	json_t *windows = lab_find(json_object_get(j, "nodes"), "name", "windows");

	json_object_set_new(json_array_get(json_object_get(windows, "ifaces"), 0), "queues",
			    json_integer(2));
	other = model_of(j);
	build();
	change(whole, other);
	GOES("wsl", "phone", phone[0], 80, SOCK_STREAM);
	GOES("phone", "windows", both[0], 80, SOCK_STREAM);
	GOES("wsl", "windows", both[0], 9000, SOCK_STREAM);
	ck_assert(hangs(&(struct way){"wsl", "", phone[0], 8777, SOCK_STREAM}));
	change(other, whole);
	GOES("wsl", "phone", phone[1], 80, SOCK_STREAM);
	ck_assert(hangs(&(struct way){"wsl", "", phone[0], 8777, SOCK_STREAM}));
}
END_TEST

START_TEST(without_a_loopback_segment)
{
	auto_model *other = edited("wsl", 0, "loopback", "");

	build();
	change(whole, other);
	GOES("wsl", "phone", phone[0], 80, SOCK_STREAM);
	ck_assert(hangs(&(struct way){"wsl", "", both[0], 9000, SOCK_STREAM}));
	change(other, whole);
	GOES("wsl", "windows", both[0], 9000, SOCK_STREAM);
}
END_TEST

START_TEST(the_switch_has_rules)
{
	struct port_range ports[3] = {window[0], {IPPROTO_TCP, 8665, 8666}, window[1]};

	build();
	steer(ports, 3);
	GOES("phone", "wsl", both[0], 8665, SOCK_STREAM);
	ck_assert(hangs(&(struct way){"phone", "", both[0], 8666, SOCK_STREAM}));
	ck_assert(hangs(&(struct way){"wsl", "", phone[0], 8777, SOCK_STREAM}));
	change(whole, alone);
	change(alone, whole);
	GOES("phone", "wsl", both[0], 8665, SOCK_STREAM);
	ck_assert(hangs(&(struct way){"phone", "", both[0], 8666, SOCK_STREAM}));
	ck_assert(hangs(&(struct way){"wsl", "", phone[0], 8777, SOCK_STREAM}));
}
END_TEST

/* The model whose switch has these rules. Caller frees. */
static struct model *with_rules(const char *rules)
{
	auto_json json_t *j = model_to_json(whole);

	json_object_set_new(j, "switch_ruleset", json_string(rules));
	return model_of(j);
}

/* A learner deletes WSL's interface; a rule that comes afterwards is no failure. */
START_TEST(the_guests_end_is_gone)
{
	auto_model *other = with_rules("table netdev hyperv {\n\tchain out {\n\t\ttype filter hook "
				       "ingress device \"g-eth0\" priority 0;\n\t}\n\tchain in "
				       "{\n\t\ttype filter hook ingress device \"m-eth0\" priority "
				       "0;\n\t}\n}\n");

	build();
	ck_assert_int_eq(lab_run(&lab, "wsl", (const char *[]){"ip", "link", "del", "eth0", NULL}),
			 0);
	lab_wait_settled(&lab, "windows");
	change(whole, other);
	ck_assert_int_eq(system("nft list chain netdev hyperv in >/dev/null"), 0);
	ck_assert_int_ne(system("nft list chain netdev hyperv out >/dev/null 2>&1"), 0);
	change(other, whole);
	change(whole, alone);
	ck_assert_int_eq(system("test -z \"$(nft list tables)\""), 0);
}
END_TEST

/* Datagram by datagram, each answered before the next; 0 when none was lost. */
static int talk(int server, int client)
{
	for (int i = 0; i < 400; i++)
		if (!udp_goes(server, client))
			return 1;
	return 0;
}

/* A port that stays the guest's while those beside it come and go, and masks with them, loses nothing. */
START_TEST(steering_disturbs_nobody)
{
	const struct port_range few[] = {window[0], {IPPROTO_UDP, 5003, 5003}};
	const struct port_range many[] = {window[0], {IPPROTO_UDP, 4990, 5030}};
	struct sockaddr_storage to;
	socklen_t len = fill(&to, both[0], 5003);
	int server, client, status = 0;
	pid_t talker;

	build();
	steer(few, 2);
	server = open_at("wsl", SOCK_DGRAM, "0.0.0.0", 5003);
	client = open_at("phone", SOCK_DGRAM, "", 0);
	ck_assert_int_eq(connect(client, (void *)&to, len), 0);
	talker = fork();
	if (talker == 0)
		_exit(talk(server, client));
	for (int i = 0; waitpid(talker, &status, WNOHANG) == 0; i++)
		steer(i % 2 ? few : many, 2);
	ck_assert_int_eq(status, 0);
	close(server), close(client);
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
	build();
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(system("ip link show dev b-eth0 >/dev/null"), 0);
	change(whole, alone);
	ck_assert_int_eq(system(none), 0);
	ck_assert_int_ne(system("ip -o link | grep -q '[bgmu]-eth0'"), 0);
}
END_TEST

/* What of `nft list ruleset` is between "elements = {" and "}". */
static void elements(char *ret, size_t size)
{
	auto_json json_t *j = lab_read(&lab, "windows", READ_RULESET, "");
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
	struct port_range ports[4] = {window[0],
				      {IPPROTO_TCP, 41000, 41000},
				      {IPPROTO_UDP, 5000, 5006},
				      {IPPROTO_UDP, 5004, 5004}};
	auto_json json_t *j = model_to_json(whole);
	auto_model *other = NULL;
	json_t *windows = lab_find(json_object_get(j, "nodes"), "name", "windows");
	auto_json json_t *text = json_sprintf("%s# once more\n", json_str(windows, "ruleset", ""));

	json_object_set(windows, "ruleset", text);
	other = model_of(j);
	build();
	steer(ports, 4);
	ck_assert(listed("tcp . 40960-45055"));
	ck_assert(!listed("41000"));
	ck_assert(listed("udp . 5000-5006"));
	change(whole, other);
	ck_assert(listed("tcp . 40960-45055"));
	steer(ports + 1, 1);
	ck_assert(listed("tcp . 41000"));
	ck_assert(!listed("40960"));
	ck_assert(!listed("5000"));
	steer(NULL, 0);
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

	build();
	every_second(ports, MANY, 20000);
	ports[MANY] = (struct port_range){IPPROTO_TCP, 8123, 8123};
	steer(ports, MANY + 1);
	GOES("windows", "wsl", "127.0.0.1", 20000, SOCK_DGRAM);
	GOES("windows", "wsl", "127.0.0.1", 20000 + 2 * (MANY - 1), SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20001, SOCK_DGRAM);
	if (_i)
		steer(window, 2);
	else
		steer(NULL, 0);
	GOES("windows", "windows", "127.0.0.1", 20000, SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20000 + 2 * (MANY - 1), SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 8123, SOCK_STREAM);
}
END_TEST

/* Old and new ones together are more than a table numbers. */
START_TEST(others_take_the_place_of_many)
{
	struct port_range ports[MANY];

	build();
	every_second(ports, MANY, 20000);
	steer(ports, MANY);
	every_second(ports, MANY, 30001);
	steer(ports, MANY);
	GOES("phone", "wsl", both[0], 30001, SOCK_DGRAM);
	GOES("phone", "wsl", both[1], 30001 + 2 * (MANY - 1), SOCK_DGRAM);
	GOES("phone", "windows", both[0], 20000, SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20000, SOCK_DGRAM);
}
END_TEST

/* Said, and what is not the guest's any more is with the host nevertheless. */
START_TEST(more_than_can_be_steered)
{
	struct port_range ports[MANY * 2];
	struct steering s = {"wsl", "windows", ports, MANY * 2};
	struct err err = {0};

	build();
	steer(&(struct port_range){IPPROTO_TCP, 8000, 8000}, 1);
	every_second(ports, MANY * 2, 20000);
	ck_assert_int_eq(lab.port.steer(lab.port.ctx, &s, &err), -ENOSPC);
	ck_assert_str_eq(err.msg, "Too many ports to steer");
	GOES("phone", "windows", both[0], 8000, SOCK_STREAM);
	GOES("windows", "windows", "127.0.0.1", 8000, SOCK_STREAM);
	steer(window, 2);
	GOES("phone", "windows", both[0], 20000, SOCK_DGRAM);
	GOES("windows", "windows", "127.0.0.1", 20000, SOCK_DGRAM);
}
END_TEST

/* No table, no guest, no host: nothing to do. */
START_TEST(nobody_to_steer)
{
	auto_json json_t *j = model_to_json(whole);
	auto_model *other = NULL;

	json_object_set_new(lab_find(json_object_get(j, "nodes"), "name", "windows"), "ruleset",
			    json_string(""));
	other = model_of(j);
	steer(window, 2);
	change(NULL, other);
	steer(window, 1);
	steer(window, 2);
	GOES("wsl", "phone", phone[0], 80, SOCK_STREAM);
	change(other, NULL);
	steer(window, 2);
}
END_TEST

/* The learner takes the interface away on the host, then the guest goes. */
START_TEST(a_host_without_its_interface)
{
	build();
	ck_assert_int_eq(
		lab_run(&lab, "windows", (const char *[]){"ip", "link", "del", "eth0", NULL}), 0);
	steer(window, 1);
	steer(window, 2);
	change(whole, NULL);
}
END_TEST

TCase *build_mirror_case(void)
{
	TCase *c = tcase_create("mirror");

	tcase_add_checked_fixture(c, setup, teardown);
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
	tcase_add_test(c, the_set_follows);
	tcase_add_loop_test(c, many_ports_come_and_go, 0, 2);
	tcase_add_test(c, others_take_the_place_of_many);
	tcase_add_test(c, more_than_can_be_steered);
	tcase_add_test(c, steering_disturbs_nobody);
	tcase_add_test(c, nothing_is_left);
	tcase_add_test(c, nobody_to_steer);
	tcase_add_test(c, a_host_without_its_interface);
	return c;
}
