/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and mounts in a few words, for building a node's root. */
#define _GNU_SOURCE
#include "netns/rootfs_fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"

enum { COPY_MAX = 1024 * 1024, COPY_CHUNK = 16 * 1024 * 1024 };

int fs_mkdirs(const char *path, mode_t mode, struct err *err)
{
	char buf[PATH_MAX];

	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT || strlen(path) >= sizeof(buf))
		return err_sys(err, errno, "Can't make the folder '%s'", path);
	strcpy(buf, path);
	for (char *p = strchr(buf + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(buf, 0755) < 0 && errno != EEXIST)
			return err_sys(err, errno, "Can't make the folder '%s'", buf);
		*p = '/';
	}
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return err_sys(err, errno, "Can't make the folder '%s'", path);
	return 0;
}

int fs_parents(const char *path, struct err *err)
{
	char buf[PATH_MAX];
	char *cut;

	if (strlen(path) >= sizeof(buf))
		return err_sys(err, ENAMETOOLONG, "'%.64s...'", path);
	strcpy(buf, path);
	cut = strrchr(buf, '/');
	if (!cut || cut == buf)
		return 0;
	*cut = '\0';
	return fs_mkdirs(buf, 0755, err);
}

int fs_write(const char *path, const char *text, mode_t mode, struct err *err)
{
	auto_fd fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);
	size_t len = strlen(text);

	if (fd < 0)
		return err_sys(err, errno, "Can't write '%s'", path);
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0)
			return err_sys(err, errno, "Can't write '%s'", path);
		text += n;
		len -= (size_t)n;
	}
	/* umask cut it at creation; an existing file keeps what it had */
	if (fchmod(fd, mode) < 0)
		return err_sys(err, errno, "Can't set the mode of '%s'", path);
	return 0;
}

static int copy_link(const char *from, const char *to, struct err *err)
{
	char target[PATH_MAX];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	if (symlink(target, to) < 0 && errno != EEXIST)
		return err_sys(err, errno, "Can't link '%s'", to);
	return 0;
}

int fs_fill(int from, const char *to, mode_t mode, struct err *err)
{
	auto_fd out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	off_t at = 0;
	ssize_t n;

	if (out < 0)
		return err_sys(err, errno, "Can't write '%s'", to);
	while ((n = sendfile(out, from, &at, COPY_CHUNK)) > 0)
		;
	if (n < 0)
		return err_sys(err, errno, "Can't copy to '%s'", to);
	if (fchmod(out, mode) < 0)
		return err_sys(err, errno, "Can't set the mode of '%s'", to);
	return 0;
}

int fs_copy(const char *from, const char *to, struct err *err)
{
	auto_fd fd = -1;
	struct stat st;

	fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ELOOP ? copy_link(from, to, err) : 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > COPY_MAX)
		return 0;
	return fs_fill(fd, to, st.st_mode & 0755, err);
}

static int copy_entry(const char *from, const char *to, const struct dirent *d, int depth,
		      struct err *err)
{
	char src[PATH_MAX], dst[PATH_MAX];

	if (snprintf(src, sizeof(src), "%s/%s", from, d->d_name) >= (int)sizeof(src) ||
	    snprintf(dst, sizeof(dst), "%s/%s", to, d->d_name) >= (int)sizeof(dst))
		return 0;
	if (d->d_type == DT_DIR)
		return depth > 1 ? fs_copy_tree(src, dst, depth - 1, err) : 0;
	if (d->d_type == DT_LNK)
		return copy_link(src, dst, err);
	return fs_copy(src, dst, err);
}

static void dir_closep(DIR **d)
{
	if (*d)
		closedir(*d);
}

int fs_copy_tree(const char *from, const char *to, int depth, struct err *err)
{
	nd_cleanup(dir_closep) DIR *dir = opendir(from);
	struct dirent *d;
	int rc;

	if (!dir)
		return 0;
	rc = fs_mkdirs(to, 0755, err);
	while (rc == 0 && (d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			rc = copy_entry(from, to, d, depth, err);
	return rc;
}

char *fs_read(const char *path, size_t limit)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	auto_free char *buf = NULL;
	size_t len = 0;
	ssize_t n;

	if (fd < 0 || !(buf = malloc(limit + 1)))
		return NULL;
	while (len < limit && (n = read(fd, buf + len, limit - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	return ptr_steal(buf);
}

bool fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int fs_mount(const char *source, const char *target, const char *type, unsigned long flags,
	     const char *data, struct err *err)
{
	if (mount(source, target, type, flags, data) < 0)
		return err_sys(err, errno, "Can't mount %s on '%s'", type ? type : source, target);
	return 0;
}

/* Flags a less privileged mount namespace may not clear when it remounts (mount_namespaces(7)). */
static unsigned long locked_flags(const char *path)
{
	static const struct {
		unsigned long st, ms;
	} map[] = {
		{ST_RDONLY, MS_RDONLY},	    {ST_NOSUID, MS_NOSUID},
		{ST_NODEV, MS_NODEV},	    {ST_NOEXEC, MS_NOEXEC},
		{ST_NOATIME, MS_NOATIME},   {ST_NODIRATIME, MS_NODIRATIME},
		{ST_RELATIME, MS_RELATIME},
	};
	struct statvfs v;
	unsigned long out = 0;

	if (statvfs(path, &v) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		if (v.f_flag & map[i].st)
			out |= map[i].ms;
	return out;
}

int fs_bind(const char *source, const char *target, unsigned long flags, struct err *err)
{
	if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
		/* recursive: a copy without a locked child mount would uncover what it hides,
		 * EINVAL */
		return err_sys(err, errno, "Can't bind '%s' on '%s'", source, target);
	if (flags && mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | flags | locked_flags(target),
			   NULL) < 0)
		return err_sys(err, errno, "Can't make '%s' read-only", target);
	return 0;
}
