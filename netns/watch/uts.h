/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What uname(2) says in a node. */
#ifndef NETDOJO_NETNS_WATCH_UTS_H
#define NETDOJO_NETNS_WATCH_UTS_H

#include <sys/types.h>
#include <sys/utsname.h>

/*
 * The answer for pid: its own host name, or the given one where that can't be read; release as
 * given; a WSL2 build's version line. 0 or a negative errno.
 */
int uts_of(int proc, pid_t pid, const char *release, const char *hostname, struct utsname *ret);

#endif
