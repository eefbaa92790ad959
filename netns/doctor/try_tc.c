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

/* Everything that comes in goes out again: u32 matching all, mirred redirecting. */
static int describe_filter(struct rtnl_cls *cls, struct rtnl_act *act)
{
	int rc;

	rtnl_tc_set_ifindex(TC_CAST(cls), LOOPBACK);
	rtnl_tc_set_parent(TC_CAST(cls), TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS));
	rtnl_cls_set_prio(cls, 1);
	rtnl_cls_set_protocol(cls, 0x0003); /* ETH_P_ALL */
	rc = rtnl_tc_set_kind(TC_CAST(cls), "u32");
	if (rc == 0)
		rc = rtnl_u32_add_key_uint32(cls, 0, 0, 0, 0);
	if (rc == 0)
		rc = rtnl_u32_set_cls_terminal(cls);
	if (rc == 0)
		rc = rtnl_tc_set_kind(TC_CAST(act), "mirred");
	if (rc == 0)
		rc = rtnl_mirred_set_action(act, TCA_EGRESS_REDIR);
	if (rc == 0)
		rc = rtnl_mirred_set_policy(act, TC_ACT_STOLEN);
	if (rc == 0)
		rc = rtnl_mirred_set_ifindex(act, LOOPBACK);
	return rc == 0 ? rtnl_u32_add_action(cls, act) : rc;
}

int try_mirror(const struct check *c, struct err *err)
{
	struct rtsock rt = {0};
	struct rtnl_cls *cls = rtnl_cls_alloc();
	struct rtnl_act *act = rtnl_act_alloc();
	auto_nlmsg *msg = NULL;
	int rc = rtsock_open(&rt, err);

	(void)c;
	if (rc == 0)
		rc = add_qdisc(&rt, "clsact", TC_H_CLSACT, TC_H_MAKE(TC_H_CLSACT, 0), err);
	if (rc < 0)
		return rc;
	rc = cls && act ? describe_filter(cls, act) : -NLE_NOMEM;
	if (rc == 0)
		rc = rtnl_cls_build_add_request(cls, NLM_F_CREATE | NLM_F_EXCL, &msg);
	return rc < 0 ? rtsock_nlerr(err, rc, "Can't describe a filter")
		      : rtsock_call(&rt, msg, err);
}
