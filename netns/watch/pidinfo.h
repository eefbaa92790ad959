/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a pidfd says of its process, without /proc. */
#ifndef NETDOJO_NETNS_WATCH_PIDINFO_H
#define NETDOJO_NETNS_WATCH_PIDINFO_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Numbers are those of our own namespaces. */
struct pidinfo {
	pid_t tgid, ppid;
	uid_t euid;
	bool has_userns;
	ino_t userns; /* where has_userns */
};

/* Of a live process. 0, or a negative errno where the kernel can't tell (PIDFD_GET_INFO, Linux 6.13). */
int pidinfo_read(int pidfd, struct pidinfo *ret);
/* The status of a reaped process, as waitpid gives it. 0, -EAGAIN before that, or another negative errno (Linux 6.15). */
int pidinfo_status(int pidfd, int *ret);

#endif
