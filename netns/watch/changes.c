/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a node's network, from two multicast sockets opened inside it. */
#include "netns/watch/changes.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "netns/watch/change_flow.h"
#include "netns/watch/change_nft.h"
#include "netns/watch/change_rt.h"
#include "netns/watch/known.h"
#include "netns/watch/netopen.h"
#include "netns/watch/rate.h"

enum {
	FLOWS_MAX = 100,	 /* flow events a second of one node */
	MESSAGE_MAX = 32 * 1024, /* the most the kernel puts into one part of a dump */
	BURST = 64,		 /* packets read before others get their turn */
};

struct changes {
	struct wnode *node;
	int rt, nf;
	struct event *rt_event, *nf_event;
	struct nft_change transaction;
	struct known known;
	struct rate flows;
};

/* The event with these keys (stolen); NULL when there are none. */
static json_t *event_of(const struct changes *c, const char *kind, json_t *keys)
{
	json_t *e = keys ? wnode_event(c->node, kind) : NULL;

	if (e)
		json_object_update(e, keys);
	json_decref(keys);
	return e;
}

static void emit(struct changes *c, json_t *keys)
{
	json_t *e = event_of(c, "change", keys);

	if (e)
		wnode_emit(c->node, e);
}

static void emit_flow(struct changes *c, json_t *keys)
{
	json_t *e = event_of(c, "flow", keys);

	if (e)
		rate_emit(&c->flows, e);
}

static void on_rt(struct changes *c, const struct nlmsghdr *h)
{
	json_t *keys = change_rt(h, c->rt);

	/* Parts of a dump: what was there when we came. */
	if (keys && (!known_news(&c->known, keys) || h->nlmsg_flags & NLM_F_MULTI)) {
		json_decref(keys);
		return;
	}
	emit(c, keys);
}

static void on_nf(struct changes *c, const struct nlmsghdr *h)
{
	switch (NFNL_SUBSYS_ID(h->nlmsg_type)) {
	case NFNL_SUBSYS_NFTABLES:
		emit(c, nft_change_add(&c->transaction, h));
		break;
	case NFNL_SUBSYS_CTNETLINK:
		emit_flow(c, change_flow(h));
		break;
	}
}

/* All that waits on one socket, up to BURST packets. */
static void drain(struct changes *c, int sock,
		  void (*handle)(struct changes *, const struct nlmsghdr *))
{
	char buf[MESSAGE_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));

	for (int i = 0; i < BURST; i++) {
		struct sockaddr_nl from;
		socklen_t from_len = sizeof(from);
		ssize_t n =
			recvfrom(sock, buf, sizeof(buf), 0, (struct sockaddr *)&from, &from_len);
		int left = (int)n;

		if (n < 0 && errno == ENOBUFS) {
			wnode_lost(c->node, "changes", 1); /* how many, the kernel does not say */
			continue;
		}
		if (n < 0)
			return;
		if (from.nl_pid != 0)
			continue; /* another process's unicast, not the kernel */
		for (const struct nlmsghdr *h = (void *)buf; mnl_nlmsg_ok(h, left);
		     h = mnl_nlmsg_next(h, &left))
			handle(c, h);
	}
}

static void on_rt_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	drain(arg, fd, on_rt);
}

static void on_nf_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	drain(arg, fd, on_nf);
}

void changes_catch_up(struct changes *c)
{
	if (!c)
		return;
	drain(c, c->rt, on_rt);
	drain(c, c->nf, on_nf);
}

/* Where a socket listens and who reads it. */
struct source {
	int protocol;
	const int *groups;
	size_t n;
	event_callback_fn reader;
};

static int open_source(struct changes *c, int netns, const struct source *s, int *ret_sock,
		       struct event **ret_event, struct err *err)
{
	const struct sockaddr_nl any = {.nl_family = AF_NETLINK};
	int sock = net_open(c->node->watch, netns, AF_NETLINK, SOCK_RAW, s->protocol, err);

	if (sock < 0)
		return sock;
	*ret_sock = sock;
	/* An address of its own: a socket without one is skipped when the kernel itself announces.
	 */
	if (bind(sock, (const struct sockaddr *)&any, sizeof(any)) < 0)
		return err_sys(err, errno, "Can't bind netlink socket %d", s->protocol);
	for (size_t i = 0; i < s->n; i++)
		if (setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &s->groups[i],
			       sizeof(int)) < 0)
			return err_sys(err, errno, "Can't listen to netlink group %d/%d",
				       s->protocol, s->groups[i]);
	*ret_event = event_new(c->node->watch->base, sock, EV_READ | EV_PERSIST, s->reader, c);
	if (!*ret_event || event_add(*ret_event, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't listen to changes");
	return 0;
}

/* Asks what is there; the answer is made while we ask and read, so nothing is waited for. */
static int dump(struct changes *c, uint16_t type, struct err *err)
{
	struct {
		struct nlmsghdr h;
		struct rtgenmsg gen;
	} request = {
		.h = {.nlmsg_len = sizeof(request),
		      .nlmsg_type = type,
		      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.gen = {.rtgen_family = AF_UNSPEC},
	};

	if (send(c->rt, &request, sizeof(request), 0) < 0)
		return err_sys(err, errno, "Can't ask for what is there");
	drain(c, c->rt, on_rt);
	return 0;
}

static int open_rt(struct changes *c, int netns, struct err *err)
{
	static const int groups[] = {RTNLGRP_LINK,	 RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
				     RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_RULE,
				     RTNLGRP_IPV6_RULE,	 RTNLGRP_NEIGH};
	static const uint16_t there[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETNEIGH};
	const struct source s = {NETLINK_ROUTE, groups, ARRAY_SIZE(groups), on_rt_readable};
	int rc = open_source(c, netns, &s, &c->rt, &c->rt_event, err);

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(there); i++)
		rc = dump(c, there[i], err);
	return rc;
}

static int open_nf(struct changes *c, int netns, bool flows, struct err *err)
{
	static const int groups[] = {NFNLGRP_NFTABLES, NFNLGRP_CONNTRACK_NEW,
				     NFNLGRP_CONNTRACK_DESTROY};
	const struct source s = {NETLINK_NETFILTER, groups, flows ? ARRAY_SIZE(groups) : 1,
				 on_nf_readable};

	return open_source(c, netns, &s, &c->nf, &c->nf_event, err);
}

int changes_new(struct wnode *n, int netns, bool flows, struct changes **ret, struct err *err)
{
	struct changes *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return err_sys(err, ENOMEM, "Can't listen to changes");
	*c = (struct changes){.node = n, .rt = -1, .nf = -1};
	rc = rate_init(&c->flows, n, "flow", FLOWS_MAX);
	if (rc < 0)
		err_sys(err, -rc, "Can't listen to changes");
	if (rc == 0)
		rc = open_rt(c, netns, err);
	if (rc == 0)
		rc = open_nf(c, netns, flows, err);
	if (rc < 0) {
		changes_free(c);
		return rc;
	}
	*ret = c;
	return 0;
}

void changes_free(struct changes *c)
{
	if (!c)
		return;
	if (c->rt_event)
		event_free(c->rt_event);
	if (c->nf_event)
		event_free(c->nf_event);
	rate_done(&c->flows);
	nft_change_done(&c->transaction);
	known_done(&c->known);
	fd_closep(&c->rt);
	fd_closep(&c->nf);
	free(c);
}
