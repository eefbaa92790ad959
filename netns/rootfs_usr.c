/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes' /usr: our layer over the host's, without what could tell a learner the answers. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

static const unsigned long usr_flags = MS_RDONLY | MS_NOSUID | MS_NODEV;

static int usr_path(char *buf, size_t size, const struct rootfs *r, const char *rel)
{
	return snprintf(buf, size, "%s/u/%s", r->base, rel) >= (int)size ? -ENAMETOOLONG : 0;
}

/* Copies of /usr/REL owned by the lab's root: ufw checks who owns its files and every folder above. */
static int own_copy(const struct rootfs *r, const char *rel, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc;

	snprintf(from, sizeof(from), "/usr/%s", rel);
	if (usr_path(to, sizeof(to), r, rel) < 0 || access(from, F_OK) < 0)
		return 0;
	rc = fs_parents(to, err);
	if (rc < 0)
		return rc;
	return fs_is_dir(from) ? fs_copy_tree(from, to, 2, err) : fs_copy(from, to, err);
}

static int own_copies(const struct rootfs *r, struct err *err)
{
	static const char *const rels[] = {"sbin/ufw", "lib/ufw", "share/ufw/iptables",
					   "share/ufw/check-requirements", "share/ufw/ufw.conf"};
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rels) && rc == 0; i++)
		rc = own_copy(r, rels[i], err);
	return rc;
}

static const char *const guests[] = {"sudo", "wslinfo", "dojo"};

static int copy_guests(const struct rootfs *r, const char *guest_dir, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(guests) && rc == 0; i++) {
		snprintf(from, sizeof(from), "%s/%s", guest_dir, guests[i]);
		snprintf(to, sizeof(to), "%s/u/bin/%s", r->base, guests[i]);
		rc = fs_copy(from, to, err);
	}
	snprintf(from, sizeof(from), "%s/dojo.bash", guest_dir);
	snprintf(to, sizeof(to), "%s/u/share/bash-completion/completions/dojo", r->base);
	return rc == 0 ? fs_copy(from, to, err) : rc;
}

/* A whiteout: the name is not there at all. Since 5.8 an unprivileged process may make one. */
static int white_out(const struct rootfs *r, const char *rel)
{
	char path[PATH_MAX];

	if (usr_path(path, sizeof(path), r, rel) < 0 || fs_parents(path, NULL) < 0)
		return -EINVAL;
	return mknod(path, S_IFCHR | 0600, 0) < 0 && errno != EEXIST ? -errno : 0;
}

/*
 * An empty folder in place of the host's: marked opaque, or, where tmpfs has no user xattrs (before 6.6),
 * with a whiteout for each name the host has in it.
 */
static int empty_out(const struct rootfs *r, const char *rel, struct err *err)
{
	char path[PATH_MAX], host[PATH_MAX];
	struct dirent *d;
	DIR *dir;

	snprintf(host, sizeof(host), "/usr/%s", rel);
	if (usr_path(path, sizeof(path), r, rel) < 0 || !fs_is_dir(host))
		return 0;
	if (fs_mkdirs(path, 0755, err) < 0)
		return -EIO;
	if (setxattr(path, "user.overlay.opaque", "y", 1, 0) == 0)
		return 0;
	dir = opendir(host);
	while (dir && (d = readdir(dir))) {
		snprintf(host, sizeof(host), "%s/%s", rel, d->d_name);
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			white_out(r, host);
	}
	if (dir)
		closedir(dir);
	return 0;
}

/* Where netdojo's own data may be installed in /usr. */
static const char *const ours[] = {
	"share/netdojo",     "libexec/netdojo",		 "lib/netdojo",			"bin/netdojo",
	"share/doc/netdojo", "share/man/man1/netdojo.1", "share/man/man1/netdojo.1.gz",
};

static int hide_ourselves(const struct rootfs *r, struct err *err)
{
	static const char *const empty[] = {"local", "src", "games"};
	char host[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		snprintf(host, sizeof(host), "/usr/%s", ours[i]);
		if (access(host, F_OK) == 0)
			white_out(r, ours[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++)
		if (empty_out(r, empty[i], err) < 0)
			return -EIO;
	/* a prefix of its own under /usr (/usr/lib/netdojo-0.1, say) */
	if (!strncmp(r->prefix, "/usr/", 5))
		white_out(r, r->prefix + 5);
	return 0;
}

/* The file OpenSSL trusts by default, without the hashed links a folder needs: /etc/ssl/certs has only the bundle. */
static int link_bundle(const struct rootfs *r, struct err *err)
{
	char path[PATH_MAX];

	usr_path(path, sizeof(path), r, "lib/ssl/cert.pem");
	if (!fs_is_dir("/usr/lib/ssl") || fs_parents(path, err) < 0)
		return 0;
	if (symlink("/etc/ssl/certs/ca-certificates.crt", path) < 0)
		return err_sys(err, errno, "Can't link '%s'", path);
	return 0;
}

static int make_layer(const struct rootfs *r, const char *guest_dir, struct err *err)
{
	static const char *const rels[] = {"bin", "sbin", "lib", "share/bash-completion/completions"};
	char path[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rels) && rc == 0; i++) {
		usr_path(path, sizeof(path), r, rels[i]);
		rc = fs_mkdirs(path, 0755, err);
	}
	if (rc == 0)
		rc = copy_guests(r, guest_dir, err);
	if (rc == 0)
		rc = own_copies(r, err);
	if (rc == 0)
		rc = link_bundle(r, err);
	return rc == 0 ? hide_ourselves(r, err) : rc;
}

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

/* One entry of /usr: overlaid where we have something over it and the kernel lets us, bound where not. */
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

/*
 * Without overlayfs nothing can be added to a folder of the host's: our commands go where PATH looks first, over the
 * host's sudo too, and our data's folders are covered by an empty one.
 */
static int do_without_overlay(const struct rootfs *r, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc;

	snprintf(to, sizeof(to), "%s/usr/local/bin", r->base);
	rc = fs_mkdirs(to, 0755, err);
	for (size_t i = 0; i < ARRAY_SIZE(guests) && rc == 0; i++) {
		snprintf(from, sizeof(from), "%s/u/bin/%s", r->base, guests[i]);
		snprintf(to, sizeof(to), "%s/usr/local/bin/%s", r->base, guests[i]);
		rc = fs_copy(from, to, err);
		snprintf(to, sizeof(to), "%s/usr/bin/%s", r->base, guests[i]);
		if (rc == 0 && access(to, F_OK) == 0)
			rc = fs_bind(from, to, usr_flags, err);
	}
	snprintf(from, sizeof(from), "%s/x", r->base);
	for (size_t i = 0; i < ARRAY_SIZE(ours) && rc == 0; i++) {
		snprintf(to, sizeof(to), "%s/usr/%s", r->base, ours[i]);
		if (fs_is_dir(to))
			rc = fs_bind(from, to, usr_flags, err);
	}
	return rc;
}

/* Overlayfs in a user namespace is 5.11 and later, and some hosts refuse it still: tried, not assumed. */
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
	int rc = make_layer(r, guest_dir, err);

	if (rc < 0)
		return rc;
	r->overlay = overlay_on(r, "", NULL) == 0;
	if (r->overlay)
		return 0;
	/* child mounts of /usr, or no overlayfs at all */
	r->overlay = overlay_works(r);
	rc = overlay_singly(r, err);
	return rc == 0 && !r->overlay ? do_without_overlay(r, err) : rc;
}
