/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc.h implemented: nodes as forks of the lab's init.
 *
 * Theory of operation. init is PID 1 of the lab's PID namespace, root of its user namespace, and holds the
 * lab's mount namespace. node_port_open() makes there, once, what all nodes share (rootfs.h). start() enters the node's
 * network namespace for one clone() and leaves it; the child is the node's *agent*, which builds the
 * node's root, installs the one seccomp filter and from then on forks everything that runs in the node. init and the
 * agents stay undumpable, and their memory belongs to the host's user namespace, so nothing in a lab can
 * look into them.
 */
#ifndef NETDOJO_NETNS_NODE_PORT_H
#define NETDOJO_NETNS_NODE_PORT_H

#include "port/proc.h"

struct node_setup {
	bool range_map; /* ids 0-65535 are mapped in the lab's user namespace; false: only one */
	bool no_binfmt; /* as on a kernel where binfmt_misc can't be had (before 6.7): for tests */
	bool no_overlay; /* as where overlayfs is refused in a user namespace (before 5.11): for tests */
	const char *guest_dir; /* holds sudo, init, dojo; NULL = PREFIX/libexec/netdojo/node */
};

/*
 * In init, after the id maps are written and before any node starts: makes mounts private and builds the
 * skeleton. ret is usable until node_port_close. The process must not have threads.
 */
int node_port_open(const struct node_setup *s, struct proc_port *ret, struct err *err);
void node_port_close(struct proc_port *p);

/* Makes every node, started or not, trust a certificate authority; ctx is the port's. */
int node_port_trust(void *ctx, const char *pem, struct err *err);

/* "overlay", or "bind" where overlayfs was refused (then /usr/local and ufw's owners show through). */
const char *node_port_usr(const struct proc_port *p);

#endif
