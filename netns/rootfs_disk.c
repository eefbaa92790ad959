/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node's own files on its disk: the folders below are the disk's, bound over the root's; /etc is an overlay whose upper
 * layer is the disk's. All else of a root is new with each generation. The node never sees the disk's top, so that what
 * is bound or mounted here is always the folder we made, whatever the node's root did inside it.
 */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

enum { DISK_PATH = 96 };

static const struct {
	const char *name;
	mode_t mode;
} folders[] = {
	{"root", 0700}, {"home", 0755}, {"var", 0755}, {"opt", 0755}, {"srv", 0755},
};
/* /etc whole, or its upper and work folders */
static const char *const etc_folders[] = {"e", "u", "w"};

bool rootfs_has_disk(const struct node *n)
{
	return n->disk && n->disk[0];
}

/* By number: mountinfo shows it, where "/home" would look like the host's. */
static void folder_path(const char *disk, size_t i, char ret[DISK_PATH])
{
	snprintf(ret, DISK_PATH, "%s/%zu", disk, i);
}

static int make_disk(const char *disk, struct err *err)
{
	char path[DISK_PATH];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		folder_path(disk, i, path);
		if (mkdir(path, folders[i].mode) < 0 && errno != EEXIST)
			return err_sys(err, errno, "Can't make '%s'", path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(etc_folders); i++) {
		snprintf(path, sizeof(path), "%s/" ROOTFS_DISK_ETC "/%s", disk, etc_folders[i]);
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return err_sys(err, errno, "Can't make '%s'", path);
	}
	return 0;
}

static int mark_path(const char *disk, char *ret, size_t size)
{
	return snprintf(ret, size, "%s/made", disk);
}

int rootfs_disk(const struct rootfs *r, const struct node *n, bool *ret_used, struct err *err)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV;
	char disk[64], path[DISK_PATH];
	int rc;

	*ret_used = false;
	if (!rootfs_has_disk(n))
		return 0;
	if (rootfs_store(r, n->disk, false, disk, sizeof(disk)) < 0)
		return err_set(err, ERR_MACHINE, ENOENT, "No disk '%s'", n->disk);
	mark_path(disk, path, sizeof(path));
	*ret_used = fs_is_dir(path);
	rc = *ret_used ? 0 : make_disk(disk, err);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && rc == 0; i++) {
		folder_path(disk, i, path);
		rc = fs_bind(path, folders[i].name, flags, err);
	}
	return rc;
}

int rootfs_pass(struct rootfs_made *made, int rc, struct err *err)
{
	if (rc >= 0 || !made->used)
		return rc;
	if (!made->warnings)
		made->warnings = json_array();
	json_array_append_new(made->warnings, json_text(err->msg));
	*err = (struct err){0};
	return 0;
}

int rootfs_disk_made(const struct rootfs *r, const struct node *n, struct err *err)
{
	char disk[64], path[DISK_PATH];

	if (!rootfs_has_disk(n) || rootfs_store(r, n->disk, false, disk, sizeof(disk)) < 0)
		return 0;
	mark_path(disk, path, sizeof(path));
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_sys(err, errno, "Can't mark a disk");
	return 0;
}

void rootfs_etc_place(const struct rootfs *r, const struct node *n, char ret[64])
{
	char disk[48];

	if (rootfs_has_disk(n) && rootfs_store(r, n->disk, false, disk, sizeof(disk)) == 0)
		snprintf(ret, 64, "%s/" ROOTFS_DISK_ETC, disk);
	else
		snprintf(ret, 64, "%s/n", r->base);
}
