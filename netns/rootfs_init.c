/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /init of a WSL node: the guest program of that name (wslinfo, wslpath, and what runs .exe files), and its registration with
 * the binfmt_misc of the lab's user namespace. All nodes of a lab share that namespace: the F flag's open file is
 * one of the base's, so it pins nothing of a node, and the node's root gets the mount read-only, or it could have
 * its own interpreter run in every other node.
 */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

#define BINFMT "/proc/sys/fs/binfmt_misc"

static bool wants_init(const struct node *n)
{
	return n->interop || n->role == ROLE_WSL;
}

/* Bound, as WSL has it: `mount` there shows /init too. */
int rootfs_init(const struct rootfs *r, const struct node *n, struct err *err)
{
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "%s/i", r->base);
	if (!wants_init(n) || access(path, X_OK) < 0)
		return 0;
	rc = fs_write("init", "", 0755, err);
	return rc == 0 ? fs_bind(path, "init", MS_RDONLY | MS_NOSUID | MS_NODEV, err) : rc;
}

static bool put(const char *path, const char *text)
{
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* What fails leaves .exe files that can't be executed, as on a WSL without interop; no reason to have no node. */
void rootfs_interop(const struct rootfs *r, const struct node *n)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	if (!n->interop || !r->binfmt || access("/init", X_OK) < 0 ||
	    mount("binfmt_misc", BINFMT, "binfmt_misc", flags, NULL) < 0)
		return;
	put(BINFMT "/WSLInterop", "-1"); /* of the generation before */
	put(BINFMT "/register", ":WSLInterop:M::MZ::/init:FP");
	mount(NULL, BINFMT, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL);
}
