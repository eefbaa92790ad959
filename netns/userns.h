/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's user namespace: its init is born in it, its ids are mapped from outside. */
#ifndef NETDOJO_NETNS_USERNS_H
#define NETDOJO_NETNS_USERNS_H

#include <sys/types.h>

#include "base/err.h"
#include "netns/idmap.h"

/* Runs as PID 1 of the lab, root of its user namespace; what it returns is the exit status. */
typedef int (*userns_main)(enum idmap_kind map, void *arg);

/*
 * Clones init into new user, PID, mount, network, IPC, UTS and cgroup namespaces, maps ids, and
 * returns once init has proved that it has power there. On failure err tells the cause and the
 * mend, and nothing is left. Should: run after leave_root, in a process with one thread. Init
 * ignores nothing and owns nothing new; every descriptor of the caller is still open in it. It is
 * not dumpable, and with the plain clone its memory belongs to the host's user namespace: no
 * process of a lab can trace it or read its memory. Its children are the same until they exec, so
 * such a child can't open its own /proc files for writing before prctl(PR_SET_DUMPABLE, 1).
 *
 * ret_pid is init as the caller sees it, a child of the caller: wait for it or exit. ret_map may be
 * NULL.
 */
int userns_clone(userns_main init_main, void *arg, pid_t *ret_pid, enum idmap_kind *ret_map,
		 struct err *err);

/* Where making a user namespace failed. */
enum userns_stage {
	USERNS_CLONE, /* the namespaces themselves */
	USERNS_MAP,   /* writing the id map */
	USERNS_POWER, /* the first privileged call inside */
};

/* Fills err with cause and mend for an errno of a stage, looking at what the machine says of
 * itself. Returns -code. */
int userns_explain(enum userns_stage stage, int code, struct err *err);

#endif
