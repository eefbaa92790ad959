/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DNS service: records, every behaviour, upstreams, hostile messages. */
#include <errno.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "serve_rig.h"

static const char records[] =
	"{\"records\":{\"google.com\":{\"A\":[\"142.250.179.142\"],\"AAAA\":[\"2a00:1450::200e\"]},"
	"\"www.Example.org\":{\"CNAME\":\"host.example.org\"},\"host.example.org\":{\"A\":\"192.0."
	"2.7\"},"
	"\"out.example.org\":{\"CNAME\":\"elsewhere.test\"},"
	"\"7.2.0.192.in-addr.arpa\":{\"PTR\":\"host.example.org\"},"
	"\"example.org\":{\"NS\":\"ns.example.org\",\"TXT\":[\"v=spf1 -all\"]},"
	"\"*.apps.test\":{\"A\":\"192.0.2.9\"}}%s}";

enum { TCP = 1, SHORT_WAIT = 2 };

static int udp_to(uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct timeval tv = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static size_t make_query(const char *name, ldns_rr_type type, uint16_t id, uint16_t edns,
			 uint8_t *buf)
{
	ldns_pkt *q = NULL;
	uint8_t *wire;
	size_t n;

	ck_assert_int_eq(ldns_pkt_query_new_frm_str(&q, name, type, LDNS_RR_CLASS_IN, LDNS_RD), 0);
	ldns_pkt_set_id(q, id);
	if (edns)
		ldns_pkt_set_edns_udp_size(q, edns);
	ck_assert_int_eq(ldns_pkt2wire(&wire, q, &n), 0);
	memcpy(buf, wire, n);
	free(wire);
	ldns_pkt_free(q);
	return n;
}

static ldns_pkt *parse(const uint8_t *buf, ssize_t n)
{
	ldns_pkt *p = NULL;

	if (n <= 0)
		return NULL;
	ck_assert_int_eq(ldns_wire2pkt(&p, buf, (size_t)n), LDNS_STATUS_OK);
	return p;
}

/* NULL: no answer (the socket's time-out, or the connection's end). */
static ldns_pkt *ask_tcp(uint16_t port, const uint8_t *q, size_t n)
{
	uint8_t buf[65535 + 2];
	int fd = rig_connect(port);
	size_t got;

	if (fd < 0)
		return NULL;
	ldns_write_uint16(buf, (uint16_t)n);
	memcpy(buf + 2, q, n);
	rig_send(fd, buf, n + 2);
	got = rig_read(fd, buf, 2) == 2 ? rig_read(fd, buf + 2, ldns_read_uint16(buf)) : 0;
	close(fd);
	return parse(buf + 2, (ssize_t)got);
}

static ldns_pkt *ask_edns(uint16_t port, const char *name, ldns_rr_type type, int how,
			  uint16_t edns)
{
	uint8_t buf[65535];
	size_t n = make_query(name, type, 4711, edns, buf);
	ldns_pkt *p;
	int fd;

	if (how & TCP)
		return ask_tcp(port, buf, n);
	fd = udp_to(port);
	rig_send(fd, buf, n);
	p = parse(buf, recv(fd, buf, sizeof(buf), 0));
	close(fd);
	if (p)
		ck_assert_uint_eq(ldns_pkt_id(p), 4711);
	return p;
}

static ldns_pkt *ask(uint16_t port, const char *name, ldns_rr_type type, int how)
{
	return ask_edns(port, name, type, how, 0);
}

/* The answer section as text: "A 192.0.2.1 CNAME host." in order; or the rcode's name when empty
 * and not NOERROR. */
static const char *said(ldns_pkt *p, char *buf, size_t size)
{
	const ldns_rr_list *list;
	size_t at = 0;

	ck_assert_ptr_nonnull(p);
	buf[0] = '\0';
	list = ldns_pkt_answer(p);
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		auto_free char *type = ldns_rr_type2str(ldns_rr_get_type(rr));
		auto_free char *value = ldns_rdf2str(ldns_rr_rdf(rr, 0));

		at += (size_t)snprintf(buf + at, size - at, "%s%s %s", at ? " " : "", type, value);
	}
	if (ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR) {
		auto_free char *rcode = ldns_pkt_rcode2str(ldns_pkt_get_rcode(p));

		snprintf(buf + at, size - at, "%s", rcode);
	}
	if (ldns_pkt_tc(p))
		snprintf(buf + strlen(buf), size - strlen(buf), "TC");
	ldns_pkt_free(p);
	return buf;
}

#define expect(port, name, type, how, want)                                                        \
	do {                                                                                       \
		char said_[2048];                                                                  \
		ck_assert_str_eq(                                                                  \
			said(ask(port, name, LDNS_RR_TYPE_##type, how), said_, sizeof(said_)),     \
			want);                                                                     \
	} while (0)

static uint16_t start(struct rig *r, const char *name, const char *more, int what)
{
	char config[4096];

	snprintf(config, sizeof(config), records, more);
	return rig_start(r, "dns", name, config, what);
}

static void set(struct rig *r, const char *more)
{
	char config[4096];

	snprintf(config, sizeof(config), records, more);
	rig_set(r, "dns", config);
}

START_TEST(records_are_answered)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = start(&r, "dns", "", RIG_UDP | RIG_TCP);
	for (int how = 0; how <= TCP; how++) {
		expect(port, "google.com", A, how, "A 142.250.179.142");
		expect(port, "GOOGLE.cOm", AAAA, how, "AAAA 2a00:1450::200e");
		expect(port, "WWW.example.org", A, how, "CNAME host.example.org. A 192.0.2.7");
		expect(port, "www.example.org", CNAME, how, "CNAME host.example.org.");
		expect(port, "out.example.org", A, how, "CNAME elsewhere.test.");
		expect(port, "7.2.0.192.in-addr.arpa", PTR, how, "PTR host.example.org.");
		expect(port, "example.org", NS, how, "NS ns.example.org.");
		expect(port, "example.org", TXT, how, "TXT \"v=spf1 -all\"");
		expect(port, "a.b.apps.test", A, how, "A 192.0.2.9");
		expect(port, "host.example.org", AAAA, how, "");
		expect(port, "sub.google.com", A, how, "NXDOMAIN");
		expect(port, "nowhere.test", A, how, "NXDOMAIN");
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
	port = start(&r, "dns", "", RIG_UDP);
	p = ask_edns(port, "gOOgle.com", LDNS_RR_TYPE_A, 0, 1400);
	ck_assert(ldns_pkt_qr(p) && ldns_pkt_aa(p) && ldns_pkt_rd(p) && ldns_pkt_ra(p));
	ck_assert(ldns_pkt_edns(p));
	{
		auto_free char *name =
			ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(p), 0)));

		ck_assert_str_eq(name, "gOOgle.com.");
	}
	ldns_pkt_free(p);
	p = ask(port, "google.com", LDNS_RR_TYPE_A, 0);
	ck_assert(!ldns_pkt_edns(p));
	ldns_pkt_free(p);
	rig_down(&r);
}
END_TEST

START_TEST(wildcard_answers_below_names)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = start(&r, "dns", ",\"wildcard\":true", RIG_UDP);
	expect(port, "a.b.google.com", A, 0, "A 142.250.179.142");
	expect(port, "com", A, 0, "NXDOMAIN");
	rig_down(&r);
}
END_TEST

START_TEST(no_records_at_all_refuses)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = rig_start(&r, "dns", "dns", "{}", RIG_UDP | RIG_TCP);
	expect(port, "google.com", A, 0, "REFUSED");
	expect(port, "google.com", A, TCP, "REFUSED");
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

	expect(port, "google.com", A, 0, c->a);
	expect(port, "google.com", AAAA, 0, c->aaaa);
	if (c->a_tcp) {
		expect(port, "google.com", A, TCP, c->a_tcp);
		return;
	}
	p = ask(port, "google.com", LDNS_RR_TYPE_A, TCP);
	ck_assert_msg(!p, "answered by TCP: %s", c->config);
}

/* All on one service, by `set` alone: the sockets stay. */
START_TEST(behaviours_change_live)
{
	char more[256];
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = start(&r, "dns", "", RIG_UDP | RIG_TCP);
	for (size_t i = 0; i < ARRAY_SIZE(behaviours); i++) {
		snprintf(more, sizeof(more), ",\"behaviour\":%s", behaviours[i].config);
		set(&r, more);
		check_behaviour(port, &behaviours[i]);
	}
	set(&r, "");
	check_behaviour(port, &behaviours[0]);
	rig_down(&r);
}
END_TEST

START_TEST(truncated_refuses_tcp_in_the_kernel)
{
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = start(&r, "dns", ",\"behaviour\":{\"kind\":\"truncated\"}", RIG_UDP | RIG_TCP);
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
	port = start(&r, "dns", ",\"behaviour\":{\"kind\":\"silent\",\"names\":[\"google.com\"]}",
		     RIG_UDP | RIG_TCP);
	fd = udp_to(port);
	rig_send(fd, buf, make_query("google.com", LDNS_RR_TYPE_A, 1, 0, buf));
	rig_send(fd, buf, make_query("host.example.org", LDNS_RR_TYPE_A, 2, 0, buf));
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
	fd = udp_to(start(
		&r, "dns",
		",\"behaviour\":{\"kind\":\"delay\",\"delay_ms\":200,\"names\":[\"google.*\"]}",
		RIG_UDP));
	asked = now();
	rig_send(fd, buf, make_query("google.com", LDNS_RR_TYPE_A, 1, 0, buf));
	rig_send(fd, buf, make_query("host.example.org", LDNS_RR_TYPE_A, 2, 0, buf));
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
	ck_assert_uint_eq(count_answers(ask(port, "many.test", LDNS_RR_TYPE_A, 0), true), 0);
	ck_assert_uint_eq(count_answers(ask_edns(port, "many.test", LDNS_RR_TYPE_A, 0, 900), true),
			  0);
	ck_assert_uint_eq(
		count_answers(ask_edns(port, "many.test", LDNS_RR_TYPE_A, 0, 4096), false), 60);
	ck_assert_uint_eq(count_answers(ask(port, "many.test", LDNS_RR_TYPE_A, TCP), false), 60);
	rig_down(&r);
}
END_TEST

/* A server that says nothing, then one that answers: both transports. */
START_TEST(upstreams_are_asked_in_turn)
{
	char config[256];
	struct rig r;
	uint16_t dead, live, port;
	int fd = rig_bind(SOCK_DGRAM, &dead);

	rig_up(&r);
	live = start(&r, "live", "", RIG_UDP | RIG_TCP);
	snprintf(config, sizeof(config),
		 "{\"upstream\":[\"127.0.0.1#%u\",\"127.0.0.1#%u\"],\"upstream_ms\":50,"
		 "\"records\":{\"own.test\":{\"A\":\"192.0.2.1\"}}}",
		 dead, live);
	port = rig_start(&r, "dns", "dns", config, RIG_UDP | RIG_TCP | RIG_UPSTREAM);
	for (int how = 0; how <= TCP; how++) {
		expect(port, "own.test", A, how, "A 192.0.2.1");
		expect(port, "google.com", A, how, "A 142.250.179.142");
		expect(port, "nowhere.test", A, how, "NXDOMAIN");
	}
	rig_stop(&r, "live");
	for (int how = 0; how <= TCP; how++)
		expect(port, "google.com", A, how, "SERVFAIL");
	close(fd);
	rig_down(&r);
}
END_TEST

/* Answers that are not the one asked for: number, sender, question. */
START_TEST(forged_answers_are_ignored)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	uint8_t ask_buf[512], buf[512];
	char config[128];
	struct rig r;
	uint16_t up, other, id, port;
	int server = rig_bind(SOCK_DGRAM, &up), stranger = rig_bind(SOCK_DGRAM, &other), fd;
	ssize_t n;
	size_t m;

	rig_up(&r);
	snprintf(config, sizeof(config), "{\"upstream\":[\"127.0.0.1#%u\"]}", up);
	port = rig_start(&r, "dns", "dns", config, RIG_UDP | RIG_UPSTREAM);
	fd = udp_to(port);
	rig_send(fd, buf, make_query("google.com", LDNS_RR_TYPE_A, 4711, 0, buf));
	n = recvfrom(server, ask_buf, sizeof(ask_buf), 0, (struct sockaddr *)&from, &len);
	ck_assert_int_gt(n, 12);
	id = LDNS_ID_WIRE(ask_buf);
	ask_buf[2] |= 0x80; /* QR: now it is an answer */
	ask_buf[3] = LDNS_RCODE_NXDOMAIN;
	sendto(stranger, ask_buf, (size_t)n, 0, (struct sockaddr *)&from, len);
	LDNS_ID_SET(ask_buf, (uint16_t)(id + 1));
	sendto(server, ask_buf, (size_t)n, 0, (struct sockaddr *)&from, len);
	m = make_query("gaggle.com", LDNS_RR_TYPE_A, id, 0, buf);
	buf[2] |= 0x80;
	sendto(server, buf, m, 0, (struct sockaddr *)&from, len);
	LDNS_ID_SET(ask_buf, id);
	ask_buf[2] |= 0x04; /* AA: the upstream's own name */
	ask_buf[3] = LDNS_RCODE_REFUSED;
	sendto(server, ask_buf, (size_t)n, 0, (struct sockaddr *)&from, len);
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), 0), n);
	ck_assert_uint_eq(LDNS_ID_WIRE(buf), 4711);
	ck_assert_uint_eq(LDNS_RCODE_WIRE(buf), LDNS_RCODE_REFUSED);
	ck_assert(!LDNS_AA_WIRE(buf));
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -1);
	close(fd);
	close(server);
	close(stranger);
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
	fd = rig_connect(
		start(&r, "dns", ",\"behaviour\":{\"kind\":\"delay\",\"delay_ms\":30}", RIG_TCP));
	for (uint16_t i = 1; i <= 3; i++) {
		n = make_query("google.com", LDNS_RR_TYPE_A, i, 0, buf + all + 2);
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
	port = start(&r, "dns", ",\"upstream\":[\"127.0.0.1#9\"]",
		     RIG_UDP | RIG_TCP | RIG_UPSTREAM);
	fd = udp_to(port);
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
		expect(port, "google.com", A, 0,
		       "A 142.250.179.142"); /* and the socket's buffer is read */
	}
	close(fd);
	expect(port, "google.com", A, 0, "A 142.250.179.142");
	expect(port, "google.com", A, TCP, "A 142.250.179.142");
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
	fd = udp_to(start(&r, "dns", "", RIG_UDP));
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
	port = start(&r, "dns", "", RIG_UDP | RIG_TCP | RIG_UPSTREAM);
	expect(port, "google.com", A, TCP, "A 142.250.179.142");
	rig_stop(&r, "dns");
	ck_assert_int_eq(rig_connect(port), -1);
	fd = udp_to(port);
	rig_send(fd, buf, make_query("google.com", LDNS_RR_TYPE_A, 1, 0, buf));
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
	tcase_add_test(t, upstreams_are_asked_in_turn);
	tcase_add_test(t, forged_answers_are_ignored);
	tcase_add_test(t, tcp_pipeline_and_half_close);
	tcase_add_test(t, hostile_messages_harm_nothing);
	tcase_add_test(t, malformed_questions_are_told);
	tcase_add_test(t, stop_closes_dns);
	suite_add_tcase(s, t);
}
