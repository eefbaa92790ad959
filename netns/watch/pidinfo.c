/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a pidfd says of its process. A file of /proc costs an inode and a text of a kilobyte each time; this is asked while a program
 * waits to start.
 */
#define _GNU_SOURCE
#include "netns/watch/pidinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"

/* struct pidfd_info of linux/pidfd.h, first version (64 bytes); Debian 12's headers are older. */
struct pidfd_info_v0 {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ids[8];
	int32_t exit_code;
};
_Static_assert(sizeof(struct pidfd_info_v0) == 64, "the kernel's PIDFD_INFO_SIZE_VER0");
#define PIDFD_USER_NAMESPACE _IO(0xFF, 9) /* Linux 6.11 */
#define PIDFD_GET_INFO_V0    _IOWR(0xFF, 11, struct pidfd_info_v0)
#define PIDFD_INFO_PID_BIT   (1ULL << 0)
#define PIDFD_INFO_CREDS_BIT (1ULL << 1)
#define PIDFD_INFO_EXIT_BIT  (1ULL << 3)

enum { IDS_EUID = 2 }; /* ruid, rgid, euid, ... */

int pidinfo_read(int pidfd, struct pidinfo *ret)
{
	const uint64_t need = PIDFD_INFO_PID_BIT | PIDFD_INFO_CREDS_BIT;
	struct pidfd_info_v0 info = {.mask = need};
	auto_fd userns = -1;
	struct stat st;

	if (ioctl(pidfd, PIDFD_GET_INFO_V0, &info) < 0)
		return -errno;
	if ((info.mask & need) != need)
		return -ENODATA;
	*ret = (struct pidinfo){
		.tgid = (pid_t)info.tgid, .ppid = (pid_t)info.ppid, .euid = info.ids[IDS_EUID]};
	userns = ioctl(pidfd, PIDFD_USER_NAMESPACE, 0);
	if (userns >= 0 && fstat(userns, &st) == 0) {
		ret->has_userns = true;
		ret->userns = st.st_ino;
	}
	return 0;
}

int pidinfo_status(int pidfd, int *ret)
{
	struct pidfd_info_v0 info = {.mask = PIDFD_INFO_EXIT_BIT};

	if (ioctl(pidfd, PIDFD_GET_INFO_V0, &info) < 0)
		return -errno;
	if (!(info.mask & PIDFD_INFO_EXIT_BIT))
		return -EAGAIN;
	*ret = info.exit_code;
	return 0;
}
