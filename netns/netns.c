/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network namespace as a descriptor. */
#define _GNU_SOURCE
#include "netns/netns.h"

#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif

int netns_current(struct err *err)
{
	auto_fd sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int fd = sock < 0 ? -1 : ioctl(sock, SIOCGSKNS);

	if (fd < 0)
		return err_sys(err, errno, "Can't take hold of a network namespace");
	return fd;
}

int netns_make(int home, struct err *err)
{
	auto_visit v = {.home = home};
	int rc;

	if (unshare(CLONE_NEWNET) < 0) {
		rc = err_sys(err, errno, "Can't make a network namespace");
		if (rc == -ENOSPC)
			err_mend(err, "Raise the limit: sudo sysctl user.max_net_namespaces=10000");
		return rc;
	}
	return netns_current(err);
}

int netns_enter(struct netns_visit *v, int ns, int home, struct err *err)
{
	if (setns(ns, CLONE_NEWNET) < 0)
		return err_sys(err, errno, "Can't enter a network namespace");
	v->home = home;
	return 0;
}

void netns_leave(struct netns_visit *v)
{
	int saved = errno;

	/* Going on in a stranger's namespace would configure the wrong node; there is no way to
	 * report from here. */
	if (v->home >= 0 && setns(v->home, CLONE_NEWNET) < 0)
		abort();
	v->home = -1;
	errno = saved;
}
