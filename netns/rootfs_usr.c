/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes' /usr: our layer mounted over the host's, whole where the kernel lets us. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

static const unsigned long usr_flags = MS_RDONLY | MS_NOSUID | MS_NODEV;

/* Overlays one folder of /usr ("" = all of it) at base/usr/REL. */
static int overlay_on(const struct rootfs *r, const char *rel, struct err *err)
{
	const char *slash = rel[0] ? "/" : "";
	char data[PATH_MAX], target[PATH_MAX];

	snprintf(data, sizeof(data), "lowerdir=%s/u%s%s:/usr%s%s,userxattr", r->base, slash, rel,
		 slash, rel);
	snprintf(target, sizeof(target), "%s/usr%s%s", r->base, slash, rel);
	return fs_mount("overlay", target, "overlay", usr_flags, data, err);
}

/* Folders that are empty in a node; made so by empty_out where all of /usr is overlaid. */
static bool stays_empty(const char *name)
{
	static const char *const names[] = {"local", "src", "games"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* One entry of /usr: overlaid where we have something over it and the kernel lets us, bound where
 * not. */
static int show_entry(const struct rootfs *r, const char *name, struct err *err)
{
	char host[PATH_MAX], layer[PATH_MAX], target[PATH_MAX];
	struct stat st;
	int rc;

	snprintf(host, sizeof(host), "/usr/%s", name);
	snprintf(layer, sizeof(layer), "%s/u/%s", r->base, name);
	snprintf(target, sizeof(target), "%s/usr/%s", r->base, name);
	if (lstat(host, &st) == 0 && S_ISLNK(st.st_mode))
		return fs_copy(host, target, err);
	if (!fs_is_dir(host))
		return 0;
	rc = fs_mkdirs(target, 0755, err);
	if (rc < 0 || stays_empty(name))
		return rc;
	if (r->overlay && fs_is_dir(layer) && overlay_on(r, name, NULL) == 0)
		return 0;
	return fs_bind(host, target, usr_flags, err);
}

static int overlay_singly(const struct rootfs *r, struct err *err)
{
	DIR *dir = opendir("/usr");
	struct dirent *d;
	int rc = dir ? 0 : err_sys(err, errno, "Can't read /usr");

	while (rc == 0 && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			rc = show_entry(r, d->d_name, err);
	if (dir)
		closedir(dir);
	return rc;
}

/* A command of ours where PATH looks first, and over the host's of that name. */
static int show_local(const struct rootfs *r, const char *name, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc;

	snprintf(from, sizeof(from), "%s/u/bin/%s", r->base, name);
	snprintf(to, sizeof(to), "%s/usr/local/bin/%s", r->base, name);
	rc = fs_copy(from, to, err);
	snprintf(to, sizeof(to), "%s/usr/bin/%s", r->base, name);
	if (rc == 0 && access(to, F_OK) == 0 && access(from, F_OK) == 0)
		rc = fs_bind(from, to, usr_flags, err);
	return rc;
}

/*
 * Without overlayfs nothing can be added to a folder of the host's: our commands go elsewhere, and
 * our data's folders are covered by an empty one.
 */
static int do_without_overlay(const struct rootfs *r, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc;

	snprintf(to, sizeof(to), "%s/usr/local/bin", r->base);
	rc = fs_mkdirs(to, 0755, err);
	for (size_t i = 0; i < N_GUESTS && rc == 0; i++)
		rc = show_local(r, rootfs_guests[i], err);
	for (size_t i = 0; i < N_INIT_LINKS && rc == 0; i++)
		rc = show_local(r, rootfs_init_links[i], err);
	for (size_t i = 0; i < N_STAND_INS && rc == 0; i++)
		rc = show_local(r, rootfs_stand_ins[i], err);
	snprintf(from, sizeof(from), "%s/x", r->base);
	for (size_t i = 0; i < N_OWN_PATHS && rc == 0; i++) {
		snprintf(to, sizeof(to), "%s/usr/%s", r->base, rootfs_own_paths[i]);
		if (fs_is_dir(to))
			rc = fs_bind(from, to, usr_flags, err);
	}
	return rc;
}

/* Overlayfs in a user namespace is 5.11 and later, and some hosts refuse it still: tried, not
 * assumed. */
static bool overlay_works(const struct rootfs *r)
{
	char data[256], target[64];

	snprintf(data, sizeof(data), "lowerdir=%s/u:%s/x,userxattr", r->base, r->base);
	snprintf(target, sizeof(target), "%s/n", r->base);
	if (mount("overlay", target, "overlay", usr_flags, data) < 0)
		return false;
	umount2(target, MNT_DETACH);
	return true;
}

int rootfs_usr(struct rootfs *r, const char *guest_dir, struct err *err)
{
	int rc = rootfs_layer(r, guest_dir, err);

	if (rc < 0)
		return rc;
	r->overlay = !r->no_overlay && overlay_on(r, "", NULL) == 0;
	if (r->overlay)
		return 0;
	/* child mounts of /usr, or no overlayfs at all */
	r->overlay = !r->no_overlay && overlay_works(r);
	rc = overlay_singly(r, err);
	return rc == 0 && !r->overlay ? do_without_overlay(r, err) : rc;
}
