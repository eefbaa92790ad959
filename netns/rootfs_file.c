/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the model, written inside a node. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns/rootfs_fs.h"

/* A file in somebody's home is theirs: the folder's owner becomes the file's. */
static void own_like_folder(const char *path)
{
	char dir[PATH_MAX];
	struct stat st;
	char *cut;

	snprintf(dir, sizeof(dir), "%s", path);
	cut = strrchr(dir, '/');
	if (!cut || cut == dir)
		return;
	*cut = '\0';
	if (stat(dir, &st) == 0 && st.st_uid != geteuid() && lchown(path, st.st_uid, st.st_gid) < 0)
		return; /* a one-uid map: nothing to give */
}

static int remove_path(const char *path, struct err *err)
{
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	if (errno == EISDIR && rmdir(path) == 0)
		return 0;
	return err_sys(err, errno, "Can't remove '%s'", path);
}

/* The folders above path, and the name the new file has until it is whole. */
static int make_room(const char *path, char tmp[PATH_MAX], struct err *err)
{
	int rc = fs_parents(path, err);

	snprintf(tmp, PATH_MAX, "%s.new~", path);
	unlink(tmp);
	return rc;
}

static int put_in_place(const char *tmp, const char *path, struct err *err)
{
	int rc;

	if (rename(tmp, path) == 0)
		return 0;
	rc = err_sys(err, errno, "Can't replace '%s'", path);
	unlink(tmp);
	return rc;
}

/* The new file appears whole, in the place of whatever was there (a symlink too), so nobody reads
 * half of it. */
int rootfs_file(const struct file *f, bool remove, struct err *err)
{
	char tmp[PATH_MAX];
	int rc;

	if (f->path[0] != '/' || strlen(f->path) > PATH_MAX - 16)
		return err_set(err, ERR_USAGE, EINVAL, "'%.128s' is no absolute path", f->path);
	if (remove)
		return remove_path(f->path, err);
	rc = make_room(f->path, tmp, err);
	if (rc < 0)
		return rc;
	if (f->symlink && f->symlink[0])
		rc = symlink(f->symlink, tmp) < 0 ? err_sys(err, errno, "Can't link '%s'", f->path)
						  : 0;
	else
		rc = fs_write(tmp, f->content, f->mode ? f->mode : 0644, err);
	if (rc < 0) {
		unlink(tmp); /* half of it, on a disk that is full */
		return rc;
	}
	own_like_folder(tmp);
	return put_in_place(tmp, f->path, err);
}

int rootfs_install(int fd, const char *path, mode_t mode, struct err *err)
{
	char tmp[PATH_MAX];
	int rc;

	if (path[0] != '/' || strlen(path) > PATH_MAX - 16)
		return err_set(err, ERR_USAGE, EINVAL, "'%.128s' is no absolute path", path);
	rc = make_room(path, tmp, err);
	if (rc == 0)
		rc = fs_fill(fd, tmp, mode, err);
	if (rc == 0)
		return put_in_place(tmp, path, err);
	unlink(tmp);
	return rc;
}
