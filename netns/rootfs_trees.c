/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-only trees of the host's, shown inside a node. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

static const unsigned long tree_flags = MS_RDONLY | MS_NOSUID | MS_NODEV;

/*
 * Never a bind mount: through one the node's root would reach the host's sockets and pipes, and its path would stand
 * in /proc/self/mountinfo. In an overlay those are other inodes, nobody listens at them. Its lower layers are named
 * "." and an empty folder; the working directory is at the source for that one call.
 */
static int overlay_tree(const struct rootfs *r, const char *source, const char *target)
{
	auto_fd back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char data[64];
	int rc;

	if (back < 0 || chdir(source) < 0)
		return -errno;
	snprintf(data, sizeof(data), "lowerdir=.:%s/x,userxattr", r->base);
	rc = mount("overlay", target, "overlay", tree_flags, data) < 0 ? -errno : 0;
	return fchdir(back) < 0 ? -errno : rc;
}

/* A mount inside path, as mountinfo spells it, into ret. */
static bool mount_inside(const char *path, char ret[PATH_MAX])
{
	auto_file f = fopen("/proc/self/mountinfo", "re");
	size_t len = strcmp(path, "/") ? strlen(path) : 0;
	auto_free char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0)
		if (sscanf(line, "%*s %*s %*s %*s %4095s", ret) == 1 && !strncmp(ret, path, len) &&
		    ret[len] == '/' && ret[len + 1])
			return true;
	return false;
}

/*
 * An overlay shows the folder below a mount, not what is mounted there, and the kernel refuses one over mounts locked
 * together (EINVAL): better said than shown in part.
 */
static int is_whole(const struct tree *t, char source[PATH_MAX], struct err *err)
{
	char inside[PATH_MAX];

	if (!realpath(t->source, source) || !fs_is_dir(source))
		return err_set(err, ERR_USAGE, ENOENT, "Tree '%s' is no folder", t->source);
	if (!mount_inside(source, inside))
		return 0;
	err_set(err, ERR_USAGE, EXDEV,
		"Tree '%s' can't be shown: another file system is mounted inside it, at '%s'",
		t->source, inside);
	return err_mend(err, "Name a folder without mounts in it, or unmount '%s'", inside);
}

static int show_tree(const struct rootfs *r, const struct tree *t, struct err *err)
{
	char source[PATH_MAX], target[PATH_MAX];
	int rc;

	rc = is_whole(t, source, err);
	if (rc == 0)
		rc = rootfs_target(r, t->target, target, err);
	if (rc < 0)
		return rc;
	rc = overlay_tree(r, source, target);
	if (rc == 0)
		return 0;
	err_sys(err, -rc, "Tree '%s' can't be shown read-only as an overlay", t->source);
	return err_mend(err, "Copy it to a folder of an ordinary file system such as ext4; netdojo "
			     "doctor says whether overlays work here");
}

int rootfs_trees(const struct rootfs *r, const struct node *n, struct rootfs_made *made,
		 struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n->n_trees && rc == 0; i++)
		rc = rootfs_pass(made, show_tree(r, &n->trees[i], err), err);
	return rc;
}
