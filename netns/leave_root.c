/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Becoming an ordinary user. */
#define _GNU_SOURCE
#include "netns/leave_root.h"

#include <errno.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/owner.h"

static int become(uid_t uid, gid_t gid, struct err *err)
{
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0) {
		err_sys(err, errno, "Can't become user %u", uid);
		return err_mend(err, "Run netdojo as an ordinary user; here the host's root is the "
				     "only one there is");
	}
	if (setuid(0) == 0 || setgid(0) == 0)
		return err_set(err, ERR_MACHINE, EPERM, "Can't let go of root for good");
	/* A change of uid hides /proc/self from its own user; the id map is written through it. */
	if (prctl(PR_SET_DUMPABLE, 1) < 0)
		return err_sys(err, errno, "Can't show /proc/self to user %u", uid);
	return 0;
}

int leave_root(struct err *err)
{
	uid_t uid = 0;
	gid_t gid = 0;

	int rc = owner_choose(&uid, &gid, err);

	return rc <= 0 ? rc : become(uid, gid, err);
}
