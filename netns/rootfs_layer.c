/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our layer over the host's /usr: our commands, copies of what checks owners, and nothing where
 * netdojo's own data may be. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

const char *const rootfs_guests[N_GUESTS] = {"sudo", "dojo"};
const char *const rootfs_init_links[N_INIT_LINKS] = {"wslinfo", "wslpath"};
const char *const rootfs_stand_ins[N_STAND_INS] = {"nft"};
const char *const rootfs_own_paths[N_OWN_PATHS] = {
	"share/netdojo",
	"libexec/netdojo",
	"lib/netdojo",
	"bin/netdojo",
	"share/doc/netdojo",
	"share/man/man1/netdojo.1",
	"share/man/man1/netdojo.1.gz",
};

static int usr_path(char *buf, size_t size, const struct rootfs *r, const char *rel)
{
	return snprintf(buf, size, "%s/u/%s", r->base, rel) >= (int)size ? -ENAMETOOLONG : 0;
}

/* Copies of /usr/REL owned by the lab's root: ufw checks who owns its files and every folder above.
 */
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

/* WSL's /init (rootfs_init.c), and the commands that are links to it. */
static int copy_init(const struct rootfs *r, const char *guest_dir, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc;

	snprintf(from, sizeof(from), "%s/init", guest_dir);
	snprintf(to, sizeof(to), "%s/i", r->base);
	rc = fs_copy(from, to, err);
	if (rc < 0 || access(to, X_OK) < 0)
		return rc;
	for (size_t i = 0; i < N_INIT_LINKS; i++) {
		snprintf(to, sizeof(to), "%s/u/bin/%s", r->base, rootfs_init_links[i]);
		if (symlink("/init", to) < 0 && errno != EEXIST)
			return err_sys(err, errno, "Can't link '%s'", to);
	}
	return 0;
}

static int copy_guests(const struct rootfs *r, const char *guest_dir, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < N_GUESTS && rc == 0; i++) {
		snprintf(from, sizeof(from), "%s/%s", guest_dir, rootfs_guests[i]);
		snprintf(to, sizeof(to), "%s/u/bin/%s", r->base, rootfs_guests[i]);
		rc = fs_copy(from, to, err);
	}
	if (rc == 0)
		rc = copy_init(r, guest_dir, err);
	snprintf(from, sizeof(from), "%s/dojo.bash", guest_dir);
	snprintf(to, sizeof(to), "%s/u/share/bash-completion/completions/dojo", r->base);
	return rc == 0 ? fs_copy(from, to, err) : rc;
}

bool rootfs_host_has(const char *program)
{
	static const char *const dirs[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Our programs for those the host lacks: what a firewall scenario needs must be in every lab. */
static int stand_in(const struct rootfs *r, const char *guest_dir, struct err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < N_STAND_INS && rc == 0; i++) {
		if (rootfs_host_has(rootfs_stand_ins[i]))
			continue;
		snprintf(from, sizeof(from), "%s/%s", guest_dir, rootfs_stand_ins[i]);
		snprintf(to, sizeof(to), "%s/u/bin/%s", r->base, rootfs_stand_ins[i]);
		rc = fs_copy(from, to, err);
	}
	return rc;
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
 * An empty folder in place of the host's: marked opaque, or, where tmpfs has no user xattrs
 * (before 6.6), with a whiteout for each name the host has in it.
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

static int hide_ourselves(const struct rootfs *r, struct err *err)
{
	static const char *const empty[] = {"local", "src", "games"};
	char host[PATH_MAX];

	for (size_t i = 0; i < N_OWN_PATHS; i++) {
		snprintf(host, sizeof(host), "/usr/%s", rootfs_own_paths[i]);
		if (access(host, F_OK) == 0)
			white_out(r, rootfs_own_paths[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++)
		if (empty_out(r, empty[i], err) < 0)
			return -EIO;
	/* a prefix of its own under /usr (/usr/lib/netdojo-0.1, say) */
	if (!strncmp(r->prefix, "/usr/", 5))
		white_out(r, r->prefix + 5);
	return 0;
}

/* The file OpenSSL trusts by default, without the hashed links a folder needs: /etc/ssl/certs has
 * only the bundle. */
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

int rootfs_layer(const struct rootfs *r, const char *guest_dir, struct err *err)
{
	static const char *const rels[] = {"bin", "sbin", "lib",
					   "share/bash-completion/completions"};
	char path[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rels) && rc == 0; i++) {
		usr_path(path, sizeof(path), r, rels[i]);
		rc = fs_mkdirs(path, 0755, err);
	}
	if (rc == 0)
		rc = copy_guests(r, guest_dir, err);
	if (rc == 0)
		rc = stand_in(r, guest_dir, err);
	if (rc == 0)
		rc = own_copies(r, err);
	if (rc == 0)
		rc = link_bundle(r, err);
	return rc == 0 ? hide_ourselves(r, err) : rc;
}
