/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a process that is not our child ended. */
#ifndef NETDOJO_NETNS_WATCH_EXITINFO_H
#define NETDOJO_NETNS_WATCH_EXITINFO_H

#include <sys/types.h>

/* A close-on-exec pidfd, or a negative errno. */
int exitinfo_open(pid_t pid);
/*
 * The status of a process whose pidfd is readable, as waitpid gives it. 0, or a negative errno
 * where neither the pidfd (PIDFD_GET_INFO, Linux 6.15) nor a zombie in /proc can tell.
 */
int exitinfo_status(int pidfd, int proc, pid_t pid, int *ret);

#endif
