/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads links and their addresses. */
#define _GNU_SOURCE
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "netns/build_read.h"
#include "netns/dump.h"
#include "netns/nlaux.h"

static void put_kind(json_t *link, const struct nlattr *info)
{
	const struct nlattr *tb[IFLA_INFO_KIND + 1];

	read_nested(info, tb, IFLA_INFO_KIND);
	read_put_str(link, "kind", tb[IFLA_INFO_KIND]);
}

static int one_link(const struct nlmsghdr *h, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(h);
	const struct nlattr *tb[IFLA_LINKINFO + 1];
	json_t *link = json_object();

	read_attrs(h, sizeof(*ifi), tb, IFLA_LINKINFO);
	json_object_set_new(link, "ifindex", json_integer(ifi->ifi_index));
	read_put_str(link, "ifname", tb[IFLA_IFNAME]);
	json_object_set_new(link, "flags", read_bits(names_link_flag, ifi->ifi_flags));
	read_put_u32(link, "mtu", tb[IFLA_MTU]);
	read_put_u32(link, "master", tb[IFLA_MASTER]);
	read_put_str(link, "qdisc", tb[IFLA_QDISC]);
	read_put_u32(link, "txqlen", tb[IFLA_TXQLEN]);
	if (tb[IFLA_OPERSTATE])
		read_put_name(link, "operstate", names_operstate,
			      mnl_attr_get_u8(tb[IFLA_OPERSTATE]));
	read_put_mac(link, "address", tb[IFLA_ADDRESS]);
	read_put_mac(link, "broadcast", tb[IFLA_BROADCAST]);
	json_object_set_new(link, "kind",
			    json_string(ifi->ifi_flags & IFF_LOOPBACK ? "loopback" : "ether"));
	put_kind(link, tb[IFLA_LINKINFO]);
	json_object_set_new(link, "addr_info", json_array());
	return json_array_append_new(arg, link) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static json_t *link_of(json_t *links, uint32_t index)
{
	json_t *l;
	size_t i;

	json_array_foreach (links, i, l)
		if (json_int(l, "ifindex", 0) == (int64_t)index)
			return l;
	return NULL;
}

static void put_flags(json_t *a, uint32_t flags)
{
	static const struct name_of bits[] = {{IFA_F_NOPREFIXROUTE, "noprefixroute"},
					      {IFA_F_TENTATIVE, "tentative"},
					      {IFA_F_DADFAILED, "dadfailed"},
					      {IFA_F_DEPRECATED, "deprecated"},
					      {IFA_F_SECONDARY, "secondary"},
					      {IFA_F_NODAD, "nodad"},
					      {0, NULL}};

	for (const struct name_of *b = bits; b->name; b++)
		if (flags & (uint32_t)b->value)
			json_object_set_new(a, b->name, json_true());
}

static int one_address(const struct nlmsghdr *h, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(h);
	const struct nlattr *tb[IFA_FLAGS + 1];
	json_t *link = link_of(arg, ifa->ifa_index), *a;

	if (!link)
		return MNL_CB_OK; /* made after the links were read */
	read_attrs(h, sizeof(*ifa), tb, IFA_FLAGS);
	a = json_object();
	read_put_name(a, "family", names_family, ifa->ifa_family);
	read_put_ip(a, "local", ifa->ifa_family, tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS]);
	json_object_set_new(a, "prefixlen", json_integer(ifa->ifa_prefixlen));
	read_put_ip(a, "broadcast", ifa->ifa_family, tb[IFA_BROADCAST]);
	read_put_name(a, "scope", names_scope, ifa->ifa_scope);
	read_put_str(a, "label", tb[IFA_LABEL]);
	put_flags(a, tb[IFA_FLAGS] ? mnl_attr_get_u32(tb[IFA_FLAGS]) : ifa->ifa_flags);
	return json_array_append_new(json_object_get(link, "addr_info"), a) < 0 ? MNL_CB_ERROR
										: MNL_CB_OK;
}

/* A bridge's port says its bridge by index, and may come before it. */
static void name_masters(json_t *links)
{
	json_t *l, *master;
	size_t i;

	json_array_foreach (links, i, l) {
		int64_t index = json_int(l, "master", 0);

		master = index ? link_of(links, (uint32_t)index) : NULL;
		json_object_del(l, "master");
		if (master)
			json_object_set(l, "master", json_object_get(master, "ifname"));
	}
}

int read_links(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	struct ifaddrmsg ifa = {.ifa_family = AF_UNSPEC};
	struct dump_ask ask = {NETLINK_ROUTE, RTM_GETADDR, &ifa, sizeof(ifa)};
	auto_json json_t *links = json_array();
	int rc = dump_links(n->netns, b->home, one_link, links, err);

	name_masters(links);
	if (rc == 0)
		rc = dump_run(n->netns, b->home, &ask, one_address, links, err);
	if (rc == 0)
		*ret = ptr_steal(links);
	return rc;
}
