/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps: one question to a namespace, many messages back, parsed by the caller with libmnl. */
#ifndef NETDOJO_NETNS_DUMP_H
#define NETDOJO_NETNS_DUMP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct nlmsghdr;

/* Called with each message; MNL_CB_OK goes on, MNL_CB_ERROR gives up with errno. */
typedef int (*dump_fn)(const struct nlmsghdr *h, void *arg);

/* What to ask: message type and its fixed header. */
struct dump_ask {
	int bus; /* NETLINK_ROUTE, NETLINK_NETFILTER, NETLINK_SOCK_DIAG */
	uint16_t type;
	const void *head; /* borrowed */
	size_t head_len;
};

/*
 * Asks inside ns and is home again before the first answer is read. A dump the kernel marks as
 * interrupted by a change is used as it is: a reader polls anyway, and a second one may be
 * interrupted too.
 */
int dump_run(int ns, int home, const struct dump_ask *ask, dump_fn fn, void *arg, struct err *err);

/* The commonest: RTM_GETLINK of everything. */
int dump_links(int ns, int home, dump_fn fn, void *arg, struct err *err);

#endif
