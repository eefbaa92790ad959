/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traffic filters of a port in the hub. The messages are put together here: libnl's u32 knows no tables of one's own. */
#define _GNU_SOURCE
#include "netns/filter.h"

#include <arpa/inet.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <string.h>

#include "netns/nlaux.h"

static int no_room(struct err *err)
{
	return err_sys(err, ENOMEM, "Can't describe a filter");
}

static struct nl_msg *new_message(int type, int flags, const struct tcmsg *tc)
{
	auto_nlmsg *msg = nlmsg_alloc_simple(type, flags);

	if (!msg || nlmsg_append(msg, (void *)tc, sizeof(*tc), NLMSG_ALIGNTO) < 0)
		return NULL;
	return ptr_steal(msg);
}

int filter_prepare(struct rtsock *rt, unsigned int port, struct err *err)
{
	struct tcmsg tc = {.tcm_ifindex = (int)port,
			   .tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0),
			   .tcm_parent = TC_H_CLSACT};
	auto_nlmsg *msg = new_message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, &tc);

	if (!msg || nla_put_string(msg, TCA_KIND, "clsact") < 0)
		return no_room(err);
	return rtsock_call_but(rt, msg, EEXIST, err);
}

static struct tcmsg place(const struct filter_at *at, uint32_t handle)
{
	return (struct tcmsg){
		.tcm_ifindex = (int)at->port,
		.tcm_handle = handle,
		.tcm_parent =
			TC_H_MAKE(TC_H_CLSACT, at->ingress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS),
		.tcm_info = TC_H_MAKE((uint32_t)at->priority << 16, htons(at->protocol)),
	};
}

static uint32_t table_handle(unsigned int table)
{
	return (uint32_t)table << 20;
}

int filter_add_table(struct rtsock *rt, const struct filter_at *at, unsigned int table,
		     struct err *err)
{
	struct tcmsg tc = place(at, table_handle(table));
	auto_nlmsg *msg = new_message(RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &tc);
	struct nlattr *options;

	if (!msg || nla_put_string(msg, TCA_KIND, "u32") < 0)
		return no_room(err);
	options = nla_nest_start(msg, TCA_OPTIONS);
	if (!options || nla_put_u32(msg, TCA_U32_DIVISOR, 1) < 0)
		return no_room(err);
	nla_nest_end(msg, options);
	return rtsock_call(rt, msg, err);
}

/* What is looked at, and where a table's offsets begin. */
static int put_selector(struct nl_msg *msg, const struct filter *f)
{
	struct {
		struct tc_u32_sel sel;
		struct tc_u32_key keys[FILTER_KEYS_MAX];
	} s = {.sel = {.nkeys = (uint8_t)f->n_keys, .flags = TC_U32_TERMINAL}};

	if (f->act == FILTER_TABLE) {
		s.sel.flags = f->header ? TC_U32_OFFSET : TC_U32_VAROFFSET;
		s.sel.off = (uint16_t)f->header;
		s.sel.offmask = htons(0x0f00); /* the length in words, in the second nibble */
		s.sel.offshift = 6;
	}
	if (!f->n_keys)
		s.sel.nkeys = 1; /* of mask 0 */
	for (unsigned int i = 0; i < f->n_keys; i++)
		s.keys[i] = (struct tc_u32_key){.mask = htonl(f->keys[i].mask),
						.val = htonl(f->keys[i].value),
						.off = f->keys[i].offset,
						.offmask = f->table ? -1 : 0};
	return nla_put(msg, TCA_U32_SEL,
		       (int)(sizeof(s.sel) + s.sel.nkeys * sizeof(struct tc_u32_key)), &s);
}

static int put_mirred(struct nl_msg *msg, const struct filter *f)
{
	static const struct {
		int what, then;
	} acts[] = {
		[FILTER_COPY] = {TCA_EGRESS_MIRROR, TC_ACT_OK},
		[FILTER_REDIRECT] = {TCA_EGRESS_REDIR, TC_ACT_STOLEN},
		[FILTER_INJECT] = {TCA_INGRESS_REDIR, TC_ACT_STOLEN},
	};
	struct tc_mirred m = {
		.eaction = acts[f->act].what, .action = acts[f->act].then, .ifindex = f->to};
	struct nlattr *all = nla_nest_start(msg, TCA_U32_ACT), *first, *options;

	first = all ? nla_nest_start(msg, 1) : NULL;
	if (!first || nla_put_string(msg, TCA_ACT_KIND, "mirred") < 0)
		return -NLE_NOMEM;
	options = nla_nest_start(msg, TCA_ACT_OPTIONS);
	if (!options || nla_put(msg, TCA_MIRRED_PARMS, sizeof(m), &m) < 0)
		return -NLE_NOMEM;
	nla_nest_end(msg, options);
	nla_nest_end(msg, first);
	nla_nest_end(msg, all);
	return 0;
}

static int put_act(struct nl_msg *msg, const struct filter *f)
{
	switch (f->act) {
	case FILTER_PASS: /* a match without an action lets pass */
		return 0;
	case FILTER_TABLE:
		return nla_put_u32(msg, TCA_U32_LINK, table_handle(f->to));
	case FILTER_COPY:
	case FILTER_REDIRECT:
	case FILTER_INJECT:
		break;
	}
	return put_mirred(msg, f);
}

int filter_add(struct rtsock *rt, const struct filter_at *at, const struct filter *f,
	       struct err *err)
{
	struct tcmsg tc = place(at, f->number);
	auto_nlmsg *msg = new_message(RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &tc);
	struct nlattr *options;

	if (!msg || nla_put_string(msg, TCA_KIND, "u32") < 0)
		return no_room(err);
	options = nla_nest_start(msg, TCA_OPTIONS);
	if (!options || (f->table && nla_put_u32(msg, TCA_U32_HASH, table_handle(f->table)) < 0) ||
	    put_act(msg, f) < 0 || put_selector(msg, f) < 0)
		return no_room(err);
	nla_nest_end(msg, options);
	return rtsock_call(rt, msg, err);
}

int filter_del(struct rtsock *rt, const struct filter_at *at, const struct filter *f,
	       struct err *err)
{
	struct tcmsg tc = place(at, table_handle(f->table) | f->number);
	auto_nlmsg *msg = new_message(RTM_DELTFILTER, 0, &tc);

	if (!msg || nla_put_string(msg, TCA_KIND, "u32") < 0)
		return no_room(err);
	return rtsock_call_but(rt, msg, ENOENT, err);
}

void filter_clear(struct rtsock *rt, const struct filter_at *at)
{
	struct tcmsg tc = place(at, 0);
	auto_nlmsg *msg = new_message(RTM_DELTFILTER, 0, &tc);

	if (msg && nla_put_string(msg, TCA_KIND, "u32") == 0)
		rtsock_call(rt, msg, NULL);
}
