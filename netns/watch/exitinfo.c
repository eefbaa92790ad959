/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a process that is not our child ended. */
#define _GNU_SOURCE
#include "netns/watch/exitinfo.h"

#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "netns/watch/target.h"

/* struct pidfd_info of linux/pidfd.h, first version (64 bytes); Debian 12's headers are older. */
struct pidfd_info_v0 {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ids[8];
	int32_t exit_code;
};
_Static_assert(sizeof(struct pidfd_info_v0) == 64, "the kernel's PIDFD_INFO_SIZE_VER0");
#define PIDFD_GET_INFO_V0   _IOWR(0xFF, 11, struct pidfd_info_v0)
#define PIDFD_INFO_EXIT_BIT (1ULL << 3)

int exitinfo_open(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

static int reaped_status(int pidfd, int *ret)
{
	struct pidfd_info_v0 info = {.mask = PIDFD_INFO_EXIT_BIT};

	if (ioctl(pidfd, PIDFD_GET_INFO_V0, &info) < 0)
		return -errno;
	if (!(info.mask & PIDFD_INFO_EXIT_BIT))
		return -EAGAIN;
	*ret = info.exit_code;
	return 0;
}

int exitinfo_status(int pidfd, int proc, pid_t pid, int *ret)
{
	/* The kernel fills the exit code in only once the process was reaped; until then /proc has
	 * it. */
	if (reaped_status(pidfd, ret) == 0 || target_zombie_status(proc, pid, ret) == 0)
		return 0;
	return reaped_status(pidfd, ret); /* reaped between the two */
}
