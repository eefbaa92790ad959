/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of /proc that tell of the kernel the node is said to run; uname(2) itself is answered by
 * the watch. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <stdio.h>
#include <sys/mount.h>

#include "netns/rootfs_fs.h"

#define KERNEL_BUILD "#1 SMP PREEMPT_DYNAMIC Thu Jun  5 18:30:46 UTC 2025"

/* The file lies beside the node's root, so only its content can be seen from inside. */
static int cover(const char *name, const char *text, const char *target, struct err *err)
{
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "../%s", name);
	rc = fs_write(path, text, 0444, err);
	return rc == 0 ? fs_bind(path, target, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, err)
		       : rc;
}

int rootfs_kernel(const struct node *n, struct err *err)
{
	char version[512], release[128];
	int rc;

	if (!n->kernel[0])
		return 0;
	snprintf(release, sizeof(release), "%s\n", n->kernel);
	snprintf(version, sizeof(version),
		 "Linux version %s (root@439a258ad544) (gcc (GCC) 11.2.0, GNU ld (GNU Binutils) "
		 "2.37) " KERNEL_BUILD "\n",
		 n->kernel);
	rc = cover("version", version, "proc/version", err);
	if (rc == 0)
		rc = cover("osrelease", release, "proc/sys/kernel/osrelease", err);
	if (rc == 0)
		rc = cover("build", KERNEL_BUILD "\n", "proc/sys/kernel/version", err);
	return rc;
}
