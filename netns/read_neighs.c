/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads neighbours. */
#define _GNU_SOURCE
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "netns/build_read.h"
#include "netns/dump.h"
#include "netns/nlaux.h"

struct reading {
	struct read_names names;
	json_t *out;
};

static int one_neigh(const struct nlmsghdr *h, void *arg)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(h);
	const struct nlattr *tb[NDA_LLADDR + 1];
	struct reading *r = arg;
	json_t *o;

	/* NOARP entries (multicast, loopback) are what `ip neigh` leaves out too. */
	if (nd->ndm_state & NUD_NOARP)
		return MNL_CB_OK;
	read_attrs(h, sizeof(*nd), tb, NDA_LLADDR);
	o = json_object();
	read_put_name(o, "family", names_family, nd->ndm_family);
	read_put_ip(o, "dst", nd->ndm_family, tb[NDA_DST]);
	read_put_dev(o, "dev", &r->names, (uint32_t)nd->ndm_ifindex);
	read_put_mac(o, "lladdr", tb[NDA_LLADDR]);
	json_object_set_new(o, "state", read_bits(names_nud, nd->ndm_state));
	return json_array_append_new(r->out, o) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

int read_neighs(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	struct ndmsg nd = {.ndm_family = AF_UNSPEC};
	struct dump_ask ask = {NETLINK_ROUTE, RTM_GETNEIGH, &nd, sizeof(nd)};
	auto_json json_t *out = json_array();
	struct reading r = {.out = out};
	int rc = read_names_load(&r.names, b, n, err);

	if (rc == 0)
		rc = dump_run(n->netns, b->home, &ask, one_neigh, &r, err);
	read_names_done(&r.names);
	if (rc == 0)
		*ret = ptr_steal(out);
	return rc;
}
