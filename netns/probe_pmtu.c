/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: path MTU, by echoes that may not be fragmented. */
#define _GNU_SOURCE
#include <netinet/ip.h>

#include "netns/probe_echo.h"

enum { HEADERS_V4 = 20 + 8, HEADERS_V6 = 40 + 8 };
/* Every size that is lost is waited for; a search from 576 to 1500 loses at most this many. */
enum { TRIES = 11 };

struct search {
	struct probe *p;
	struct echo e;
	size_t headers;
	int64_t patience; /* microseconds for each try */
	uint32_t reported;
};

/* Whether an IP packet of this size comes back; narrows *high when a router says how large one may
 * be. */
static bool passes(struct search *s, uint32_t size, uint32_t *high)
{
	int64_t until = probe_now() + s->patience;
	enum echo_answer a;

	if (until > s->p->deadline)
		until = s->p->deadline;
	a = echo_once(&s->e, size - s->headers, until);
	if (a == ECHO_ERROR && s->e.mtu) {
		s->reported = s->e.mtu;
		if (s->e.mtu < *high)
			*high = s->e.mtu;
	}
	return a == ECHO_REPLY;
}

/* The largest size in low..high that passes, 0 for none. */
static uint32_t search_size(struct search *s, uint32_t low, uint32_t high)
{
	uint32_t best = 0;

	while (low <= high && probe_left(s->p) > 0) {
		uint32_t top = high;
		uint32_t size = best ? low + (high - low) / 2 : high;

		if (passes(s, size, &top)) {
			best = size;
			low = size + 1;
		} else if (top < size) {
			high = top; /* a router said so: try just that */
			if (passes(s, high, &top))
				return high;
			high--;
		} else {
			high = size - 1;
			if (!best && passes(s, low, &top)) {
				best = low;
				low++;
			} else if (!best) {
				return 0;
			}
		}
	}
	return best;
}

void probe_pmtu(struct probe *p)
{
	uint32_t low = (uint32_t)json_int(p->args, "low", 576);
	uint32_t high = (uint32_t)json_int(p->args, "high", 1500);
	struct search s = {.p = p};
	uint32_t mtu;

	if (low < HEADERS_V6 || high < low || high > 65000) {
		probe_fail(p, "low and high are no range of sizes");
		return;
	}
	/* PROBE: don't fragment, and don't believe what the kernel remembers of the path */
	if (echo_open(&s.e, p, IP_PMTUDISC_PROBE) < 0)
		return;
	s.headers = s.e.v6 ? HEADERS_V6 : HEADERS_V4;
	s.patience = (p->deadline - p->started) / TRIES;
	mtu = search_size(&s, low, high);
	if (mtu)
		probe_set(p, "mtu", json_integer(mtu));
	else
		probe_fail(p, "%s", s.e.error[0] ? s.e.error : "nothing of any size came back");
	if (s.reported)
		probe_set(p, "reported", json_integer(s.reported));
	echo_close(&s.e);
}
