/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS messages as an event's keys, by the C library's own parser. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

#include "netns/watch/packet_parse.h"

enum { ANSWERS_MAX = 16, DNS_TC = 0x02 /* in the third byte */ };

static json_t *name_json(const char *name)
{
	return json_textn(name, strlen(name));
}

static json_t *type_json(int type)
{
	static const struct {
		int type;
		const char *name;
	} names[] = {{ns_t_a, "A"},	{ns_t_ns, "NS"},     {ns_t_cname, "CNAME"},
		     {ns_t_soa, "SOA"}, {ns_t_ptr, "PTR"},   {ns_t_mx, "MX"},
		     {ns_t_txt, "TXT"}, {ns_t_aaaa, "AAAA"}, {ns_t_srv, "SRV"},
		     {ns_t_opt, "OPT"}, {ns_t_any, "ANY"},   {64, "SVCB"},
		     {65, "HTTPS"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].type == type)
			return json_string(names[i].name);
	return json_sprintf("TYPE%d", type);
}

static void set_rcode(json_t *obj, int rcode)
{
	static const char *const names[] = {"NOERROR",	"FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};
	char other[16];

	snprintf(other, sizeof(other), "RCODE%d", rcode);
	json_object_set_new(obj, "rcode",
			    json_string(rcode < (int)ARRAY_SIZE(names) ? names[rcode] : other));
}

/* Reads the question alone: it is whole even where the message was cut short. */
static bool add_question(json_t *obj, const uint8_t *data, size_t len)
{
	char name[NS_MAXDNAME];
	int used;

	if (len < NS_HFIXEDSZ || ns_get16(data + 4) != 1)
		return false;
	used = ns_name_uncompress(data, data + len, data + NS_HFIXEDSZ, name, sizeof(name));
	if (used < 0 || len - NS_HFIXEDSZ < (size_t)used + NS_QFIXEDSZ)
		return false;
	json_object_set_new(obj, "qid", json_integer(ns_get16(data)));
	json_object_set_new(obj, "qname", name_json(name));
	json_object_set_new(obj, "qtype", type_json((int)ns_get16(data + NS_HFIXEDSZ + used)));
	return true;
}

static json_t *record_json(const ns_msg *msg, const ns_rr *rr)
{
	char text[NS_MAXDNAME];
	int type = ns_rr_type(*rr);

	if ((type == ns_t_a && ns_rr_rdlen(*rr) == NS_INADDRSZ) ||
	    (type == ns_t_aaaa && ns_rr_rdlen(*rr) == NS_IN6ADDRSZ)) {
		inet_ntop(type == ns_t_a ? AF_INET : AF_INET6, ns_rr_rdata(*rr), text,
			  sizeof(text));
		return json_string(text);
	}
	if ((type == ns_t_cname || type == ns_t_ptr || type == ns_t_ns) &&
	    ns_name_uncompress(ns_msg_base(*msg), ns_msg_end(*msg), ns_rr_rdata(*rr), text,
			       sizeof(text)) >= 0)
		return name_json(text);
	return type_json(type);
}

static void add_answers(json_t *obj, const uint8_t *data, size_t len)
{
	json_t *answers = json_array();
	ns_msg msg;
	ns_rr rr;

	json_object_set_new(obj, "answers", answers);
	if (ns_initparse(data, (int)len, &msg) < 0) {
		json_object_set_new(obj, "truncated", json_true());
		return;
	}
	for (int i = 0; i < ns_msg_count(msg, ns_s_an) && i < ANSWERS_MAX; i++)
		if (ns_parserr(&msg, ns_s_an, i, &rr) == 0)
			json_array_append_new(answers, record_json(&msg, &rr));
}

bool dns_parse(json_t *obj, const uint8_t *data, size_t len)
{
	if (!add_question(obj, data, len))
		return false;
	if (data[2] & 0x80) {
		set_rcode(obj, data[3] & 0x0f);
		if (data[2] & DNS_TC)
			json_object_set_new(obj, "tc", json_true());
		add_answers(obj, data, len);
	}
	return true;
}
