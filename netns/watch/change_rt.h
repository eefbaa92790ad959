/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink announcements as an event's keys, named as `ip -json` does. */
#ifndef NETDOJO_NETNS_WATCH_CHANGE_RT_H
#define NETDOJO_NETNS_WATCH_CHANGE_RT_H

#include <linux/netlink.h>

#include "base/json.h"

/*
 * The keys of a `change` event without the common ones; NULL for what is no one's doing (the local
 * table's own entries, link-local IPv6). sock belongs to the namespace and names its interfaces.
 * Caller owns it.
 */
json_t *change_rt(const struct nlmsghdr *h, int sock);

#endif
