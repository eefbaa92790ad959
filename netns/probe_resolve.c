/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: ask one DNS server one question. The C library writes and reads the messages. */
#define _GNU_SOURCE
#include "netns/probe.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

enum { DNS_MAX = 65535 };

static int type_from_name(const char *name)
{
	static const struct {
		const char *name;
		int type;
	} types[] = {
		{"A", ns_t_a},	   {"AAAA", ns_t_aaaa}, {"CNAME", ns_t_cname}, {"NS", ns_t_ns},
		{"PTR", ns_t_ptr}, {"MX", ns_t_mx},	{"TXT", ns_t_txt},     {"SOA", ns_t_soa},
		{"SRV", ns_t_srv}, {"ANY", ns_t_any},
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcasecmp(types[i].name, name))
			return types[i].type;
	return -1;
}

static const char *rcode_name(int rcode)
{
	static const char *const names[] = {"NOERROR",	"FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};

	return rcode >= 0 && rcode < (int)ARRAY_SIZE(names) ? names[rcode] : "OTHER";
}

static json_t *record_text(ns_msg *m, ns_rr *rr)
{
	char text[1024];
	int family = ns_rr_type(*rr) == ns_t_a ? AF_INET : AF_INET6;

	switch (ns_rr_type(*rr)) {
	case ns_t_a:
	case ns_t_aaaa:
		if (ns_rr_rdlen(*rr) != (family == AF_INET ? 4 : 16) ||
		    !inet_ntop(family, ns_rr_rdata(*rr), text, sizeof(text)))
			return NULL;
		break;
	case ns_t_cname:
	case ns_t_ns:
	case ns_t_ptr:
		if (ns_name_uncompress(ns_msg_base(*m), ns_msg_end(*m), ns_rr_rdata(*rr), text,
				       sizeof(text)) < 0)
			return NULL;
		break;
	case ns_t_txt: /* its first string */
		if (ns_rr_rdlen(*rr) < 1 || ns_rr_rdata(*rr)[0] >= ns_rr_rdlen(*rr))
			return NULL;
		return json_textn((const char *)ns_rr_rdata(*rr) + 1, ns_rr_rdata(*rr)[0]);
	default: /* as RFC 3597 names what it does not know */
		snprintf(text, sizeof(text), "TYPE%d (%d bytes)", (int)ns_rr_type(*rr),
			 (int)ns_rr_rdlen(*rr));
	}
	return json_textn(text, strlen(text));
}

/* What `dig` would show of a section: owner, type, time to live and the data as text. */
static json_t *section(ns_msg *m, ns_sect which)
{
	json_t *out = json_array();
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*m, which); i++) {
		json_t *text = ns_parserr(m, which, i, &rr) == 0 ? record_text(m, &rr) : NULL;

		if (text)
			json_array_append_new(
				out, json_pack("{s:o, s:i, s:I, s:o}", "name",
					       json_textn(ns_rr_name(rr), strlen(ns_rr_name(rr))),
					       "type", (int)ns_rr_type(rr), "ttl",
					       (json_int_t)ns_rr_ttl(rr), "data", text));
	}
	return out;
}

static void tell_answer(struct probe *p, const unsigned char *buf, size_t len)
{
	json_t *answers = json_array();
	ns_msg m;
	ns_rr rr;

	probe_set(p, "answers", answers);
	if (ns_initparse(buf, (int)len, &m) < 0) {
		probe_fail(p, "the answer is no DNS message");
		return;
	}
	for (int i = 0; i < ns_msg_count(m, ns_s_an); i++)
		if (ns_parserr(&m, ns_s_an, i, &rr) == 0) {
			json_t *text = record_text(&m, &rr);

			if (text)
				json_array_append_new(answers, text);
		}
	probe_set(p, "records", section(&m, ns_s_an));
	probe_set(p, "authoritative", json_boolean(ns_msg_getflag(m, ns_f_aa)));
	probe_set(p, "rcode", json_string(rcode_name(ns_msg_getflag(m, ns_f_rcode))));
	probe_set(p, "truncated", json_boolean(ns_msg_getflag(m, ns_f_tc)));
	if (ns_msg_getflag(m, ns_f_rcode) != ns_r_noerror)
		probe_fail(p, "%s", rcode_name(ns_msg_getflag(m, ns_f_rcode)));
}

/* Reads exactly n bytes, or what there is until the deadline. */
static size_t read_full(struct probe *p, int fd, unsigned char *buf, size_t n)
{
	size_t got = 0;

	while (got < n && probe_poll(p, fd, POLLIN)) {
		ssize_t r = recv(fd, buf + got, n - got, 0);

		if (r <= 0 && errno != EAGAIN)
			break;
		if (r == 0)
			break;
		if (r > 0)
			got += (size_t)r;
	}
	return got;
}

static int ask_tcp(struct probe *p, int fd, const unsigned char *query, size_t len,
		   unsigned char *buf)
{
	unsigned char head[2] = {(unsigned char)(len >> 8), (unsigned char)len};
	int error = 0;
	socklen_t n = sizeof(error);

	if (!probe_poll(p, fd, POLLOUT))
		return probe_fail(p, "no answer");
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 || error)
		return probe_fail(p, "%s", strerror(error ? error : errno));
	if (send(fd, head, 2, MSG_MORE | MSG_NOSIGNAL) != 2 ||
	    send(fd, query, len, MSG_NOSIGNAL) != (ssize_t)len)
		return probe_fail(p, "%s", strerror(errno));
	if (read_full(p, fd, head, 2) != 2)
		return probe_fail(p, "no answer");
	len = (size_t)head[0] << 8 | head[1];
	if (read_full(p, fd, buf, len) != len)
		return probe_fail(p, "the answer is cut");
	return (int)len;
}

static int ask_udp(struct probe *p, int fd, const unsigned char *query, size_t len,
		   unsigned char *buf)
{
	if (send(fd, query, len, MSG_NOSIGNAL) < 0)
		return probe_fail(p, "%s", strerror(errno));
	while (probe_poll(p, fd, POLLIN)) {
		ssize_t n = recv(fd, buf, DNS_MAX, 0);

		if (n < 0 && errno != EAGAIN)
			return probe_fail(p, "%s", strerror(errno));
		/* an answer to something else is not ours */
		if (n >= 12 && !memcmp(buf, query, 2))
			return (int)n;
	}
	return probe_fail(p, "no answer");
}

static int open_server(struct probe *p, bool tcp)
{
	const char *server = json_str(p->args, "server", "");
	struct sockaddr_storage to;
	socklen_t len;
	auto_fd fd = -1;

	if (probe_address(server, (uint16_t)json_int(p->args, "port", 53), &to, &len) < 0)
		return probe_fail(p, "'%s' is no address", server);
	fd = socket(to.ss_family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0 || (connect(fd, (struct sockaddr *)&to, len) < 0 && errno != EINPROGRESS))
		return probe_fail(p, "%s", strerror(errno));
	return fd_steal(&fd);
}

void probe_resolve(struct probe *p)
{
	static unsigned char answer[DNS_MAX];
	bool tcp = json_flag(p->args, "tcp", false);
	int type = type_from_name(json_str(p->args, "type", "A"));
	unsigned char query[512];
	auto_fd fd = -1;
	int len, n;

	if (type < 0) {
		probe_fail(p, "unknown type '%s'", json_str(p->args, "type", ""));
		return;
	}
	res_init();
	len = res_mkquery(ns_o_query, json_str(p->args, "name", ""), ns_c_in, type, NULL, 0, NULL,
			  query, sizeof(query));
	if (len < 0) {
		probe_fail(p, "'%s' is no name", json_str(p->args, "name", ""));
		return;
	}
	fd = open_server(p, tcp);
	if (fd < 0)
		return;
	n = tcp ? ask_tcp(p, fd, query, (size_t)len, answer)
		: ask_udp(p, fd, query, (size_t)len, answer);
	if (n >= 0)
		tell_answer(p, answer, (size_t)n);
}
