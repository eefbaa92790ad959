/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy routing rules of a node. */
#define _GNU_SOURCE
#include "netns/rule.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "netns/build_names.h"
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
	if (want->ipproto[0])
		rtnl_rule_set_ipproto(r, (uint8_t)names_value(names_ipproto, want->ipproto));
	rc = set_address(r, want->from, family, rtnl_rule_set_src, err);
	if (rc == 0)
		rc = set_address(r, want->to, family, rtnl_rule_set_dst, err);
	if (rc == 0)
		*ret = ptr_steal(r);
	return rc;
}

static int add(struct rtsock *rt, const struct rule *want, struct err *err)
{
	auto_rule *r = NULL;
	auto_nlmsg *msg = NULL;
	int rc = describe(want, &r, err);

	if (rc < 0)
		return rc;
	/* Without NLM_F_EXCL the kernel would keep two of the same. */
	rc = rtnl_rule_build_add_request(r, NLM_F_CREATE | NLM_F_EXCL, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a rule");
	return rtsock_call_but(rt, msg, EEXIST, err);
}

static int del(struct rtsock *rt, const struct rule *want, struct err *err)
{
	auto_rule *r = NULL;
	auto_nlmsg *msg = NULL;
	int rc = describe(want, &r, err);

	if (rc < 0)
		return rc;
	rc = rtnl_rule_build_delete_request(r, 0, &msg);
	if (rc < 0)
		return rtsock_nlerr(err, rc, "Can't describe a rule");
	return rtsock_call_but(rt, msg, ENOENT, err);
}

int rule_add(struct build *b, const struct op *op, struct err *err)
{
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	return rc < 0 ? rc : add(&n->rt, op->rule, err);
}

int rule_del(struct build *b, const struct op *op, struct err *err)
{
	struct build_node *n = build_node_find(b, op->node->name);

	return n ? del(&n->rt, op->rule, err) : 0;
}

int rule_set_local(struct build *b, const struct op *op, struct err *err)
{
	char none[] = "";
	struct rule new = {.priority = op->local_rule,
			   .from = none,
			   .to = none,
			   .iif = none,
			   .ipproto = none,
			   .table = RT_TABLE_LOCAL};
	struct rule old = new;
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	old.priority = op->old_local_rule;
	if (rc == 0)
		rc = add(&n->rt, &new, err);
	return rc < 0 ? rc : del(&n->rt, &old, err);
}
