/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries the mounts of a node's root. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "doctor.h"

/* A tmpfs of our own to work in; its folder a is the working directory's. */
static int scratch(struct err *err)
{
	static const char *const dirs[] = {"/tmp/a", "/tmp/b", "/tmp/usr"};

	if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m") < 0)
		return err_sys(err, errno, "Can't mount a tmpfs");
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (mkdir(dirs[i], 0755) < 0)
			return err_sys(err, errno, "Can't make a folder");
	return 0;
}

int try_procfs(const struct check *c, struct err *err)
{
	int rc = scratch(err);

	(void)c;
	if (rc < 0)
		return rc;
	if (mount("proc", "/tmp/a", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
		return 0;
	if (errno != EPERM)
		return err_sys(err, errno, "Can't mount a fresh /proc");
	/* The kernel gives a fresh one only where the present one is whole. */
	err_set(err, ERR_MACHINE, EPERM,
		"Can't mount a fresh /proc: parts of this one are masked, as in a container");
	return err_mend(err,
			"Start the container with --security-opt systempaths=unconfined (Podman: "
			"--security-opt unmask=ALL), or use a virtual machine");
}

int try_mount(const struct check *c, struct err *err)
{
	char type[32];
	const char *options = strchr(c->arg, ' ');
	int rc = scratch(err);

	if (rc < 0)
		return rc;
	snprintf(type, sizeof(type), "%.*s", (int)strcspn(c->arg, " "), c->arg);
	if (mount(type, "/tmp/a", type, MS_NOSUID | MS_NOEXEC, options ? options + 1 : NULL) < 0)
		return err_sys(err, errno, "Can't mount %s", type);
	return 0;
}

int try_overlay(const struct check *c, struct err *err)
{
	int rc = scratch(err);

	(void)c;
	if (rc < 0)
		return rc;
	if (mount("overlay", "/tmp/b", "overlay", MS_RDONLY, "lowerdir=/tmp/a:/usr,userxattr") <
		    0 &&
	    mount("overlay", "/tmp/b", "overlay", MS_RDONLY, "lowerdir=/tmp/a:/usr/bin,userxattr") <
		    0)
		return err_sys(err, errno, "Can't lay a folder over /usr");
	return 0;
}

int try_root(const struct check *c, struct err *err)
{
	int rc = scratch(err);

	(void)c;
	if (rc < 0)
		return rc;
	if (mount("/usr", "/tmp/usr", NULL, MS_BIND | MS_REC, NULL) < 0)
		return err_sys(err, errno, "Can't bind /usr");
	if (chdir("/tmp") < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		return err_sys(err, errno, "Can't change root");
	if (umount2(".", MNT_DETACH) < 0)
		return err_sys(err, errno, "Can't leave the old root");
	return 0;
}
