/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DNS service asking onward: upstreams, suffixes, and WSL's DNS tunnel. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "dns_rig.h"

/* A server that says nothing, then one that answers: both transports. */
START_TEST(upstreams_are_asked_in_turn)
{
	char config[256];
	struct rig r;
	uint16_t dead, live, port;
	int fd = rig_bind(SOCK_DGRAM, &dead);

	rig_up(&r);
	live = dns_start(&r, "live", "", RIG_UDP | RIG_TCP);
	snprintf(config, sizeof(config),
		 "{\"upstream\":[\"127.0.0.1#%u\",\"127.0.0.1#%u\"],\"upstream_ms\":50,"
		 "\"records\":{\"own.test\":{\"A\":\"192.0.2.1\"}}}",
		 dead, live);
	port = rig_start(&r, "dns", "dns", config, RIG_UDP | RIG_TCP | RIG_UPSTREAM);
	for (int how = 0; how <= TCP; how++) {
		dns_expect(port, "own.test", A, how, "A 192.0.2.1");
		dns_expect(port, "google.com", A, how, "A 142.250.179.142");
		dns_expect(port, "nowhere.test", A, how, "NXDOMAIN");
	}
	rig_stop(&r, "live");
	for (int how = 0; how <= TCP; how++)
		dns_expect(port, "google.com", A, how, "SERVFAIL");
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
	fd = dns_udp_to(port);
	rig_send(fd, buf, dns_question("google.com", LDNS_RR_TYPE_A, 4711, 0, buf));
	n = recvfrom(server, ask_buf, sizeof(ask_buf), 0, (struct sockaddr *)&from, &len);
	ck_assert_int_gt(n, 12);
	id = LDNS_ID_WIRE(ask_buf);
	ask_buf[2] |= 0x80; /* QR: now it is an answer */
	ask_buf[3] = LDNS_RCODE_NXDOMAIN;
	sendto(stranger, ask_buf, (size_t)n, 0, (struct sockaddr *)&from, len);
	LDNS_ID_SET(ask_buf, (uint16_t)(id + 1));
	sendto(server, ask_buf, (size_t)n, 0, (struct sockaddr *)&from, len);
	m = dns_question("gaggle.com", LDNS_RR_TYPE_A, id, 0, buf);
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

/* A question below a suffix goes to that suffix's servers alone, the longest one's. */
START_TEST(suffixes_have_servers_of_their_own)
{
	char config[512];
	struct rig r;
	uint16_t all, corp, port;

	rig_up(&r);
	all = dns_start(&r, "all", "", RIG_UDP | RIG_TCP);
	corp = rig_start(&r, "dns", "corp",
			 "{\"wildcard\":true,\"records\":{\"corp.test\":{\"A\":\"192.0.2.50\"}}}",
			 RIG_UDP | RIG_TCP);
	snprintf(
		config, sizeof(config),
		"{\"upstream\":[\"127.0.0.1#%u\"],\"suffixes\":{\".Corp.test.\":[\"127.0.0.1#%u\"],"
		"\"public.corp.test\":[\"127.0.0.1#%u\"]}}",
		all, corp, all);
	port = rig_start(&r, "dns", "dns", config, RIG_UDP | RIG_TCP | RIG_UPSTREAM);
	for (int how = 0; how <= TCP; how++) {
		dns_expect(port, "git.corp.test", A, how, "A 192.0.2.50");
		dns_expect(port, "CORP.test", A, how, "A 192.0.2.50");
		dns_expect(port, "www.public.corp.test", A, how, "NXDOMAIN");
		dns_expect(port, "mycorp.test", A, how, "NXDOMAIN");
		dns_expect(port, "google.com", A, how, "A 142.250.179.142");
	}
	rig_down(&r);
}
END_TEST

START_TEST(wrong_suffixes_are_told)
{
	static const char *const configs[] = {
		"{\"suffixes\":{\"\":[\"127.0.0.1\"]}}",
		"{\"suffixes\":{\"..\":[\"127.0.0.1\"]}}",
		"{\"suffixes\":{\"corp.test\":[\"no address\"]}}",
		"{\"suffixes\":{\"corp.test\":[\"::1\",\"::1\",\"::1\",\"::1\",\"::1\",\"::1\",\"::"
		"1\",\"::1\","
		"\"::1\"]}}",
	};
	struct rig r;
	uint16_t port;

	rig_up(&r);
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		json_t *answer =
			rig_try(&r, "dns", "dns", configs[i], RIG_UDP | RIG_UPSTREAM, &port);

		ck_assert_msg(json_object_get(answer, "error") != NULL, "%s", configs[i]);
		json_decref(answer);
	}
	rig_down(&r);
}
END_TEST

enum { SILENCE_MS = 400 }; /* long after an answer would have come */

static bool is_answered(uint16_t port, const uint8_t *q, size_t n)
{
	int fd = dns_udp_to(port);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	bool yes;

	rig_send(fd, q, n);
	yes = poll(&p, 1, SILENCE_MS) > 0;
	close(fd);
	return yes;
}

/* What Windows can't resolve gets no answer; what its hosts file says is marked as there. */
START_TEST(a_tunnel_is_silent_where_windows_fails)
{
	char config[512];
	struct rig r;
	uint16_t dead, port;
	int nobody = rig_bind(SOCK_DGRAM, &dead);
	uint8_t q[512];
	ldns_pkt *p;

	rig_up(&r);
	snprintf(config, sizeof(config),
		 ",\"tunnel\":true,\"upstream_ms\":20,\"upstream\":[\"127.0.0.1#%u\"]", dead);
	port = dns_start(&r, "dns", config, RIG_UDP | RIG_UPSTREAM);
	p = dns_ask(port, "google.com", LDNS_RR_TYPE_A, 0);
	ck_assert_ptr_nonnull(p);
	ck_assert(ldns_pkt_aa(p) && ldns_pkt_ad(p) && ldns_pkt_rd(p) && !ldns_pkt_ra(p));
	ldns_pkt_free(p);
	ck_assert(!is_answered(port, q, dns_question("nowhere.test", LDNS_RR_TYPE_A, 1, 0, q)));
	dns_set(&r, ",\"upstream_ms\":20,\"upstream\":[]");
	dns_expect(port, "nowhere.test", A, 0, "NXDOMAIN");
	close(nobody);
	rig_down(&r);
}
END_TEST

/* A question with a record in it that nobody asked for: a name server's address. */
static size_t odd_question(uint8_t *buf)
{
	static const uint8_t record[] = {0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1};
	size_t n = dns_question("google.com", LDNS_RR_TYPE_A, 4711, 0, buf);

	memcpy(buf + n, record, sizeof(record));
	ldns_write_uint16(buf + 10, 1);
	return n + sizeof(record);
}

START_TEST(a_tunnel_answers_odd_questions_only_on_demand)
{
	uint8_t q[512];
	size_t n = odd_question(q);
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = dns_start(&r, "dns", "", RIG_UDP);
	ck_assert(is_answered(port, q, n));
	dns_set(&r, ",\"tunnel\":true");
	ck_assert(!is_answered(port, q, n));
	dns_expect(port, "google.com", A, 0, "A 142.250.179.142");
	dns_set(&r, ",\"tunnel\":true,\"best_effort\":true");
	ck_assert(is_answered(port, q, n));
	rig_down(&r);
}
END_TEST

void suite_dns_ask(Suite *s)
{
	TCase *t = tcase_create("dns upstream");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, upstreams_are_asked_in_turn);
	tcase_add_test(t, forged_answers_are_ignored);
	tcase_add_test(t, suffixes_have_servers_of_their_own);
	tcase_add_test(t, wrong_suffixes_are_told);
	tcase_add_test(t, a_tunnel_is_silent_where_windows_fails);
	tcase_add_test(t, a_tunnel_answers_odd_questions_only_on_demand);
	suite_add_tcase(s, t);
}
