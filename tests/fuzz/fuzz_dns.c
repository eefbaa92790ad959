/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a DNS question: parsed, looked up, answered, and the answer read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "services/dns_behaviour.h"
#include "services/dns_query.h"
#include "services/dns_zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dns_zone *zone(void)
{
	static const char text[] =
		"{\"google.com\":{\"A\":[\"192.0.2.1\",\"192.0.2.2\"],\"TXT\":\"text\"},"
		"\"*.loop.test\":{\"CNAME\":\"a.loop.test\"},\"x.test\":{\"CNAME\":\"google.com\"}"
		"}";
	static struct dns_zone *z;
	json_t *records = NULL;

	if (z)
		return z;
	if (json_parse(text, strlen(text), &records, NULL) < 0 ||
	    dns_zone_new(records, true, 60, &z, NULL) < 0)
		abort();
	json_decref(records);
	return z;
}

/* What we send must itself be a message, with the question's number, within the bound. */
static void check_answer(const struct dns_query *q, const uint8_t *wire, size_t len)
{
	ldns_pkt *p = NULL;

	if (len > q->udp_size || LDNS_ID_WIRE(wire) != q->id || !LDNS_QR_WIRE(wire))
		abort();
	if (ldns_wire2pkt(&p, wire, len) != LDNS_STATUS_OK)
		abort();
	ldns_pkt_free(p);
	if (q->question && !dns_query_matches(q, wire, len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_query q;
	ldns_pkt *pkt;
	uint8_t *wire;
	size_t len;

	if (!dns_query_parse(data, size, &q))
		return 0;
	pkt = dns_answer_new(&q, q.rcode);
	if (!pkt)
		abort();
	if (q.rcode == LDNS_RCODE_NOERROR)
		dns_zone_answer(zone(), &q, pkt);
	wire = dns_answer_wire(&q, pkt, q.udp_size, &len);
	if (!wire)
		abort();
	check_answer(&q, wire, len);
	if (q.question)
		dns_query_matches(&q, data, size);
	free(wire);
	ldns_pkt_free(pkt);
	dns_query_done(&q);
	return 0;
}
