/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets, changes and flows of a node joined to a peer. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_watch.h"
#include "watch_rig.h"

static struct rig rig;

static void setup(void)
{
	rig_start(&rig);
	rig_observe(&rig, false);
}

static void teardown(void)
{
	rig_stop(&rig);
}

/* A socket of the node or its peer. */
static int open_in(int netns, int type)
{
	int fd;

	ck_assert_int_eq(setns(netns, CLONE_NEWNET), 0);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(setns(rig.home, CLONE_NEWNET), 0);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static struct sockaddr_in at(const char *address, uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};

	inet_pton(AF_INET, address, &sa.sin_addr);
	return sa;
}

START_TEST(a_ping_is_request_and_reply)
{
	const json_t *out;

	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "-W", "2", "10.9.0.1"), 0);
	out = rig_expect(
		&rig,
		"{\"kind\":\"packet\",\"what\":\"echo-request\",\"dir\":\"out\",\"if\":\"eth0\","
		"\"proto\":\"icmp\",\"src\":\"10.9.0.2\",\"dst\":\"10.9.0.1\",\"seqno\":1,"
		"\"gen\":2}");
	ck_assert_ptr_nonnull(json_object_get(out, "id"));
	rig_expect(&rig, "{\"kind\":\"packet\",\"what\":\"echo-reply\",\"dir\":\"in\",\"src\":\"10."
			 "9.0.1\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"packet\"}"), 2);
}
END_TEST

START_TEST(loopback_is_told_once)
{
	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "-W", "2", "127.0.0.1"), 0);
	rig_expect(&rig, "{\"kind\":\"packet\",\"what\":\"echo-reply\",\"if\":\"lo\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"packet\",\"if\":\"lo\"}"), 2);
}
END_TEST

START_TEST(a_refused_connect_is_syn_and_rst)
{
	struct sockaddr_in to = at("10.9.0.1", 81);
	auto_fd fd = open_in(rig.node, SOCK_STREAM);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	rig_expect(&rig, "{\"kind\":\"packet\",\"proto\":\"tcp\",\"what\":\"syn\",\"dir\":\"out\","
			 "\"dport\":81}");
	rig_expect(&rig, "{\"kind\":\"packet\",\"proto\":\"tcp\",\"what\":\"rst\",\"dir\":\"in\","
			 "\"sport\":81}");
}
END_TEST

START_TEST(a_hang_shows_every_syn)
{
	struct sockaddr_in to = at("10.9.0.1", 82);
	auto_fd fd = open_in(rig.node, SOCK_STREAM);

	ck_assert_int_eq(RUN(rig.peer, "nft",
			     "add table ip t; add chain ip t in { type filter hook input "
			     "priority 0; }; add rule ip t in tcp dport 82 drop"),
			 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), -1);
	rig_expect(&rig, "{\"what\":\"syn\",\"dport\":82}");
	while (rig_count(&rig, "{\"what\":\"syn\",\"dport\":82}") < 2) {
		struct pollfd p = {.fd = rig.port.fd(rig.port.ctx), .events = POLLIN};
		json_t *batch;

		ck_assert_int_eq(poll(&p, 1, 5000),
				 1); /* the kernel's first retransmission: one second */
		while (rig.port.next(rig.port.ctx, &batch, NULL) == 1) {
			json_array_extend(rig.events, batch);
			json_decref(batch);
		}
	}
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"packet\",\"what\":\"rst\"}"), 0);
}
END_TEST

START_TEST(an_unreachable_quotes_the_packet)
{
	struct sockaddr_in to = at("10.9.0.1", 9);
	auto_fd fd = open_in(rig.node, SOCK_DGRAM);

	ck_assert_int_eq(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)), 1);
	rig_expect(&rig,
		   "{\"kind\":\"packet\",\"what\":\"unreachable\",\"code\":3,\"dir\":\"in\"}");
	/* and the datagram itself is of no interest */
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"packet\",\"proto\":\"udp\"}"), 0);
}
END_TEST

/* query: google.com A, recursion desired; the answer adds 142.250.179.142 */
static const unsigned char question[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
					"\x06google\x03"
					"com\x00\x00\x01\x00\x01";
static const unsigned char record[] =
	"\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\x8e\xfa\xb3\x8e";

static void answer_query(int server)
{
	unsigned char buf[512];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(server, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);

	ck_assert_int_eq((int)n, (int)sizeof(question) - 1);
	buf[2] = 0x81;
	buf[3] = 0x80;
	buf[7] = 1;
	memcpy(buf + n, record, sizeof(record) - 1);
	n += (ssize_t)sizeof(record) - 1;
	ck_assert_int_eq(sendto(server, buf, (size_t)n, 0, (struct sockaddr *)&from, len), n);
}

START_TEST(dns_is_read)
{
	struct sockaddr_in to = at("10.9.0.1", 53);
	auto_fd server = open_in(rig.peer, SOCK_DGRAM);
	auto_fd client = open_in(rig.node, SOCK_DGRAM);

	ck_assert_int_eq(bind(server, (struct sockaddr *)&to, sizeof(to)), 0);
	ck_assert_int_eq(sendto(client, question, sizeof(question) - 1, 0, (struct sockaddr *)&to,
				sizeof(to)),
			 (int)sizeof(question) - 1);
	answer_query(server);
	rig_expect(&rig, "{\"kind\":\"packet\",\"what\":\"dns-query\",\"dir\":\"out\",\"qname\":"
			 "\"google.com\","
			 "\"qtype\":\"A\",\"qid\":4660,\"dport\":53}");
	rig_expect(
		&rig,
		"{\"kind\":\"packet\",\"what\":\"dns-answer\",\"dir\":\"in\",\"rcode\":\"NOERROR\","
		"\"answers\":[\"142.250.179.142\"],\"qid\":4660}");
}
END_TEST

START_TEST(repeats_are_merged)
{
	struct sockaddr_in to = at("10.9.0.1", 53);
	auto_fd server = open_in(rig.peer, SOCK_DGRAM);
	auto_fd client = open_in(rig.node, SOCK_DGRAM);

	ck_assert_int_eq(bind(server, (struct sockaddr *)&to, sizeof(to)), 0);
	for (int i = 0; i < 5; i++)
		sendto(client, question, sizeof(question) - 1, 0, (struct sockaddr *)&to,
		       sizeof(to));
	rig_expect(&rig, "{\"what\":\"dns-query\",\"count\":4}");
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"dns-query\"}"), 2);
}
END_TEST

/* Whoever asks for all that was seen gets what waits for the end of its second, too. */
START_TEST(a_sync_tells_what_was_merged)
{
	enum { SENT = 5 };
	struct sockaddr_in to = at("10.9.0.1", 53);
	auto_fd server = open_in(rig.peer, SOCK_DGRAM);
	auto_fd client = open_in(rig.node, SOCK_DGRAM);
	json_int_t told = 0;
	const json_t *e;
	size_t i;

	ck_assert_int_eq(bind(server, (struct sockaddr *)&to, sizeof(to)), 0);
	for (int n = 0; n < SENT; n++)
		sendto(client, question, sizeof(question) - 1, 0, (struct sockaddr *)&to,
		       sizeof(to));
	ck_assert_int_eq(rig.port.sync(rig.port.ctx, 9, NULL), 0);
	rig_expect(&rig, "{\"what\":\"synced\",\"n\":9}");
	json_array_foreach (rig.events, i, e)
		if (!strcmp(json_str(e, "what", ""), "dns-query"))
			told += json_int(e, "count", 1);
	ck_assert_int_eq(told, SENT);
}
END_TEST

START_TEST(a_flood_is_bounded)
{
	ck_assert_int_eq(RUN(rig.node, "ping", "-q", "-f", "-c", "1500", "10.9.0.1"), 0);
	rig_expect(&rig, "{\"kind\":\"packet\",\"what\":\"more\"}");
	ck_assert_uint_le(rig_count(&rig, "{\"kind\":\"packet\"}"), 1200);
}
END_TEST

/* The probes of the end are seen however much was sent just before. */
START_TEST(a_flood_hides_nothing_after_a_sync)
{
	ck_assert_int_eq(RUN(rig.node, "ping", "-q", "-f", "-c", "1500", "10.9.0.1"), 0);
	ck_assert_int_eq(rig.port.sync(rig.port.ctx, 9, NULL), 0);
	rig_expect(&rig, "{\"what\":\"synced\",\"n\":9}");
	ck_assert_uint_gt(rig_count(&rig, "{\"kind\":\"packet\",\"what\":\"more\"}"), 0);
	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "-s", "72", "10.9.0.1"), 0);
	rig_expect(&rig, "{\"what\":\"echo-request\",\"size\":100}");
}
END_TEST

START_TEST(addresses_links_and_routes_are_told)
{
	ck_assert_int_eq(RUN(rig.node, "ip", "link", "set", "eth0", "mtu", "1400"), 0);
	rig_expect(&rig, "{\"kind\":\"change\",\"what\":\"link\",\"action\":\"set\",\"ifname\":"
			 "\"eth0\",\"mtu\":1400}");
	ck_assert_int_eq(RUN(rig.node, "ip", "address", "add", "10.8.0.1/20", "dev", "eth0"), 0);
	rig_expect(&rig, "{\"kind\":\"change\",\"what\":\"address\",\"action\":\"add\",\"local\":"
			 "\"10.8.0.1\","
			 "\"prefixlen\":20,\"dev\":\"eth0\",\"scope\":\"global\"}");
	ck_assert_int_eq(RUN(rig.node, "ip", "route", "add", "default", "via", "10.9.0.1"), 0);
	rig_expect(
		&rig,
		"{\"kind\":\"change\",\"what\":\"route\",\"action\":\"add\",\"dst\":\"default\","
		"\"gateway\":\"10.9.0.1\",\"dev\":\"eth0\",\"protocol\":\"boot\",\"table\":254}");
	ck_assert_int_eq(RUN(rig.node, "ip", "route", "replace", "default", "via", "10.9.0.7"), 0);
	rig_expect(&rig, "{\"what\":\"route\",\"action\":\"set\",\"dst\":\"default\",\"gateway\":"
			 "\"10.9.0.7\"}");
	ck_assert_int_eq(RUN(rig.node, "ip", "route", "del", "default"), 0);
	rig_expect(&rig, "{\"what\":\"route\",\"action\":\"del\",\"dst\":\"default\"}");
	ck_assert_int_eq(RUN(rig.node, "ip", "rule", "add", "from", "10.9.0.0/24", "table", "100",
			     "priority", "77"),
			 0);
	rig_expect(&rig,
		   "{\"what\":\"rule\",\"action\":\"add\",\"src\":\"10.9.0.0/24\",\"table\":100,"
		   "\"priority\":77,\"family\":\"inet\"}");
	ck_assert_int_eq(RUN(rig.node, "ip", "neigh", "replace", "10.9.0.9", "lladdr",
			     "00:15:5d:00:00:01", "dev", "eth0"),
			 0);
	rig_expect(&rig,
		   "{\"what\":\"neigh\",\"dst\":\"10.9.0.9\",\"lladdr\":\"00:15:5d:00:00:01\","
		   "\"state\":[\"PERMANENT\"]}");
	ck_assert_int_eq(RUN(rig.node, "ip", "neigh", "del", "10.9.0.9", "dev", "eth0"), 0);
	rig_expect(&rig, "{\"what\":\"neigh\",\"action\":\"del\",\"dst\":\"10.9.0.9\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"neigh\"}"), 2);
	ck_assert_int_eq(RUN(rig.node, "ip", "link", "set", "eth0", "down"), 0);
	rig_expect(
		&rig,
		"{\"what\":\"link\",\"ifname\":\"eth0\",\"flags\":[\"BROADCAST\",\"MULTICAST\"]}");
	ck_assert_int_eq(RUN(rig.node, "ip", "link", "add", "veth9", "type", "veth", "peer", "name",
			     "veth8"),
			 0);
	rig_expect(&rig, "{\"what\":\"link\",\"action\":\"add\",\"ifname\":\"veth9\"}");
	ck_assert_int_eq(RUN(rig.node, "ip", "link", "del", "veth9"), 0);
	rig_expect(&rig, "{\"what\":\"link\",\"action\":\"del\",\"ifname\":\"veth9\"}");
}
END_TEST

START_TEST(what_nobody_changed_is_not_told)
{
	auto_free char *told = NULL;

	/* The peer's going down takes our carrier, and its return gives it back; both are announced
	 * here too. */
	ck_assert_int_eq(RUN(rig.peer, "ip", "link", "set", "eth0", "down"), 0);
	ck_assert_int_eq(RUN(rig.peer, "ip", "link", "set", "eth0", "up"), 0);
	/* an address nobody has */
	ck_assert_int_ne(RUN(rig.node, "ping", "-c", "1", "-W", "1", "10.9.0.77"), 0);
	ck_assert_int_eq(RUN(rig.node, "ip", "neigh", "flush", "all"), 0);
	ck_assert_int_eq(RUN(rig.node, "ip", "address", "add", "fd00::2/64", "dev", "eth0"), 0);
	rig_expect(&rig, "{\"what\":\"address\",\"local\":\"fd00::2\"}");
	ck_assert_int_eq(RUN(rig.node, "sh", "-c", "while ip -6 a | grep -q tentative; do :; done"),
			 0);
	ck_assert_int_eq(RUN(rig.node, "ip", "link", "set", "eth0", "mtu", "1400"), 0);
	rig_expect(&rig, "{\"what\":\"link\",\"mtu\":1400}");
	told = json_dumps(rig.events, JSON_COMPACT);
	ck_assert_msg(rig_count(&rig, "{\"what\":\"link\"}") == 1 &&
			      rig_count(&rig, "{\"what\":\"address\"}") == 1 &&
			      rig_count(&rig, "{\"what\":\"neigh\"}") == 0,
		      "told: %s", told);
}
END_TEST

START_TEST(ipv6_that_somebody_changed_is_told)
{
	ck_assert_int_eq(RUN(rig.node, "ip", "address", "add", "fd00::2/64", "dev", "eth0"), 0);
	rig_expect(&rig, "{\"what\":\"address\",\"action\":\"add\",\"family\":\"inet6\",\"local\":"
			 "\"fd00::2\"}");
	ck_assert_int_eq(RUN(rig.node, "ip", "-6", "route", "add", "2001:db8::/48", "via",
			     "fd00::1", "dev", "eth0"),
			 0);
	rig_expect(&rig, "{\"what\":\"route\",\"action\":\"add\",\"family\":\"inet6\",\"dst\":"
			 "\"2001:db8::/48\",\"gateway\":"
			 "\"fd00::1\",\"protocol\":\"boot\"}");
	ck_assert_int_eq(RUN(rig.node, "ip", "-6", "rule", "add", "from", "fd00::/64", "table",
			     "100", "priority", "99"),
			 0);
	rig_expect(&rig,
		   "{\"what\":\"rule\",\"action\":\"add\",\"family\":\"inet6\",\"priority\":99}");
}
END_TEST

START_TEST(a_ruleset_transaction_is_one_change)
{
	const json_t *c;

	ck_assert_int_eq(RUN(rig.node, "nft",
			     "add table inet t; add chain inet t out { type filter hook output "
			     "priority 0; }; add rule inet t out udp dport 53 drop"),
			 0);
	c = rig_expect(
		&rig,
		"{\"kind\":\"change\",\"what\":\"ruleset\",\"action\":\"add\",\"table\":\"t\","
		"\"family\":\"inet\",\"chain\":\"out\",\"rules\":1,\"added\":3,\"tool\":\"nft\"}");
	ck_assert_uint_eq(json_array_size(json_object_get(c, "objects")), 3);
	ck_assert_int_eq(RUN(rig.node, "nft", "flush", "chain", "inet", "t", "out"), 0);
	rig_expect(&rig, "{\"what\":\"ruleset\",\"action\":\"del\",\"rules\":1,\"tool\":\"nft\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"ruleset\"}"), 2);
}
END_TEST

START_TEST(other_nodes_are_not_heard)
{
	ck_assert_int_eq(RUN(rig.peer, "ip", "route", "add", "10.77.0.0/16", "via", "10.9.0.2"), 0);
	ck_assert_int_eq(RUN(rig.node, "ip", "route", "add", "10.78.0.0/16", "via", "10.9.0.1"), 0);
	rig_expect(&rig, "{\"what\":\"route\",\"dst\":\"10.78.0.0/16\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"what\":\"route\",\"dst\":\"10.77.0.0/16\"}"), 0);
}
END_TEST

START_TEST(a_removed_node_is_silent)
{
	struct watch_node other = {.name = "other",
				   .generation = 1,
				   .netns = rig.node,
				   .listener = -1,
				   .etc_dir = -1,
				   .wsl_dir = -1,
				   .observed = true};

	json_array_clear(rig.events);
	rig_add(&rig, &other);
	rig.port.remove(rig.port.ctx, "wsl");
	/* An add is answered in order, so the removal is done when this one is. */
	json_array_clear(rig.events);
	rig_add(&rig, &other);
	ck_assert_int_eq(RUN(rig.node, "ip", "route", "add", "10.78.0.0/16", "via", "10.9.0.1"), 0);
	rig_expect(&rig, "{\"node\":\"other\",\"what\":\"route\",\"dst\":\"10.78.0.0/16\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"node\":\"wsl\"}"), 0);
}
END_TEST

static void setup_flows(void)
{
	rig_start(&rig);
	rig_observe(&rig, true);
}

START_TEST(a_translated_flow_is_told)
{
	ck_assert_int_eq(RUN(rig.node, "nft",
			     "add table ip n; add chain ip n p { type nat hook postrouting "
			     "priority 100; }; add rule ip n p oifname eth0 masquerade"),
			 0);
	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "-W", "2", "10.9.0.1"), 0);
	rig_expect(&rig,
		   "{\"kind\":\"flow\",\"what\":\"new\",\"proto\":\"icmp\",\"src\":\"10.9.0.2\","
		   "\"dst\":\"10.9.0.1\",\"reply_src\":\"10.9.0.1\",\"reply_dst\":\"10.9.0.2\"}");
}
END_TEST

/* A connection that is refused is forgotten by conntrack at once. */
START_TEST(the_end_of_a_flow_is_told)
{
	struct sockaddr_in to = at("10.9.0.1", 81);
	auto_fd fd = open_in(rig.node, SOCK_STREAM);

	ck_assert_int_eq(
		RUN(rig.node, "sh", "-c", "echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct"), 0);
	ck_assert_int_eq(RUN(rig.node, "nft",
			     "add table ip n; add chain ip n p { type nat hook postrouting "
			     "priority 100; }; add rule ip n p oifname eth0 masquerade"),
			 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), -1);
	rig_expect(&rig, "{\"kind\":\"flow\",\"what\":\"end\",\"proto\":\"tcp\",\"dst\":\"10.9.0."
			 "1\",\"dport\":81,\"packets\":1,"
			 "\"reply_packets\":1}");
}
END_TEST

TCase *watch_net_case(void)
{
	TCase *c = tcase_create("net");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, a_ping_is_request_and_reply);
	tcase_add_test(c, loopback_is_told_once);
	tcase_add_test(c, a_refused_connect_is_syn_and_rst);
	tcase_add_test(c, a_hang_shows_every_syn);
	tcase_add_test(c, an_unreachable_quotes_the_packet);
	tcase_add_test(c, dns_is_read);
	tcase_add_test(c, repeats_are_merged);
	tcase_add_test(c, a_sync_tells_what_was_merged);
	tcase_add_test(c, a_flood_is_bounded);
	tcase_add_test(c, a_flood_hides_nothing_after_a_sync);
	tcase_add_test(c, addresses_links_and_routes_are_told);
	tcase_add_test(c, what_nobody_changed_is_not_told);
	tcase_add_test(c, ipv6_that_somebody_changed_is_told);
	tcase_add_test(c, a_ruleset_transaction_is_one_change);
	tcase_add_test(c, other_nodes_are_not_heard);
	tcase_add_test(c, a_removed_node_is_silent);
	return c;
}

TCase *watch_flow_case(void)
{
	TCase *c = tcase_create("flow");

	tcase_add_checked_fixture(c, setup_flows, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, a_translated_flow_is_told);
	tcase_add_test(c, the_end_of_a_flow_is_told);
	return c;
}
