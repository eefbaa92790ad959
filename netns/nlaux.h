/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleanup attributes for libnl, libmnl and libnftables objects; private to netns/. */
#ifndef NETDOJO_NETNS_NLAUX_H
#define NETDOJO_NETNS_NLAUX_H

#include <libmnl/libmnl.h>
#include <netlink/addr.h>
#include <netlink/msg.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>

#include "base/cleanup.h"

#define NLAUX_CLEANUP(name, type, fn)                                                              \
	static inline void name(type **p)                                                          \
	{                                                                                          \
		if (*p)                                                                            \
			fn(*p);                                                                    \
	}

NLAUX_CLEANUP(nlaux_msg_put, struct nl_msg, nlmsg_free)
NLAUX_CLEANUP(nlaux_nladdr_put, struct nl_addr, nl_addr_put)
NLAUX_CLEANUP(nlaux_link_put, struct rtnl_link, rtnl_link_put)
NLAUX_CLEANUP(nlaux_addr_put, struct rtnl_addr, rtnl_addr_put)
NLAUX_CLEANUP(nlaux_route_put, struct rtnl_route, rtnl_route_put)
NLAUX_CLEANUP(nlaux_rule_put, struct rtnl_rule, rtnl_rule_put)
NLAUX_CLEANUP(nlaux_neigh_put, struct rtnl_neigh, rtnl_neigh_put)
NLAUX_CLEANUP(nlaux_qdisc_put, struct rtnl_qdisc, rtnl_qdisc_put)
NLAUX_CLEANUP(nlaux_mnl_close, struct mnl_socket, mnl_socket_close)

#define auto_nlmsg  nd_cleanup(nlaux_msg_put) struct nl_msg
#define auto_nladdr nd_cleanup(nlaux_nladdr_put) struct nl_addr
#define auto_link   nd_cleanup(nlaux_link_put) struct rtnl_link
#define auto_addr   nd_cleanup(nlaux_addr_put) struct rtnl_addr
#define auto_route  nd_cleanup(nlaux_route_put) struct rtnl_route
#define auto_rule   nd_cleanup(nlaux_rule_put) struct rtnl_rule
#define auto_neigh  nd_cleanup(nlaux_neigh_put) struct rtnl_neigh
#define auto_qdisc  nd_cleanup(nlaux_qdisc_put) struct rtnl_qdisc
#define auto_mnl    nd_cleanup(nlaux_mnl_close) struct mnl_socket

#endif
