/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to a DNS service, and what its answers say. */
#include "dns_rig.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static const char records[] =
	"{\"records\":{\"google.com\":{\"A\":[\"142.250.179.142\"],\"AAAA\":[\"2a00:1450::200e\"]},"
	"\"www.Example.org\":{\"CNAME\":\"host.example.org\"},\"host.example.org\":{\"A\":\"192.0."
	"2.7\"},"
	"\"out.example.org\":{\"CNAME\":\"elsewhere.test\"},"
	"\"7.2.0.192.in-addr.arpa\":{\"PTR\":\"host.example.org\"},"
	"\"example.org\":{\"NS\":\"ns.example.org\",\"TXT\":[\"v=spf1 -all\"]},"
	"\"*.apps.test\":{\"A\":\"192.0.2.9\"}}%s}";

int dns_udp_to(uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct timeval tv = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

size_t dns_question(const char *name, ldns_rr_type type, uint16_t id, uint16_t edns, uint8_t *buf)
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

static ldns_pkt *dns_parse(const uint8_t *buf, ssize_t n)
{
	ldns_pkt *p = NULL;

	if (n <= 0)
		return NULL;
	ck_assert_int_eq(ldns_wire2pkt(&p, buf, (size_t)n), LDNS_STATUS_OK);
	return p;
}

/* NULL: no answer (the socket's time-out, or the connection's end). */
ldns_pkt *dns_ask_tcp(uint16_t port, const uint8_t *q, size_t n)
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
	return dns_parse(buf + 2, (ssize_t)got);
}

ldns_pkt *dns_ask_edns(uint16_t port, const char *name, ldns_rr_type type, int how, uint16_t edns)
{
	uint8_t buf[65535];
	size_t n = dns_question(name, type, 4711, edns, buf);
	ldns_pkt *p;
	int fd;

	if (how & TCP)
		return dns_ask_tcp(port, buf, n);
	fd = dns_udp_to(port);
	rig_send(fd, buf, n);
	p = dns_parse(buf, recv(fd, buf, sizeof(buf), 0));
	close(fd);
	if (p)
		ck_assert_uint_eq(ldns_pkt_id(p), 4711);
	return p;
}

ldns_pkt *dns_ask(uint16_t port, const char *name, ldns_rr_type type, int how)
{
	return dns_ask_edns(port, name, type, how, 0);
}

/* The answer section as text: "A 192.0.2.1 CNAME host." in order; or the rcode's name when empty
 * and not NOERROR. */
const char *dns_said(ldns_pkt *p, char *buf, size_t size)
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

uint16_t dns_start(struct rig *r, const char *name, const char *more, int what)
{
	char config[4096];

	snprintf(config, sizeof(config), records, more);
	return rig_start(r, "dns", name, config, what);
}

void dns_set(struct rig *r, const char *more)
{
	char config[4096];

	snprintf(config, sizeof(config), records, more);
	rig_set(r, "dns", config);
}
