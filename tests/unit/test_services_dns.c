/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DNS service: records, every behaviour, hostile messages. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "dns_rig.h"

START_TEST(records_are_answered)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = dns_start(&r, "dns", "", RIG_UDP | RIG_TCP);
	for (int how = 0; how <= TCP; how++) {
		dns_expect(port, "google.com", A, how, "A 142.250.179.142");
		dns_expect(port, "GOOGLE.cOm", AAAA, how, "AAAA 2a00:1450::200e");
		dns_expect(port, "WWW.example.org", A, how, "CNAME host.example.org. A 192.0.2.7");
		dns_expect(port, "www.example.org", CNAME, how, "CNAME host.example.org.");
		dns_expect(port, "out.example.org", A, how, "CNAME elsewhere.test.");
		dns_expect(port, "7.2.0.192.in-addr.arpa", PTR, how, "PTR host.example.org.");
		dns_expect(port, "example.org", NS, how, "NS ns.example.org.");
		dns_expect(port, "example.org", TXT, how, "TXT \"v=spf1 -all\"");
		dns_expect(port, "a.b.apps.test", A, how, "A 192.0.2.9");
		dns_expect(port, "host.example.org", AAAA, how, "");
		dns_expect(port, "sub.google.com", A, how, "NXDOMAIN");
		dns_expect(port, "nowhere.test", A, how, "NXDOMAIN");
	}
	rig_down(&r);
}
END_TEST

START_TEST(answers_carry_the_right_flags)
{
	struct rig r;
	uint16_t port;
	ldns_pkt *p;

	rig_up(&r);
	port = dns_start(&r, "dns", "", RIG_UDP);
	p = dns_ask_edns(port, "gOOgle.com", LDNS_RR_TYPE_A, 0, 1400);
	ck_assert(ldns_pkt_qr(p) && ldns_pkt_aa(p) && ldns_pkt_rd(p) && ldns_pkt_ra(p));
	ck_assert(ldns_pkt_edns(p));
	{
		auto_free char *name =
			ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(p), 0)));

		ck_assert_str_eq(name, "gOOgle.com.");
	}
	ldns_pkt_free(p);
	p = dns_ask(port, "google.com", LDNS_RR_TYPE_A, 0);
	ck_assert(!ldns_pkt_edns(p));
	ldns_pkt_free(p);
	dns_set(&r, ",\"recursive\":true");
	p = dns_ask(port, "google.com", LDNS_RR_TYPE_A, 0);
	ck_assert(!ldns_pkt_aa(p) && ldns_pkt_ra(p) && ldns_pkt_ancount(p) == 1);
	ldns_pkt_free(p);
	rig_down(&r);
}
END_TEST

START_TEST(wildcard_answers_below_names)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = dns_start(&r, "dns", ",\"wildcard\":true", RIG_UDP);
	dns_expect(port, "a.b.google.com", A, 0, "A 142.250.179.142");
	dns_expect(port, "com", A, 0, "NXDOMAIN");
	rig_down(&r);
}
END_TEST

START_TEST(no_records_at_all_refuses)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = rig_start(&r, "dns", "dns", "{}", RIG_UDP | RIG_TCP);
	dns_expect(port, "google.com", A, 0, "REFUSED");
	dns_expect(port, "google.com", A, TCP, "REFUSED");
	rig_down(&r);
}
END_TEST

START_TEST(wrong_configs_are_told)
{
	static const char *const wrong[] = {
		"{\"records\":{\"a.test\":{\"A\":\"nonsense\"}}}",
		"{\"records\":{\"a.test\":{\"AXFR\":\"x\"}}}",
		"{\"upstream\":[\"not an address\"]}",
		"{\"behaviour\":{\"kind\":\"sulk\"}}",
		"{\"behaviour\":{\"kind\":\"wrong\"}}",
		"{\"behaviour\":{\"kind\":\"delay\",\"delay_ms\":-1}}",
	};
	struct rig r;
	uint16_t port;

	rig_up(&r);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		json_t *answer = rig_try(&r, "dns", "dns", wrong[i], RIG_UDP, &port);

		ck_assert_msg(json_object_get(answer, "error") != NULL, "taken: %s", wrong[i]);
		json_decref(answer);
	}
	rig_down(&r);
}
END_TEST

/* What each behaviour makes of two questions by UDP and one by TCP; NULL: no answer. */
static const struct behaviour_case {
	const char *config, *a, *aaaa, *a_tcp;
} behaviours[] = {
	{"{\"kind\":\"ok\"}", "A 142.250.179.142", "AAAA 2a00:1450::200e", "A 142.250.179.142"},
	{"{\"kind\":\"servfail\"}", "SERVFAIL", "SERVFAIL", "SERVFAIL"},
	{"{\"kind\":\"nxdomain\"}", "NXDOMAIN", "NXDOMAIN", "NXDOMAIN"},
	{"{\"kind\":\"refused\"}", "REFUSED", "REFUSED", "REFUSED"},
	{"{\"kind\":\"truncated\"}", "TC", "TC", NULL},
	{"{\"kind\":\"truncated\",\"names\":[\"*.com\"]}", "TC", "TC", NULL},
	{"{\"kind\":\"wrong\",\"address\":\"203.0.113.66\"}", "A 203.0.113.66", "",
	 "A 203.0.113.66"},
	{"{\"kind\":\"wrong\",\"address\":\"fd00::66\"}", "", "AAAA fd00::66", ""},
	{"{\"kind\":\"no-aaaa\"}", "A 142.250.179.142", "", "A 142.250.179.142"},
	{"{\"kind\":\"close-tcp\"}", "A 142.250.179.142", "AAAA 2a00:1450::200e", NULL},
	{"{\"kind\":\"delay\",\"delay_ms\":50}", "A 142.250.179.142", "AAAA 2a00:1450::200e",
	 "A 142.250.179.142"},
	{"{\"kind\":\"servfail\",\"names\":[\"*.org\"]}", "A 142.250.179.142",
	 "AAAA 2a00:1450::200e", "A 142.250.179.142"},
	{"{\"kind\":\"servfail\",\"names\":[\"x.test\",\"*.COM\"]}", "SERVFAIL", "SERVFAIL",
	 "SERVFAIL"},
};

static void check_behaviour(uint16_t port, const struct behaviour_case *c)
{
	ldns_pkt *p;

	dns_expect(port, "google.com", A, 0, c->a);
	dns_expect(port, "google.com", AAAA, 0, c->aaaa);
	if (c->a_tcp) {
		dns_expect(port, "google.com", A, TCP, c->a_tcp);
		return;
	}
	p = dns_ask(port, "google.com", LDNS_RR_TYPE_A, TCP);
	ck_assert_msg(!p, "answered by TCP: %s", c->config);
}

/* All on one service, by `set` alone: the sockets stay. */
START_TEST(behaviours_change_live)
{
	char more[256];
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = dns_start(&r, "dns", "", RIG_UDP | RIG_TCP);
	for (size_t i = 0; i < ARRAY_SIZE(behaviours); i++) {
		snprintf(more, sizeof(more), ",\"behaviour\":%s", behaviours[i].config);
		dns_set(&r, more);
		check_behaviour(port, &behaviours[i]);
	}
	dns_set(&r, "");
	check_behaviour(port, &behaviours[0]);
	rig_down(&r);
}
END_TEST

START_TEST(truncated_refuses_tcp_in_the_kernel)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = dns_start(&r, "dns", ",\"behaviour\":{\"kind\":\"truncated\"}", RIG_UDP | RIG_TCP);
	ck_assert_int_eq(rig_connect(port), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	rig_down(&r);
}
END_TEST

/* The silent name gets nothing; a later question for another name, answered, proves that it was
 * taken in before. */
START_TEST(silent_says_nothing)
{
	uint8_t buf[512];
	struct rig r;
	uint16_t port;
	int fd;

	rig_up(&r);
	port = dns_start(&r, "dns",
			 ",\"behaviour\":{\"kind\":\"silent\",\"names\":[\"google.com\"]}",
			 RIG_UDP | RIG_TCP);
	fd = dns_udp_to(port);
	rig_send(fd, buf, dns_question("google.com", LDNS_RR_TYPE_A, 1, 0, buf));
	rig_send(fd, buf, dns_question("host.example.org", LDNS_RR_TYPE_A, 2, 0, buf));
	ck_assert_int_gt(recv(fd, buf, sizeof(buf), 0), 12);
	ck_assert_uint_eq(LDNS_ID_WIRE(buf), 2);
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -1);
	close(fd);
	rig_down(&r);
}
END_TEST

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

START_TEST(delay_holds_back_only_its_names)
{
	uint8_t buf[512];
	struct rig r;
	double asked;
	int fd;

	rig_up(&r);
	fd = dns_udp_to(dns_start(
		&r, "dns",
		",\"behaviour\":{\"kind\":\"delay\",\"delay_ms\":200,\"names\":[\"google.*\"]}",
		RIG_UDP));
	asked = now();
	rig_send(fd, buf, dns_question("google.com", LDNS_RR_TYPE_A, 1, 0, buf));
	rig_send(fd, buf, dns_question("host.example.org", LDNS_RR_TYPE_A, 2, 0, buf));
	ck_assert_int_gt(recv(fd, buf, sizeof(buf), 0), 12);
	ck_assert_uint_eq(LDNS_ID_WIRE(buf), 2);
	ck_assert_int_gt(recv(fd, buf, sizeof(buf), 0), 12);
	ck_assert_uint_eq(LDNS_ID_WIRE(buf), 1);
	ck_assert(now() - asked >= 0.199);
	close(fd);
	rig_down(&r);
}
END_TEST

static void many_records(char *config, size_t size)
{
	size_t at = (size_t)snprintf(config, size, "{\"records\":{\"many.test\":{\"A\":[");

	for (int i = 0; i < 60; i++)
		at += (size_t)snprintf(config + at, size - at, "%s\"192.0.2.%d\"", i ? "," : "", i);
	snprintf(config + at, size - at, "]}}}");
}

static size_t count_answers(ldns_pkt *p, bool cut)
{
	size_t n = ldns_rr_list_rr_count(ldns_pkt_answer(p));

	ck_assert_int_eq(ldns_pkt_tc(p), cut);
	ldns_pkt_free(p);
	return n;
}

START_TEST(long_answers_are_cut_to_the_clients_size)
{
	char config[2048];
	struct rig r;
	uint16_t port;

	many_records(config, sizeof(config));
	rig_up(&r);
	port = rig_start(&r, "dns", "dns", config, RIG_UDP | RIG_TCP);
	ck_assert_uint_eq(count_answers(dns_ask(port, "many.test", LDNS_RR_TYPE_A, 0), true), 0);
	ck_assert_uint_eq(
		count_answers(dns_ask_edns(port, "many.test", LDNS_RR_TYPE_A, 0, 900), true), 0);
	ck_assert_uint_eq(
		count_answers(dns_ask_edns(port, "many.test", LDNS_RR_TYPE_A, 0, 4096), false), 60);
	ck_assert_uint_eq(count_answers(dns_ask(port, "many.test", LDNS_RR_TYPE_A, TCP), false),
			  60);
	rig_down(&r);
}
END_TEST

/* Several questions in one connection, the sending side closed after the last. */
START_TEST(tcp_pipeline_and_half_close)
{
	uint8_t buf[1024];
	struct rig r;
	int fd;
	size_t n, all = 0;

	rig_up(&r);
	fd = rig_connect(dns_start(&r, "dns", ",\"behaviour\":{\"kind\":\"delay\",\"delay_ms\":30}",
				   RIG_TCP));
	for (uint16_t i = 1; i <= 3; i++) {
		n = dns_question("google.com", LDNS_RR_TYPE_A, i, 0, buf + all + 2);
		ldns_write_uint16(buf + all, (uint16_t)n);
		all += n + 2;
	}
	rig_send(fd, buf, 20);
	rig_send(fd, buf + 20, all - 20);
	shutdown(fd, SHUT_WR);
	n = rig_read(fd, buf, sizeof(buf));
	ck_assert_uint_eq(n, all + 3 * 16);
	close(fd);
	rig_down(&r);
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Hand-made messages that break careless parsers. */
static const struct {
	const char *what;
	uint8_t bytes[64];
	size_t len;
} hostile[] = {
	{"nothing", {0}, 0},
	{"half a header", {1, 2, 3, 4, 5}, 5},
	{"a header that promises a question", {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, 12},
	{"a name that points at itself",
	 {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1},
	 18},
	{"two names that point at each other",
	 {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 0xc0, 12, 0, 1, 0, 1},
	 20},
	{"a pointer past the end",
	 {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 1, 0, 1},
	 18},
	{"a label past the end", {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 'a', 'b'}, 15},
	{"a reserved label type", {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 1, 0, 1}, 19},
	{"65535 questions", {0, 1, 1, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1}, 17},
	{"65535 records",
	 {0, 1, 1, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0, 1},
	 17},
	{"an OPT cut short", {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 41, 16}, 21},
	{"an answer", {0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1}, 17},
	{"an update", {0, 1, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1}, 17},
};

static void send_tcp_junk(uint16_t port, const uint8_t *bytes, size_t len)
{
	uint8_t head[2];
	int fd = rig_connect(port);

	ck_assert_int_ge(fd, 0);
	ldns_write_uint16(head, (uint16_t)len);
	send(fd, head, 2, MSG_NOSIGNAL);
	send(fd, bytes, len, MSG_NOSIGNAL);
	close(fd);
}

START_TEST(hostile_messages_harm_nothing)
{
	uint8_t buf[700];
	uint32_t seed = 1;
	struct rig r;
	uint16_t port;
	int fd;

	rig_up(&r);
	port = dns_start(&r, "dns", ",\"upstream\":[\"127.0.0.1#9\"]",
			 RIG_UDP | RIG_TCP | RIG_UPSTREAM);
	fd = dns_udp_to(port);
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		send(fd, hostile[i].bytes, hostile[i].len, MSG_NOSIGNAL);
		send_tcp_junk(port, hostile[i].bytes, hostile[i].len);
	}
	for (int i = 0; i < 500; i++) {
		size_t n = next_random(&seed) % sizeof(buf);

		for (size_t k = 0; k < n; k++)
			buf[k] = (uint8_t)next_random(&seed);
		send(fd, buf, n, MSG_NOSIGNAL);
		if (i % 10 != 0)
			continue;
		send_tcp_junk(port, buf, n);
		dns_expect(port, "google.com", A, 0,
			   "A 142.250.179.142"); /* and the socket's buffer is read */
	}
	close(fd);
	dns_expect(port, "google.com", A, 0, "A 142.250.179.142");
	dns_expect(port, "google.com", A, TCP, "A 142.250.179.142");
	rig_down(&r);
}
END_TEST

/* Malformed questions get the error they deserve and not silence. */
START_TEST(malformed_questions_are_told)
{
	static const struct {
		uint8_t bytes[32];
		size_t len;
		int rcode;
	} cases[] = {
		{{0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1},
		 18,
		 LDNS_RCODE_FORMERR},
		{{0, 7, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1}, 17, LDNS_RCODE_FORMERR},
		{{0, 7, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1}, 17, LDNS_RCODE_NOTIMPL},
		{{0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 3}, 17, LDNS_RCODE_REFUSED},
	};
	uint8_t buf[512];
	struct rig r;
	int fd;

	rig_up(&r);
	fd = dns_udp_to(dns_start(&r, "dns", "", RIG_UDP));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		rig_send(fd, cases[i].bytes, cases[i].len);
		ck_assert_int_ge(recv(fd, buf, sizeof(buf), 0), 12);
		ck_assert_uint_eq(LDNS_ID_WIRE(buf), 7);
		ck_assert_int_eq(LDNS_RCODE_WIRE(buf), cases[i].rcode);
	}
	close(fd);
	rig_down(&r);
}
END_TEST

START_TEST(stop_closes_dns)
{
	uint8_t buf[512];
	struct rig r;
	uint16_t port;
	int fd;

	rig_up(&r);
	port = dns_start(&r, "dns", "", RIG_UDP | RIG_TCP | RIG_UPSTREAM);
	dns_expect(port, "google.com", A, TCP, "A 142.250.179.142");
	rig_stop(&r, "dns");
	ck_assert_int_eq(rig_connect(port), -1);
	fd = dns_udp_to(port);
	rig_send(fd, buf, dns_question("google.com", LDNS_RR_TYPE_A, 1, 0, buf));
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), 0), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	close(fd);
	rig_down(&r);
}
END_TEST

void suite_dns(Suite *s)
{
	TCase *t = tcase_create("dns");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, records_are_answered);
	tcase_add_test(t, answers_carry_the_right_flags);
	tcase_add_test(t, wildcard_answers_below_names);
	tcase_add_test(t, no_records_at_all_refuses);
	tcase_add_test(t, wrong_configs_are_told);
	tcase_add_test(t, behaviours_change_live);
	tcase_add_test(t, truncated_refuses_tcp_in_the_kernel);
	tcase_add_test(t, silent_says_nothing);
	tcase_add_test(t, delay_holds_back_only_its_names);
	tcase_add_test(t, long_answers_are_cut_to_the_clients_size);
	tcase_add_test(t, tcp_pipeline_and_half_close);
	tcase_add_test(t, hostile_messages_harm_nothing);
	tcase_add_test(t, malformed_questions_are_told);
	tcase_add_test(t, stop_closes_dns);
	suite_add_tcase(s, t);
}
