/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a process that is not our child ended. */
#define _GNU_SOURCE
#include "netns/watch/exitinfo.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "netns/watch/pidinfo.h"
#include "netns/watch/target.h"

int exitinfo_open(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

int exitinfo_status(int pidfd, int proc, pid_t pid, int *ret)
{
	/* The kernel fills the exit code in only once the process was reaped; until then /proc has
	 * it. */
	if (pidinfo_status(pidfd, ret) == 0 || target_zombie_status(proc, pid, ret) == 0)
		return 0;
	return pidinfo_status(pidfd, ret); /* reaped between the two */
}
