/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and mounts in a few words, for building a node's root. */
#ifndef NETDOJO_NETNS_ROOTFS_FS_H
#define NETDOJO_NETNS_ROOTFS_FS_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"

/* mkdir -p; existing directories are left as they are. */
int fs_mkdirs(const char *path, mode_t mode, struct err *err);
/* mkdir -p of the folder path is in. */
int fs_parents(const char *path, struct err *err);
int fs_write(const char *path, const char *text, mode_t mode, struct err *err);
/* Everything fd holds, from its beginning, into a new file. */
int fs_fill(int fd, const char *path, mode_t mode, struct err *err);
/* A regular file or symlink with its mode; what is missing or unreadable is skipped. Over 1 MiB is skipped too. */
int fs_copy(const char *from, const char *to, struct err *err);
/* A directory's files, links and folders, at most depth deep. */
int fs_copy_tree(const char *from, const char *to, int depth, struct err *err);
/* The whole of a small file as a string; NULL when it can't be read. Caller frees. */
char *fs_read(const char *path, size_t limit);
bool fs_is_dir(const char *path);

/* mount(2) with an error that names the target. */
int fs_mount(const char *source, const char *target, const char *type, unsigned long flags,
	     const char *data, struct err *err);
/* A recursive bind mount with flags (MS_RDONLY and such) that really take hold; keeps flags the source is locked to. */
int fs_bind(const char *source, const char *target, unsigned long flags, struct err *err);

#endif
