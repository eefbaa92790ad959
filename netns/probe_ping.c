/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: ping. */
#define _GNU_SOURCE
#include <netinet/ip.h>
#include <stdio.h>

#include "netns/probe_echo.h"

static void tell_error(struct probe *p, const struct echo *e)
{
	char text[16];

	if (e->type < 0)
		return;
	snprintf(text, sizeof(text), "%d/%d", e->type, e->code);
	probe_set(p, "icmp", json_string(text));
	if (e->mtu)
		probe_set(p, "mtu", json_integer(e->mtu));
}

void probe_ping(struct probe *p)
{
	int count = (int)json_int(p->args, "count", 1);
	size_t size = (size_t)json_int(p->args, "size", 56);
	bool df = json_flag(p->args, "df", false);
	int ttl = (int)json_int(p->args, "ttl", 0);
	int sent = 0, received = 0;
	double rtt = 0;
	struct echo e;

	if (echo_open(&e, p, df ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT) < 0)
		return;
	if (ttl && echo_ttl(&e, p, ttl) < 0) {
		echo_close(&e);
		return;
	}
	while (sent < count && probe_left(p) > 0) {
		int64_t from = probe_now();
		enum echo_answer a = echo_once(&e, size, p->deadline);

		if (a != ECHO_UNSENT)
			sent++;
		if (a != ECHO_REPLY)
			break; /* what is left of the time has gone, or the answer is an error */
		received++;
		rtt += (double)(probe_now() - from) / 1000.0;
	}
	probe_set(p, "sent", json_integer(sent));
	probe_set(p, "received", json_integer(received));
	if (received)
		probe_set(p, "rtt_ms", json_real(rtt / received));
	if (received)
		probe_set(p, "ttl", json_integer(e.ttl));
	if (e.from[0])
		probe_set(p, "from", json_string(e.from));
	tell_error(p, &e);
	if (received < count)
		probe_fail(p, "%s", e.error[0] ? e.error : "no answer");
	echo_close(&e);
}
