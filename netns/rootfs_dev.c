/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node's /dev: the harmless devices of the host's, and a devpts of its own. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

/* Device nodes can't be made in a user namespace, so the host's are bound one by one. */
static int bind_device(const char *name, struct err *err)
{
	char from[64], to[64];
	auto_fd fd = -1;

	snprintf(from, sizeof(from), "/dev/%s", name);
	snprintf(to, sizeof(to), "dev/%s", name);
	fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(err, errno, "Can't make '%s'", to);
	return fs_bind(from, to, 0, err);
}

static int link_devices(struct err *err)
{
	static const struct {
		const char *name, *target;
	} links[] = {
		{"dev/fd", "/proc/self/fd"},	   {"dev/stdin", "/proc/self/fd/0"},
		{"dev/stdout", "/proc/self/fd/1"}, {"dev/stderr", "/proc/self/fd/2"},
		{"dev/ptmx", "pts/ptmx"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (symlink(links[i].target, links[i].name) < 0)
			return err_sys(err, errno, "Can't link '%s'", links[i].name);
	return 0;
}

int rootfs_dev(const struct rootfs *r, struct err *err)
{
	static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
	/* gid=5 is EINVAL where 5 is not mapped */
	const char *pts = r->range_map ? "newinstance,ptmxmode=0666,mode=620,gid=5,max=64"
				       : "newinstance,ptmxmode=0666,mode=620,max=64";
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(devices) && rc == 0; i++)
		rc = bind_device(devices[i], err);
	if (rc == 0)
		rc = link_devices(err);
	if (rc < 0)
		return rc;
	if (mkdir("dev/pts", 0755) < 0 || mkdir("dev/shm", 0755) < 0 || chmod("dev/shm", 01777) < 0)
		return err_sys(err, errno, "Can't make the folders of /dev");
	return fs_mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, pts, err);
}
