/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all nodes of a lab share: the base tmpfs, chosen, mounted and filled once. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "netns/rootfs_fs.h"

/* Whether path is dir itself or under it. */
static bool is_under(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !strncmp(path, dir, n) && (path[n] == '/' || path[n] == '\0');
}

/*
 * The base covers a directory for the lab alone, so it must hold nothing the lab reads: not netdojo
 * itself, and not where the caller stands. Mount options show its name inside nodes, so it is one
 * every system has.
 */
static int choose_base(struct rootfs *r, struct err *err)
{
	static const char *const candidates[] = {"/boot", "/media", "/srv", "/mnt", "/var/lib"};
	char cwd[PATH_MAX] = "/";

	if (!getcwd(cwd, sizeof(cwd)))
		strcpy(cwd, "/");
	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		if (fs_is_dir(candidates[i]) && !is_under(r->prefix, candidates[i]) &&
		    !is_under(cwd, candidates[i])) {
			snprintf(r->base, sizeof(r->base), "%s", candidates[i]);
			return 0;
		}
	err_set(err, ERR_MACHINE, ENOENT, "None of /boot, /media, /srv and /mnt is a free folder");
	return err_mend(err, "Make an empty folder /srv");
}

static int make_folders(const struct rootfs *r, struct err *err)
{
	static const char *const names[] = {"u", "e", "usr", "n", "x", "k"};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", r->base, names[i]);
		if (mkdir(path, 0755) < 0)
			return err_sys(err, errno, "Can't make '%s'", path);
	}
	return 0;
}

int rootfs_skeleton(struct rootfs *r, const char *guest_dir, struct err *err)
{
	auto_free char *prefix = path_prefix();
	auto_free char *own = guest_dir ? strdup(guest_dir) : path_libexec("node");
	mode_t mask = umask(022);
	int rc;

	snprintf(r->prefix, sizeof(r->prefix), "%s", prefix ? prefix : "");
	rc = fs_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL, err);
	if (rc == 0)
		rc = choose_base(r, err);
	if (rc == 0)
		rc = fs_mount("tmpfs", r->base, "tmpfs", MS_NOSUID | MS_NODEV,
			      "size=16m,nr_inodes=8k,mode=0755", err);
	if (rc == 0)
		rc = make_folders(r, err);
	if (rc == 0)
		rc = rootfs_usr(r, own ? own : "", err);
	if (rc == 0)
		rc = rootfs_etc(r, err);
	umask(mask);
	return rc < 0 ? err_wrap(err, "Files shared by the nodes") : 0;
}

int rootfs_trust(const struct rootfs *r, const char *pem, struct err *err)
{
	char path[PATH_MAX];
	auto_fd fd = -1;

	snprintf(path, sizeof(path), "%s/e/ssl/certs/ca-certificates.crt", r->base);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, pem, strlen(pem)) != (ssize_t)strlen(pem))
		return err_sys(err, errno, "Can't add to the trusted certificates");
	return 0;
}
