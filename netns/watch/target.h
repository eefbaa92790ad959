/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process under observation, read from outside: its memory, its /proc files, the files it names.
 */
#ifndef NETDOJO_NETNS_WATCH_TARGET_H
#define NETDOJO_NETNS_WATCH_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/json.h"

enum {
	TARGET_ARG_MAX = 4096, /* bytes kept of one argument or path */
	TARGET_ARGS = 64,      /* arguments kept */
};

/* Which file an exec would start. */
struct target_file {
	dev_t dev;
	ino_t ino;
};

/* What /proc says of a process. */
struct target_info {
	pid_t tgid, ppid;
	uid_t uid;	    /* effective, as its own user namespace numbers it */
	uint64_t birthmark; /* changes with every successful exec; 0 = not readable */
	bool fresh;	    /* forked and not yet exec'ed (PF_FORKNOEXEC) */
	ino_t net;	    /* its network namespace; 0 = not readable */
};

/*
 * A string of the target's memory, at most cap - 1 bytes, always terminated. Returns its length;
 * -EFAULT or -EPERM when it can't be read.
 */
ssize_t target_string(pid_t pid, uint64_t addr, char *buf, size_t cap);
/* The argument vector at addr, cut at TARGET_ARGS and TARGET_ARG_MAX; NULL when it can't be read.
 * Caller owns it. */
json_t *target_argv(pid_t pid, uint64_t addr);
/* Reads len bytes at addr; 0, or -EFAULT or -EPERM. */
int target_read(pid_t pid, uint64_t addr, void *buf, size_t len);
/* Writes len bytes at addr; 0 or a negative errno. */
int target_write(pid_t pid, uint64_t addr, const void *data, size_t len);

/* Reads the target's state; proc is a directory of procfs. 0, or -ESRCH when it is gone. */
int target_info(int proc, pid_t pid, struct target_info *ret);
/* Only fresh and birthmark, cheaper. 0 or -ESRCH. */
int target_marks(int proc, pid_t pid, struct target_info *ret);
/* The arguments the kernel keeps (/proc/PID/cmdline); NULL when there are none. Caller owns it. */
json_t *target_cmdline(int proc, pid_t pid);
/* The running program's path and file; 0 or a negative errno. */
int target_exe(int proc, pid_t pid, char *path, size_t cap, struct target_file *ret);
/* The status a zombie leaves, as waitpid gives it; -ESRCH when it was reaped. */
int target_zombie_status(int proc, pid_t pid, int *ret);

/*
 * Finds the file that execveat(dirfd, path, flags) would start, in the target's own root. 0: there
 * is one and it may be executed; -ENOENT, -EACCES and their like: exec will fail so; -EAGAIN: can't
 * be told.
 */
int target_resolve(int proc, pid_t pid, int dirfd, const char *path, int flags,
		   struct target_file *ret);

#endif
