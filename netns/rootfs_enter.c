/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node's root: built over the base in the agent's own mount namespace, then pivoted into. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

struct folder {
	const char *name;
	mode_t mode;
};

static const struct folder top[] = {
	{"etc", 0755},	{"usr", 0755},	{"proc", 0555},	     {"sys", 0555},
	{"dev", 0755},	{"run", 0755},	{"run/lock", 01777}, {"tmp", 01777},
	{"root", 0700}, {"home", 0755}, {"mnt", 0755},	     {"media", 0755},
	{"srv", 0755},	{"opt", 0755},	{"var", 0755},	     {"boot", 0755},
};
static const struct folder in_var[] = {
	{"var/tmp", 01777},  {"var/log", 0755},	    {"var/lib", 0755},	{"var/cache", 0755},
	{"var/spool", 0755}, {"var/lib/ufw", 0755}, {"var/mail", 0755},
};

static int make_folders(const struct folder *folders, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (mkdir(folders[i].name, folders[i].mode) < 0 ||
		    ((folders[i].mode & 01000) && chmod(folders[i].name, folders[i].mode) < 0))
			return err_sys(err, errno, "Can't make /%s", folders[i].name);
	return 0;
}

static int make_var(struct err *err)
{
	if (symlink("/run", "var/run") < 0 || symlink("/run/lock", "var/lock") < 0)
		return err_sys(err, errno, "Can't link /var/run");
	return make_folders(in_var, ARRAY_SIZE(in_var), err);
}

/* The node's tmpfs, and in it the folder that becomes its root; the working directory moves there.
 */
static int make_root(const struct rootfs *r, struct err *err)
{
	static const char *const beside[] = {"r", "u", "w"};
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "%s/n", r->base);
	rc = fs_mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV,
		      "size=64m,nr_inodes=16k,mode=0755", err);
	if (rc < 0)
		return rc;
	if (chdir(path) < 0)
		return err_sys(err, errno, "Can't enter '%s'", path);
	for (size_t i = 0; i < ARRAY_SIZE(beside); i++)
		if (mkdir(beside[i], 0755) < 0)
			return err_sys(err, errno, "Can't make '%s'", beside[i]);
	rc = fs_bind("r", "r", 0, err);
	if (rc == 0 && chdir("r") < 0)
		return err_sys(err, errno, "Can't enter the new root");
	return rc == 0 ? make_folders(top, ARRAY_SIZE(top), err) : rc;
}

/* /bin, /lib64 and so on as the host has them: links into /usr, or folders of their own. */
static int show_usr(const struct rootfs *r, struct err *err)
{
	static const char *const names[] = {"bin", "sbin", "lib", "lib32", "lib64", "libx32"};
	char path[64];
	struct stat st;
	int rc;

	snprintf(path, sizeof(path), "%s/usr", r->base);
	/* read-only again: without one overlay over all, /usr itself is a folder of the base,
	 * shared by all nodes */
	rc = fs_bind(path, "usr", MS_RDONLY | MS_NOSUID | MS_NODEV, err);
	for (size_t i = 0; i < ARRAY_SIZE(names) && rc == 0; i++) {
		snprintf(path, sizeof(path), "/%s", names[i]);
		if (lstat(path, &st) < 0)
			continue;
		if (S_ISLNK(st.st_mode)) {
			rc = fs_copy(path, names[i], err);
			continue;
		}
		rc = fs_mkdirs(names[i], 0755, err);
		if (rc == 0)
			rc = fs_bind(path, names[i], MS_RDONLY | MS_NOSUID | MS_NODEV, err);
	}
	return rc;
}

/* On a disk the copy is the disk's, made once. */
static int copy_etc(const struct rootfs *r, const struct node *n, bool used, struct err *err)
{
	char place[64], path[96];
	int rc = 0;

	if (rootfs_has_disk(n)) {
		rootfs_etc_place(r, n, place);
		snprintf(path, sizeof(path), "%s/e", place);
		rc = fs_bind(path, "etc", MS_NOSUID | MS_NODEV, err);
	}
	if (rc < 0 || used)
		return rc;
	snprintf(path, sizeof(path), "%s/e", r->base);
	rc = fs_copy_tree(path, "etc", 4, err);
	return rc == 0 ? fs_copy_tree("/etc/alternatives", "etc/alternatives", 1, err) : rc;
}

static bool is_real_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A writable /etc of the node's own over the shared one; copied whole where overlayfs is refused.
 */
static int make_etc(const struct rootfs *r, const struct node *n, bool used, struct err *err)
{
	const unsigned long etc_flags = MS_NOSUID | MS_NODEV;
	char data[256], place[64];
	int rc;

	if (!r->overlay)
		return copy_etc(r, n, used, err);
	rootfs_etc_place(r, n, place);
	/* With an index (some distributions' default) the kernel refuses a disk whose last overlay it has not quite let
	 * go of. */
	snprintf(data, sizeof(data), "lowerdir=%s/e,upperdir=%s/u,workdir=%s/w,userxattr%s",
		 r->base, place, place, rootfs_has_disk(n) ? ",index=off" : "");
	rc = fs_mount("overlay", "etc", "overlay", etc_flags, data, err);
	/* hundreds of links into /usr: one mount is cheaper than copying them */
	if (rc == 0 && is_real_dir("etc/alternatives") && fs_is_dir("/etc/alternatives"))
		rc = fs_bind("/etc/alternatives", "etc/alternatives", etc_flags | MS_RDONLY, err);
	return rc;
}

static int make_pseudo(struct err *err)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int rc = fs_mount("proc", "proc", "proc", flags, NULL, err);

	if (rc < 0)
		return err_mend(err,
				"A container's masked /proc does this: run netdojo outside it");
	return fs_mount("sysfs", "sys", "sysfs", flags | MS_RDONLY, NULL, err);
}

static int pivot(struct err *err)
{
	/* pivot_root(2): with "." twice the old root ends up over the new one, and goes by one
	 * umount */
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return err_sys(err, errno, "Can't pivot into the node's root");
	if (umount2(".", MNT_DETACH) < 0)
		return err_sys(err, errno, "Can't leave the host's root");
	if (chdir("/") < 0)
		return err_sys(err, errno, "Can't enter the node's root");
	return 0;
}

/* What the node's own files are on, and what is in them when they are new. */
static int make_own(const struct rootfs *r, const struct node *n, bool *ret_used, struct err *err)
{
	int rc = rootfs_disk(r, n, ret_used, err);

	if (rc == 0 && !*ret_used)
		rc = make_var(err);
	return rc == 0 ? make_etc(r, n, *ret_used, err) : rc;
}

int rootfs_enter(const struct rootfs *r, const struct node *n, struct rootfs_made *made,
		 struct err *err)
{
	int rc;

	umask(022);
	rc = make_root(r, err);
	if (rc == 0)
		rc = show_usr(r, err);
	if (rc == 0)
		rc = make_own(r, n, &made->used, err);
	if (rc == 0)
		rc = make_pseudo(err);
	if (rc == 0)
		rc = rootfs_dev(r, err);
	if (rc == 0)
		rc = rootfs_home(r, n, made->used, err);
	if (rc == 0)
		rc = rootfs_init(r, n, err);
	if (rc == 0)
		rc = rootfs_kernel(n, err);
	if (rc == 0)
		rc = rootfs_volumes(r, n, made, err);
	if (rc == 0)
		rc = rootfs_trees(r, n, made, err);
	if (rc == 0)
		rc = rootfs_disk_made(r, n, err);
	return rc == 0 ? pivot(err) : rc;
}
