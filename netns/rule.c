/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy routing rules of a node. */
#define _GNU_SOURCE
#include "netns/rule.h"

#include <linux/fib_rules.h>

#include "netns/nlaux.h"

static int set_address(struct rtnl_rule *r, const char *text, int family,
		       int (*set)(struct rtnl_rule *, struct nl_addr *), struct err *err)
{
	auto_nladdr *a = NULL;

	if (!text[0])
		return 0;
	if (nl_addr_parse(text, family, &a) < 0)
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is no address", text);
	return set(r, a) < 0 ? err_sys(err, EINVAL, "Can't describe a rule") : 0;
}

static int describe(const struct rule *want, struct rtnl_rule **ret, struct err *err)
{
	auto_rule *r = rtnl_rule_alloc();
	int family = want->ipv6 ? AF_INET6 : AF_INET, rc;

	if (!r)
		return err_sys(err, ENOMEM, "Can't describe a rule");
	rtnl_rule_set_family(r, family);
	rtnl_rule_set_prio(r, want->priority);
	rtnl_rule_set_action(r, FR_ACT_TO_TBL);
	rtnl_rule_set_table(r, want->table);
	if (want->fwmark || want->fwmask) {
		rtnl_rule_set_mark(r, want->fwmark);
		rtnl_rule_set_mask(r, want->fwmask ? want->fwmask : 0xffffffffu);
	}
	if (want->iif[0] && rtnl_rule_set_iif(r, want->iif) < 0)
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is no interface name", want->iif);
	rc = set_address(r, want->from, family, rtnl_rule_set_src, err);
	if (rc == 0)
		rc = set_address(r, want->to, family, rtnl_rule_set_dst, err);
	if (rc == 0)
		*ret = ptr_steal(r);
	return rc;
}

int rule_add(struct build *b, const struct op *op, struct err *err)
{
	auto_rule *r = NULL;
	auto_nlmsg *msg = NULL;
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	if (rc == 0)
		rc = describe(op->rule, &r, err);
	if (rc < 0)
		return rc;
	/* Without NLM_F_EXCL the kernel would keep two of the same. */
	rc = rtnl_rule_build_add_request(r, NLM_F_CREATE | NLM_F_EXCL, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a rule");
	return rtsock_call_but(&n->rt, msg, EEXIST, err);
}

int rule_del(struct build *b, const struct op *op, struct err *err)
{
	struct build_node *n = build_node_find(b, op->node->name);
	auto_rule *r = NULL;
	auto_nlmsg *msg = NULL;
	int rc;

	if (!n)
		return 0;
	rc = describe(op->rule, &r, err);
	if (rc < 0)
		return rc;
	rc = rtnl_rule_build_delete_request(r, 0, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a rule");
	return rtsock_call_but(&n->rt, msg, ENOENT, err);
}
