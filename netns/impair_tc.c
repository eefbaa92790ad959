/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests for netem and tbf. Written by hand: libnl 3.7 has no rate of netem's, and counts tbf's
 * in an int and in ticks of a clock it reads from /proc; the attributes used here (64 bits, bytes,
 * nanoseconds) are in every kernel since 4.14.
 */
#define _GNU_SOURCE
#include "netns/impair_tc.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "netns/nlaux.h"

enum {
	FRAME = 1514,	    /* Ethernet's largest */
	QUEUE_MS = 200,	    /* what a box before a slow line keeps waiting */
	BURST_MS = 10,	    /* of a rate may pass at once */
	BURST_MIN = 10000,  /* bytes: room for the largest jumbo frame */
	QUEUE_MIN = 64,	    /* frames */
	QUEUE_FREE = 10000, /* frames, where no rate says how many wait */
	QUEUE_MAX = 1000000,
};

static uint64_t bytes_in(const struct segment *s, uint32_t ms)
{
	return (uint64_t)s->rate_kbit * ms / 8;
}

static uint32_t at_most(uint64_t n, uint32_t most)
{
	return n < most ? (uint32_t)n : most;
}

static uint32_t at_least(uint64_t n, uint32_t least)
{
	return n > least ? at_most(n, UINT32_MAX) : least;
}

/* Thousandths as the kernel has probabilities: of all 32 bits. */
static uint32_t probability(uint32_t thousandths)
{
	return (uint32_t)((uint64_t)thousandths * UINT32_MAX / 1000);
}

static struct nl_msg *request(int type, int flags, unsigned int index, const char *kind)
{
	auto_nlmsg *msg = nlmsg_alloc_simple(type, flags);
	struct tcmsg tc = {
		.tcm_family = AF_UNSPEC, .tcm_ifindex = (int)index, .tcm_parent = TC_H_ROOT};

	if (!msg || nlmsg_append(msg, &tc, sizeof(tc), NLMSG_ALIGNTO) < 0)
		return NULL;
	if (kind && nla_put_string(msg, TCA_KIND, kind) < 0)
		return NULL;
	return ptr_steal(msg);
}

static uint32_t netem_limit(const struct segment *s)
{
	uint64_t frames = bytes_in(s, s->delay_ms + s->jitter_ms + QUEUE_MS) / FRAME;

	return s->rate_kbit ? at_most(at_least(frames, QUEUE_MIN), QUEUE_MAX) : QUEUE_FREE;
}

/* The fixed part first, attributes after it; all are said, for what is not said stays as it was. */
static int put_netem(struct nl_msg *msg, const struct segment *s)
{
	/* A gap of 1: every frame is one that may skip the delay, and reorder's share does. */
	struct tc_netem_qopt q = {.limit = netem_limit(s),
				  .loss = probability(s->loss),
				  .duplicate = probability(s->duplicate),
				  .gap = s->reorder ? 1 : 0};
	struct tc_netem_reorder reorder = {.probability = probability(s->reorder)};
	uint64_t rate = bytes_in(s, 1000);
	struct tc_netem_rate r = {.rate = at_most(rate, UINT32_MAX)};
	int64_t delay = (int64_t)s->delay_ms * 1000000, jitter = (int64_t)s->jitter_ms * 1000000;
	struct nlattr *options = nla_nest_start(msg, TCA_OPTIONS);

	if (!options || nlmsg_append(msg, &q, sizeof(q), NLA_ALIGNTO) < 0 ||
	    nla_put(msg, TCA_NETEM_REORDER, sizeof(reorder), &reorder) < 0 ||
	    nla_put(msg, TCA_NETEM_RATE, sizeof(r), &r) < 0 ||
	    nla_put(msg, TCA_NETEM_LATENCY64, sizeof(delay), &delay) < 0 ||
	    nla_put(msg, TCA_NETEM_JITTER64, sizeof(jitter), &jitter) < 0)
		return -ENOMEM;
	if (rate > UINT32_MAX && nla_put_u64(msg, TCA_NETEM_RATE64, rate) < 0)
		return -ENOMEM;
	return nla_nest_end(msg, options);
}

struct nl_msg *impair_tc_netem(unsigned int index, const struct segment *s)
{
	auto_nlmsg *msg = request(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, index, "netem");

	return msg && put_netem(msg, s) == 0 ? ptr_steal(msg) : NULL;
}

/* With a link layer named the kernel asks for no table of transmission times. */
static int put_tbf(struct nl_msg *msg, const struct segment *s)
{
	uint64_t rate = bytes_in(s, 1000);
	uint32_t burst = at_least(bytes_in(s, BURST_MS), BURST_MIN);
	struct tc_tbf_qopt q = {
		.rate = {.rate = at_most(rate, UINT32_MAX), .linklayer = TC_LINKLAYER_ETHERNET},
		.limit = at_least(bytes_in(s, QUEUE_MS), QUEUE_MIN * FRAME)};
	struct nlattr *options = nla_nest_start(msg, TCA_OPTIONS);

	if (!options || nla_put(msg, TCA_TBF_PARMS, sizeof(q), &q) < 0 ||
	    nla_put_u32(msg, TCA_TBF_BURST, burst) < 0)
		return -ENOMEM;
	if (rate > UINT32_MAX && nla_put_u64(msg, TCA_TBF_RATE64, rate) < 0)
		return -ENOMEM;
	return nla_nest_end(msg, options);
}

struct nl_msg *impair_tc_tbf(unsigned int index, const struct segment *s)
{
	auto_nlmsg *msg = request(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, index, "tbf");

	return msg && put_tbf(msg, s) == 0 ? ptr_steal(msg) : NULL;
}

struct nl_msg *impair_tc_none(unsigned int index)
{
	return request(RTM_DELQDISC, 0, index, NULL);
}
