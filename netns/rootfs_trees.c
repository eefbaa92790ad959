/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-only trees of the host's, shown inside a node. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

static const unsigned long tree_flags = MS_RDONLY | MS_NOSUID | MS_NODEV;

/*
 * A bind mount shows its source in /proc/self/mountinfo, so a tree is shown as an overlay whose
 * lower layers are named "." and an empty folder; the working directory is at the source for that
 * one call.
 */
static int overlay_tree(const struct rootfs *r, const char *source, const char *target)
{
	auto_fd back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char data[64];
	int rc;

	if (!r->overlay || back < 0 || chdir(source) < 0)
		return -EINVAL;
	snprintf(data, sizeof(data), "lowerdir=.:%s/x,userxattr", r->base);
	rc = mount("overlay", target, "overlay", tree_flags, data) < 0 ? -errno : 0;
	return fchdir(back) < 0 ? -errno : rc;
}

static int show_tree(const struct rootfs *r, const struct tree *t, struct err *err)
{
	char target[PATH_MAX];
	int rc;

	if (t->target[0] != '/' || strstr(t->target, "..") ||
	    snprintf(target, sizeof(target), "%s/n/r%s", r->base, t->target) >= (int)sizeof(target))
		return err_set(err, ERR_USAGE, EINVAL, "Tree target '%s' is no absolute path",
			       t->target);
	if (!fs_is_dir(t->source))
		return err_set(err, ERR_USAGE, ENOENT, "Tree '%s' is no folder", t->source);
	rc = fs_mkdirs(target, 0755, err);
	if (rc < 0 || overlay_tree(r, t->source, target) == 0)
		return rc;
	return fs_bind(t->source, target, tree_flags, err);
}

int rootfs_trees(const struct rootfs *r, const struct node *n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n->n_trees && rc == 0; i++)
		rc = show_tree(r, &n->trees[i], err);
	return rc;
}
