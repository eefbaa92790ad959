/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One DNS question as it came, and the answers made for it. */
#include "services/dns_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void pkt_freep(ldns_pkt **p)
{
	ldns_pkt_free(*p);
}
#define auto_pkt nd_cleanup(pkt_freep) ldns_pkt *

void dns_query_done(struct dns_query *q)
{
	ldns_rr_free(q->question);
	free(q->name);
	*q = (struct dns_query){0};
}

/* The name as lower-case text without the final dot; NULL when memory ran out. */
static char *name_text(const ldns_rr *question)
{
	ldns_rdf *lower = ldns_rdf_clone(ldns_rr_owner(question));
	char *text;
	size_t n;

	if (!lower)
		return NULL;
	ldns_dname2canonical(lower);
	text = ldns_rdf2str(lower);
	ldns_rdf_deep_free(lower);
	n = text ? strlen(text) : 0;
	if (n && text[n - 1] == '.')
		text[n - 1] = '\0';
	return text;
}

static void read_header(const uint8_t *wire, struct dns_query *q)
{
	q->id = LDNS_ID_WIRE(wire);
	q->opcode = (ldns_pkt_opcode)LDNS_OPCODE_WIRE(wire);
	q->recursion_desired = LDNS_RD_WIRE(wire);
	q->checking_disabled = LDNS_CD_WIRE(wire);
	q->udp_size = DNS_UDP_PLAIN;
}

/*
 * What the header alone rules out. The counts are checked before anything is parsed: ldns follows
 * up to 65,535 compression pointers a name, so a message full of records could hold the loop for a
 * second.
 */
static ldns_pkt_rcode judge_header(const uint8_t *wire)
{
	if (LDNS_OPCODE_WIRE(wire) != LDNS_PACKET_QUERY)
		return LDNS_RCODE_NOTIMPL;
	if (LDNS_QDCOUNT(wire) != 1 || LDNS_ANCOUNT(wire) || LDNS_NSCOUNT(wire) ||
	    LDNS_ARCOUNT(wire) > 2)
		return LDNS_RCODE_FORMERR;
	return LDNS_RCODE_NOERROR;
}

static void read_edns(const ldns_pkt *pkt, struct dns_query *q)
{
	q->edns = ldns_pkt_edns(pkt);
	if (!q->edns)
		return;
	q->udp_size = ldns_pkt_edns_udp_size(pkt);
	if (q->udp_size < DNS_UDP_PLAIN)
		q->udp_size = DNS_UDP_PLAIN;
	if (q->udp_size > DNS_QUERY_MAX)
		q->udp_size = DNS_QUERY_MAX;
	q->bad_version = ldns_pkt_edns_version(pkt) != 0;
}

static ldns_pkt_rcode read_question(const uint8_t *wire, size_t len, struct dns_query *q)
{
	auto_pkt pkt = NULL;
	ldns_rr *rr;

	if (ldns_wire2pkt(&pkt, wire, len) != LDNS_STATUS_OK || !pkt ||
	    ldns_rr_list_rr_count(ldns_pkt_question(pkt)) != 1)
		return LDNS_RCODE_FORMERR;
	rr = ldns_rr_list_rr(ldns_pkt_question(pkt), 0);
	q->question = ldns_rr_clone(rr);
	q->name = q->question ? name_text(rr) : NULL;
	if (!q->name)
		return LDNS_RCODE_SERVFAIL;
	q->type = ldns_rr_get_type(rr);
	read_edns(pkt, q);
	q->more_records = ldns_rr_list_rr_count(ldns_pkt_additional(pkt)) > 0;
	return ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN ? LDNS_RCODE_NOERROR : LDNS_RCODE_REFUSED;
}

bool dns_query_parse(const uint8_t *wire, size_t len, struct dns_query *ret)
{
	struct dns_query q = {0};

	if (len < DNS_HEADER || len > DNS_QUERY_MAX || LDNS_QR_WIRE(wire))
		return false;
	read_header(wire, &q);
	q.rcode = judge_header(wire);
	if (q.rcode == LDNS_RCODE_NOERROR)
		q.rcode = read_question(wire, len, &q);
	*ret = q;
	return true;
}

bool dns_query_matches(const struct dns_query *q, const uint8_t *wire, size_t len)
{
	ldns_rr *rr = NULL;
	size_t at = DNS_HEADER;
	bool same;

	if (len < DNS_HEADER || !LDNS_QR_WIRE(wire) || LDNS_QDCOUNT(wire) != 1)
		return false;
	if (ldns_wire2rr(&rr, wire, len, &at, LDNS_SECTION_QUESTION) != LDNS_STATUS_OK)
		return false;
	same = ldns_rr_get_type(rr) == q->type &&
	       ldns_rr_get_class(rr) == ldns_rr_get_class(q->question) &&
	       ldns_dname_compare(ldns_rr_owner(rr), ldns_rr_owner(q->question)) == 0;
	ldns_rr_free(rr);
	return same;
}

/* BADVERS is 16: its low four bits stay in the header, the rest goes into the OPT record. */
static void put_edns(ldns_pkt *pkt, const struct dns_query *q)
{
	if (!q->edns)
		return;
	ldns_pkt_set_edns_udp_size(pkt, DNS_UDP_OURS);
	if (q->bad_version)
		ldns_pkt_set_edns_extended_rcode(pkt, 1);
}

ldns_pkt *dns_answer_new(const struct dns_query *q, ldns_pkt_rcode rcode)
{
	ldns_pkt *pkt = ldns_pkt_new();
	ldns_rr *question;

	if (!pkt)
		return NULL;
	ldns_pkt_set_id(pkt, q->id);
	ldns_pkt_set_qr(pkt, true);
	ldns_pkt_set_opcode(pkt, q->opcode);
	ldns_pkt_set_rd(pkt, q->recursion_desired);
	ldns_pkt_set_cd(pkt, q->checking_disabled);
	ldns_pkt_set_ra(pkt, true);
	ldns_pkt_set_rcode(pkt, (uint8_t)rcode);
	put_edns(pkt, q);
	if (!q->question)
		return pkt;
	question = ldns_rr_clone(q->question);
	if (question && ldns_pkt_push_rr(pkt, LDNS_SECTION_QUESTION, question))
		return pkt;
	ldns_rr_free(question);
	ldns_pkt_free(pkt);
	return NULL;
}

static uint8_t *to_wire(const ldns_pkt *pkt, size_t *ret_len)
{
	uint8_t *wire = NULL;

	if (ldns_pkt2wire(&wire, pkt, ret_len) != LDNS_STATUS_OK) {
		free(wire);
		return NULL;
	}
	return wire;
}

uint8_t *dns_answer_wire(const struct dns_query *q, ldns_pkt *pkt, size_t limit, size_t *ret_len)
{
	auto_free uint8_t *wire = to_wire(pkt, ret_len);
	auto_pkt cut = NULL;

	if (!wire || *ret_len <= limit)
		return ptr_steal(wire);
	cut = dns_answer_new(q, ldns_pkt_get_rcode(pkt));
	if (!cut)
		return NULL;
	ldns_pkt_set_aa(cut, ldns_pkt_aa(pkt));
	ldns_pkt_set_tc(cut, true);
	return to_wire(cut, ret_len);
}
