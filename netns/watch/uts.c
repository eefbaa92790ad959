/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What uname(2) says in a node. */
#define _GNU_SOURCE
#include "netns/watch/uts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The build line of Microsoft's 6.6 kernels; nothing reads more of it than that it is there. */
#define WSL_VERSION "#1 SMP PREEMPT_DYNAMIC Thu Jun  5 18:30:46 UTC 2025"

/*
 * The host name of the caller's UTS namespace: visiting one costs a few microseconds, and the
 * hostname file in /proc tells the reader's name instead.
 */
static int inner_nodename(int proc, pid_t pid, char *ret, size_t cap)
{
	auto_fd own = openat(proc, "self/ns/uts", O_RDONLY | O_CLOEXEC);
	auto_fd theirs = -1;
	char name[32];
	struct utsname u;

	snprintf(name, sizeof(name), "%d/ns/uts", (int)pid);
	theirs = openat(proc, name, O_RDONLY | O_CLOEXEC);
	if (own < 0 || theirs < 0 || setns(theirs, CLONE_NEWUTS) < 0)
		return -errno;
	uname(&u);
	/* The next answer would carry this node's name. */
	if (setns(own, CLONE_NEWUTS) < 0)
		abort();
	snprintf(ret, cap, "%s", u.nodename);
	return 0;
}

int uts_of(int proc, pid_t pid, const char *release, const char *hostname, struct utsname *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (uname(ret) < 0)
		return -errno;
	if (inner_nodename(proc, pid, ret->nodename, sizeof(ret->nodename)) < 0) {
		if (!hostname[0])
			return -ENOENT;
		snprintf(ret->nodename, sizeof(ret->nodename), "%.64s", hostname);
	}
	snprintf(ret->release, sizeof(ret->release), "%.64s", release);
	snprintf(ret->version, sizeof(ret->version), "%s", WSL_VERSION);
	snprintf(ret->domainname, sizeof(ret->domainname), "(none)");
	return 0;
}
