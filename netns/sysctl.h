/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel parameters of a network namespace: "net." ones only. */
#ifndef NETDOJO_NETNS_SYSCTL_H
#define NETDOJO_NETNS_SYSCTL_H

#include <limits.h>

#include "netns/build_node.h"

/* "net.ipv4.ip_forward" as a path below /proc/sys; refuses every name that is not plainly one of
 * those. */
int sysctl_path(const char *name, char ret[PATH_MAX], struct err *err);

int sysctl_set(struct build *b, const struct op *op, struct err *err);
/* {"value"} of one name; caller owns *ret. */
int sysctl_read(struct build *b, struct build_node *n, const char *name, json_t **ret,
		struct err *err);

/* Keeps IPv6 off the caller's namespace, the hub, whose bridges and ports only switch. */
void sysctl_quiet_hub(void);

/*
 * A new namespace copies some of the host's settings (which, net.core.devconf_inherit_init_net
 * says), and a host with Docker forwards. sysctl_unpinned tells, in a fresh namespace, which of our
 * pins are not as a node should start; sysctl_pin sets those in the caller's current namespace.
 */
uint32_t sysctl_unpinned(void);
void sysctl_pin(uint32_t pins);

#endif
