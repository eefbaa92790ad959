/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one seccomp filter of a node's process tree. The answering side lives in the watch process. */
#ifndef NETDOJO_NETNS_SECCOMP_FILTER_H
#define NETDOJO_NETNS_SECCOMP_FILTER_H

#include <stdbool.h>

#include "base/err.h"

struct filter_setup {
	bool tell_execs;   /* the listener hears of every execve(2) */
	bool answer_uname; /* uname(2) is answered by the listener */
	bool tell_sockets; /* the listener hears of listen(2), and of bind(2) as with ask_binds */
	bool ask_binds;	   /* so is bind(2), of what may be an internet address */
	bool fake_ids;	   /* one-uid map: set*id, setgroups and chown succeed and do nothing */
};

/*
 * Installs the filter on the calling thread and all it will fork. *ret_listener is owned by the caller; -1
 * where the kernel has none to give: the filter then is in place without notifications.
 */
int filter_install(const struct filter_setup *s, int *ret_listener, struct err *err);

#endif
