/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries qdiscs and the filters of the mirrored mode, on the loopback of a throw-away namespace. */
#define _GNU_SOURCE
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_mirred.h>
#include <netlink/route/act/mirred.h>
#include <netlink/route/cls/u32.h>
#include <netlink/route/classifier.h>
#include <netlink/route/qdisc/netem.h>
#include <netlink/route/qdisc/tbf.h>
#include <string.h>

#include "doctor.h"
#include "netns/nlaux.h"
#include "netns/rtsock.h"

enum { LOOPBACK = 1 };

static void set_parameters(struct rtnl_qdisc *q, const char *kind)
{
	if (!strcmp(kind, "tbf")) {
		rtnl_qdisc_tbf_set_rate(q, 125000, 15000, 0);
		rtnl_qdisc_tbf_set_limit(q, 60000);
	}
	if (!strcmp(kind, "netem"))
		rtnl_netem_set_limit(q, 1000);
}

static int add_qdisc(struct rtsock *rt, const char *kind, uint32_t parent, uint32_t handle,
		     struct err *err)
{
	auto_qdisc *q = rtnl_qdisc_alloc();
	auto_nlmsg *msg = NULL;
	int rc;

	if (!q)
		return err_sys(err, ENOMEM, "Can't describe a qdisc");
	rtnl_tc_set_ifindex(TC_CAST(q), LOOPBACK);
	rtnl_tc_set_parent(TC_CAST(q), parent);
	rtnl_tc_set_handle(TC_CAST(q), handle);
	rtnl_tc_set_kind(TC_CAST(q), kind);
	set_parameters(q, kind);
	rc = rtnl_qdisc_build_add_request(q, NLM_F_CREATE | NLM_F_EXCL, &msg);
	return rc < 0 ? rtsock_nlerr(err, rc, "Can't describe a qdisc") : rtsock_call(rt, msg, err);
}

int try_qdisc(const struct check *c, struct err *err)
{
	struct rtsock rt = {0};
	int rc = rtsock_open(&rt, err);

	return rc < 0 ? rc : add_qdisc(&rt, c->arg, TC_H_ROOT, 0, err);
}

static int add_clsact(struct rtsock *rt, struct err *err)
{
	int rc = rtsock_open(rt, err);

	return rc < 0 ? rc : add_qdisc(rt, "clsact", TC_H_CLSACT, TC_H_MAKE(TC_H_CLSACT, 0), err);
}

int try_clsact(const struct check *c, struct err *err)
{
	struct rtsock rt = {0};

	(void)c;
	return add_clsact(&rt, err);
}

/* Of everything that comes in. */
static int describe_u32(struct rtnl_cls *cls)
{
	int rc;

	rtnl_tc_set_ifindex(TC_CAST(cls), LOOPBACK);
	rtnl_tc_set_parent(TC_CAST(cls), TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS));
	rtnl_cls_set_prio(cls, 1);
	rtnl_cls_set_protocol(cls, 0x0003); /* ETH_P_ALL */
	rc = rtnl_tc_set_kind(TC_CAST(cls), "u32");
	if (rc == 0)
		rc = rtnl_u32_add_key_uint32(cls, 0, 0, 0, 0);
	return rc == 0 ? rtnl_u32_set_cls_terminal(cls) : rc;
}

/* Goes out again. */
static int describe_mirred(struct rtnl_act *act)
{
	int rc = rtnl_tc_set_kind(TC_CAST(act), "mirred");

	if (rc == 0)
		rc = rtnl_mirred_set_action(act, TCA_EGRESS_REDIR);
	if (rc == 0)
		rc = rtnl_mirred_set_policy(act, TC_ACT_STOLEN);
	return rc == 0 ? rtnl_mirred_set_ifindex(act, LOOPBACK) : rc;
}

/* A filter, with an action unless act is NULL. */
static int add_filter(struct rtsock *rt, struct rtnl_act *act, struct err *err)
{
	struct rtnl_cls *cls = rtnl_cls_alloc();
	auto_nlmsg *msg = NULL;
	int rc = cls ? describe_u32(cls) : -NLE_NOMEM;

	if (rc == 0 && act)
		rc = describe_mirred(act);
	if (rc == 0 && act)
		rc = rtnl_u32_add_action(cls, act);
	if (rc == 0)
		rc = rtnl_cls_build_add_request(cls, NLM_F_CREATE | NLM_F_EXCL, &msg);
	return rc < 0 ? rtsock_nlerr(err, rc, "Can't describe a filter")
		      : rtsock_call(rt, msg, err);
}

int try_u32(const struct check *c, struct err *err)
{
	struct rtsock rt = {0};
	int rc = add_clsact(&rt, err);

	(void)c;
	return rc < 0 ? rc : add_filter(&rt, NULL, err);
}

/* With the filter it hangs on: by itself an action is the host root's to make. */
int try_mirred(const struct check *c, struct err *err)
{
	struct rtsock rt = {0};
	struct rtnl_act *act = rtnl_act_alloc();
	int rc = add_clsact(&rt, err);

	(void)c;
	if (rc < 0)
		return rc;
	return act ? add_filter(&rt, act, err) : err_sys(err, ENOMEM, "Can't describe an action");
}

/* Either serves; the first one's failure is told. */
int try_rate(const struct check *c, struct err *err)
{
	const struct check netem = {.arg = "netem"}, tbf = {.arg = "tbf"};

	(void)c;
	return try_qdisc(&netem, NULL) == 0 ? 0 : try_qdisc(&tbf, err);
}

int try_loss(const struct check *c, struct err *err)
{
	const struct check netem = {.arg = "netem"};

	return try_qdisc(&netem, NULL) == 0 ? 0 : try_nft(c, err);
}
