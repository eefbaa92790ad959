/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What conntrack begins and forgets as an event's keys. */
#ifndef NETDOJO_NETNS_WATCH_CHANGE_FLOW_H
#define NETDOJO_NETNS_WATCH_CHANGE_FLOW_H

#include <linux/netlink.h>

#include "base/json.h"

/* The keys of a `flow` event (as build.h's READ_CONNTRACK) without the common ones; NULL when it
 * tells of none. Caller owns it. */
json_t *change_flow(const struct nlmsghdr *h);

#endif
