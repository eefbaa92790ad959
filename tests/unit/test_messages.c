/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What we ask of kernel parts that not every kernel has, byte by byte as their headers in linux/ lay it out: netem, tbf,
 * WireGuard.
 */
#include <arpa/inet.h>
#include <check.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>
#include <netlink/msg.h>
#include <string.h>

#include "netns/impair_tc.h"
#include "netns/wireguard.h"

/* A stretch of attributes. */
struct part {
	const char *at;
	size_t len;
};

/* The n-th attribute of that type (flags aside); its payload, or a failure. nested: whether it must say so. */
static struct part find(struct part in, uint16_t type, bool nested)
{
	size_t off = 0;

	while (off + NLA_HDRLEN <= in.len) {
		const struct nlattr *a = (const void *)(in.at + off);

		ck_assert_uint_ge(a->nla_len, NLA_HDRLEN);
		ck_assert_uint_le(off + a->nla_len, in.len);
		if ((a->nla_type & NLA_TYPE_MASK) == type) {
			ck_assert_int_eq((a->nla_type & NLA_F_NESTED) != 0, nested);
			return (struct part){in.at + off + NLA_HDRLEN,
					     (size_t)a->nla_len - NLA_HDRLEN};
		}
		off += NLA_ALIGN(a->nla_len);
	}
	ck_abort_msg("no attribute %u", type);
	return in;
}

static bool has(struct part in, uint16_t type)
{
	for (size_t off = 0; off + NLA_HDRLEN <= in.len;) {
		const struct nlattr *a = (const void *)(in.at + off);

		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return true;
		off += NLA_ALIGN(a->nla_len);
	}
	return false;
}

static void holds(struct part p, const void *want, size_t len)
{
	ck_assert_uint_eq(p.len, len);
	ck_assert_mem_eq(p.at, want, len);
}

static void holds_u32(struct part p, uint32_t want)
{
	holds(p, &want, sizeof(want));
}

static void holds_u16(struct part p, uint16_t want)
{
	holds(p, &want, sizeof(want));
}

/* --- qdiscs
 * ---------------------------------------------------------------------------------------------------- */

static struct part qdisc(struct nl_msg *msg, int type, const char *kind)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct tcmsg *tc = nlmsg_data(h);
	struct part attrs = {(char *)tc + NLMSG_ALIGN(sizeof(*tc)),
			     h->nlmsg_len - NLMSG_HDRLEN - NLMSG_ALIGN(sizeof(*tc))};

	ck_assert_int_eq(h->nlmsg_type, type);
	ck_assert_int_eq(tc->tcm_ifindex, 7);
	ck_assert_uint_eq(tc->tcm_parent, TC_H_ROOT);
	if (!kind)
		return attrs;
	ck_assert_int_eq(h->nlmsg_flags & (NLM_F_CREATE | NLM_F_REPLACE),
			 NLM_F_CREATE | NLM_F_REPLACE);
	holds(find(attrs, TCA_KIND, false), kind, strlen(kind) + 1);
	return attrs;
}

/* Payload without a look at the flag: libnl sets it on options, the kernel does not mind. */
static struct part options_of(struct part attrs)
{
	for (size_t off = 0; off + NLA_HDRLEN <= attrs.len;) {
		const struct nlattr *a = (const void *)(attrs.at + off);

		if ((a->nla_type & NLA_TYPE_MASK) == TCA_OPTIONS)
			return (struct part){attrs.at + off + NLA_HDRLEN,
					     (size_t)a->nla_len - NLA_HDRLEN};
		off += NLA_ALIGN(a->nla_len);
	}
	ck_abort_msg("no options");
	return attrs;
}

START_TEST(netem_says_all)
{
	const struct segment s = {.rate_kbit = 8000,
				  .delay_ms = 80,
				  .jitter_ms = 5,
				  .loss = 500,
				  .duplicate = 1000,
				  .reorder = 250};
	struct nl_msg *msg = impair_tc_netem(7, &s);
	struct part options = options_of(qdisc(msg, RTM_NEWQDISC, "netem")), more;
	const struct tc_netem_qopt *q = (const void *)options.at;
	const struct tc_netem_reorder reorder = {.probability = UINT32_MAX / 4};
	const struct tc_netem_rate rate = {.rate = 1000000};
	const int64_t delay = 80000000, jitter = 5000000;

	ck_assert_uint_eq(q->loss, UINT32_MAX / 2);
	ck_assert_uint_eq(q->duplicate, UINT32_MAX);
	ck_assert_uint_eq(q->gap, 1);
	/* 285 ms of a megabyte a second, in frames */
	ck_assert_uint_eq(q->limit, 285000 / 1514);
	more = (struct part){options.at + NLA_ALIGN(sizeof(*q)),
			     options.len - NLA_ALIGN(sizeof(*q))};
	holds(find(more, TCA_NETEM_REORDER, false), &reorder, sizeof(reorder));
	holds(find(more, TCA_NETEM_RATE, false), &rate, sizeof(rate));
	holds(find(more, TCA_NETEM_LATENCY64, false), &delay, sizeof(delay));
	holds(find(more, TCA_NETEM_JITTER64, false), &jitter, sizeof(jitter));
	ck_assert(!has(more, TCA_NETEM_RATE64));
	nlmsg_free(msg);
}
END_TEST

/* What a change leaves out stays in the kernel as it was: so nothing is 0 by being left out. */
START_TEST(netem_clears_by_saying_so)
{
	const struct segment s = {.delay_ms = 1};
	struct nl_msg *msg = impair_tc_netem(7, &s);
	struct part options = options_of(qdisc(msg, RTM_NEWQDISC, "netem")), more;
	const struct tc_netem_qopt *q = (const void *)options.at;
	const struct tc_netem_reorder reorder = {0};
	const struct tc_netem_rate rate = {0};

	ck_assert_uint_eq(q->loss | q->duplicate | q->gap, 0);
	more = (struct part){options.at + NLA_ALIGN(sizeof(*q)),
			     options.len - NLA_ALIGN(sizeof(*q))};
	holds(find(more, TCA_NETEM_REORDER, false), &reorder, sizeof(reorder));
	holds(find(more, TCA_NETEM_RATE, false), &rate, sizeof(rate));
	nlmsg_free(msg);
}
END_TEST

START_TEST(tbf_keeps_a_rate)
{
	const struct segment slow = {.rate_kbit = 512}, fast = {.rate_kbit = 100000000};
	struct nl_msg *a = impair_tc_tbf(7, &slow), *b = impair_tc_tbf(7, &fast);
	struct part options = find(qdisc(a, RTM_NEWQDISC, "tbf"), TCA_OPTIONS, true);
	const struct tc_tbf_qopt *q = (const void *)find(options, TCA_TBF_PARMS, false).at;
	const uint64_t rate = 12500000000;

	ck_assert_uint_eq(q->rate.rate, 64000);
	ck_assert_uint_eq(q->rate.linklayer, TC_LINKLAYER_ETHERNET);
	ck_assert_uint_eq(q->limit, 64 * 1514);
	holds_u32(find(options, TCA_TBF_BURST, false), 10000);
	ck_assert(!has(options, TCA_TBF_RATE64));
	options = find(qdisc(b, RTM_NEWQDISC, "tbf"), TCA_OPTIONS, true);
	holds(find(options, TCA_TBF_RATE64, false), &rate, sizeof(rate));
	holds_u32(find(options, TCA_TBF_BURST, false), 125000000);
	nlmsg_free(a);
	nlmsg_free(b);
}
END_TEST

START_TEST(a_qdisc_goes)
{
	struct nl_msg *msg = impair_tc_none(7);

	ck_assert_uint_eq(qdisc(msg, RTM_DELQDISC, NULL).len, 0);
	nlmsg_free(msg);
}
END_TEST

/* --- WireGuard
 * ------------------------------------------------------------------------------------------------- */

static char buf[WIREGUARD_MESSAGE] __attribute__((aligned(NLMSG_ALIGNTO)));
static uint8_t key[WIREGUARD_KEY];

static struct part device(const struct nlmsghdr *h)
{
	const struct genlmsghdr *g = (const void *)((const char *)h + NLMSG_HDRLEN);
	struct part attrs = {(const char *)g + GENL_HDRLEN,
			     h->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN};

	ck_assert_uint_eq(h->nlmsg_type, 31);
	ck_assert_uint_eq(h->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	ck_assert_uint_le(h->nlmsg_len, sizeof(buf));
	ck_assert_uint_eq(g->cmd, WG_CMD_SET_DEVICE);
	ck_assert_uint_eq(g->version, WG_GENL_VERSION);
	holds(find(attrs, WGDEVICE_A_IFNAME, false), "wg0", 4);
	holds_u32(find(attrs, WGDEVICE_A_FLAGS, false), WGDEVICE_F_REPLACE_PEERS);
	return attrs;
}

static void keys(void)
{
	for (int i = 0; i < WIREGUARD_KEY; i++)
		key[i] = (uint8_t)(i + 1);
}

START_TEST(a_device_has_a_key_and_a_port)
{
	struct part attrs = device(wireguard_put_device(buf, 31, "wg0", key, 51820));

	holds(find(attrs, WGDEVICE_A_PRIVATE_KEY, false), key, sizeof(key));
	holds_u16(find(attrs, WGDEVICE_A_LISTEN_PORT, false), 51820);
	ck_assert(!has(attrs, WGDEVICE_A_PEERS));
}
END_TEST

static const struct {
	const char *endpoint;
	size_t size; /* of its address; 0 = none is said */
} peers[] = {
	{"203.0.113.50:51820", sizeof(struct sockaddr_in)},
	{"[2001:db8::50]:51820", sizeof(struct sockaddr_in6)},
	{"", 0},
};

/* Peers and allowed addresses are lists: an attribute that nests one for each, numbered. */
START_TEST(a_peer_may_say_anything)
{
	static const uint8_t zero[sizeof(struct in6_addr)];
	union wireguard_endpoint at;
	struct part attrs, peer, allowed, one;

	ck_assert_int_eq(wireguard_parse_endpoint(peers[_i].endpoint, &at), peers[_i].size > 0);
	attrs = device(wireguard_put_peer(buf, 31, "wg0", key, &at));
	ck_assert(!has(attrs, WGDEVICE_A_PRIVATE_KEY));
	peer = find(find(attrs, WGDEVICE_A_PEERS, true), 0, true);
	holds(find(peer, WGPEER_A_PUBLIC_KEY, false), key, sizeof(key));
	holds_u32(find(peer, WGPEER_A_FLAGS, false), WGPEER_F_REPLACE_ALLOWEDIPS);
	ck_assert(!has(peer, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL));
	ck_assert_int_eq(has(peer, WGPEER_A_ENDPOINT), peers[_i].size > 0);
	if (peers[_i].size)
		holds(find(peer, WGPEER_A_ENDPOINT, false), &at, peers[_i].size);
	allowed = find(peer, WGPEER_A_ALLOWEDIPS, true);
	for (int i = 0; i < 2; i++) {
		one = find(allowed, (uint16_t)i, true);
		holds_u16(find(one, WGALLOWEDIP_A_FAMILY, false), i ? AF_INET6 : AF_INET);
		holds(find(one, WGALLOWEDIP_A_IPADDR, false), zero, i ? 16 : 4);
		holds(find(one, WGALLOWEDIP_A_CIDR_MASK, false), zero, 1);
	}
}
END_TEST

START_TEST(endpoints_are_read)
{
	static const char *const wrong[] = {
		"203.0.113.50",	     "203.0.113.50:0", "203.0.113.50:65536",
		"203.0.113.50:1 ",   ":51820",	       "vpn.example:51820",
		"2001:db8::1:51820", "[2001:db8::1]",  "[::g]:1"};
	union wireguard_endpoint at;
	char text[64];

	ck_assert(wireguard_parse_endpoint("203.0.113.50:51820", &at));
	ck_assert_int_eq(at.any.sa_family, AF_INET);
	ck_assert_int_eq(ntohs(at.v4.sin_port), 51820);
	ck_assert_str_eq(inet_ntop(AF_INET, &at.v4.sin_addr, text, sizeof(text)), "203.0.113.50");
	ck_assert(wireguard_parse_endpoint("[2001:db8::1]:1", &at));
	ck_assert_int_eq(at.any.sa_family, AF_INET6);
	ck_assert_int_eq(ntohs(at.v6.sin6_port), 1);
	ck_assert_str_eq(inet_ntop(AF_INET6, &at.v6.sin6_addr, text, sizeof(text)), "2001:db8::1");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(!wireguard_parse_endpoint(wrong[i], &at), "%s", wrong[i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("messages");
	TCase *tc = tcase_create("qdiscs"), *wg = tcase_create("wireguard");
	SRunner *r;
	int failed;

	tcase_add_test(tc, netem_says_all);
	tcase_add_test(tc, netem_clears_by_saying_so);
	tcase_add_test(tc, tbf_keeps_a_rate);
	tcase_add_test(tc, a_qdisc_goes);
	tcase_add_checked_fixture(wg, keys, NULL);
	tcase_add_test(wg, a_device_has_a_key_and_a_port);
	tcase_add_loop_test(wg, a_peer_may_say_anything, 0, 3);
	tcase_add_test(wg, endpoints_are_read);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, wg);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
