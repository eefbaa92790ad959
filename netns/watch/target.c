/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process under observation: its /proc files and the files it names. */
#define _GNU_SOURCE
#include "netns/watch/target.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "netns/watch/exitinfo.h"
#include "netns/watch/pidinfo.h"

enum {
	STATUS_MAX = 4096,
	NAME_MAX_PROC = 64, /* "4194304/fd/1048576" and the like */
	STAT_FLAGS = 9,
	STAT_EXIT = 52, /* fields of /proc/PID/stat, counted as proc(5) does */
};
#define PF_FORKNOEXEC                                                                              \
	0x00000040UL /* include/linux/sched.h; shown in field 9 of stat on every kernel we know */

/* A small file of procfs, terminated; its length or a negative errno. One read gives all that fits:
 * procfs makes it whole. */
static ssize_t slurp(int proc, pid_t pid, const char *what, char *buf, size_t cap)
{
	char name[NAME_MAX_PROC];
	auto_fd fd = -1;
	ssize_t n;

	snprintf(name, sizeof(name), "%d/%s", (int)pid, what);
	fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, cap - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return n;
}

/* Field n of a stat line; fields 1 and 2 (the name may hold anything) are not for asking. */
static unsigned long stat_field(const char *line, int n)
{
	const char *p = strrchr(line, ')');

	for (int i = 2; p && i < n; i++)
		p = strchr(p + 1, ' ');
	return p ? strtoul(p + 1, NULL, 10) : 0;
}

/* The address of AT_RANDOM: on a new stack, at a new place, after every exec. */
static uint64_t birthmark(int proc, pid_t pid)
{
	union {
		Elf64_auxv_t v[32];
		char bytes[1024];
	} aux;
	ssize_t n = slurp(proc, pid, "auxv", aux.bytes, sizeof(aux.bytes));

	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(aux.v[0]) && i < ARRAY_SIZE(aux.v); i++)
		if (aux.v[i].a_type == AT_RANDOM)
			return aux.v[i].a_un.a_val;
	return 0;
}

int target_marks(int proc, pid_t pid, struct target_info *ret)
{
	char line[1024];

	if (slurp(proc, pid, "stat", line, sizeof(line)) <= 0)
		return -ESRCH;
	ret->fresh = stat_field(line, STAT_FLAGS) & PF_FORKNOEXEC;
	/* Where the flag tells, nothing else is needed: the common fork and exec. */
	ret->birthmark = ret->fresh ? 0 : birthmark(proc, pid);
	return 0;
}

int target_zombie_status(int proc, pid_t pid, int *ret)
{
	char line[1024];

	if (slurp(proc, pid, "stat", line, sizeof(line)) <= 0)
		return -ESRCH;
	*ret = (int)stat_field(line, STAT_EXIT);
	return 0;
}

/* The number after "Key:"; field 0 is the first. */
static long status_number(const char *status, const char *key, int field)
{
	const char *p = strstr(status, key);
	long value = 0;
	char *end;

	if (!p)
		return 0;
	p += strlen(key);
	for (int i = 0; i <= field; i++) {
		value = strtol(p, &end, 10);
		p = end;
	}
	return value;
}

/* A user namespace's uid_map, which never changes once it was written. */
struct uid_map {
	ino_t userns;
	char text[256];
};

/* The target's map; the newest few are remembered. NULL when it can't be read, or is our own. */
static const char *uid_map_of(int proc, pid_t pid, ino_t userns)
{
	static struct uid_map known[4];
	static size_t oldest;
	struct uid_map *m;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].userns == userns)
			return known[i].text;
	m = &known[oldest++ % ARRAY_SIZE(known)];
	m->userns = 0;
	if (slurp(proc, pid, "uid_map", m->text, sizeof(m->text)) <= 0)
		return NULL;
	m->userns = userns;
	return m->text;
}

static ino_t own_userns(int proc)
{
	static ino_t own;
	struct stat st;

	if (!own && fstatat(proc, "self/ns/user", &st, 0) == 0)
		own = st.st_ino;
	return own;
}

/* uid (as we see it) back to what the target's own user namespace calls it. */
static uid_t inner_uid(int proc, pid_t pid, ino_t userns, uid_t uid)
{
	const char *map = userns == own_userns(proc) ? NULL : uid_map_of(proc, pid, userns);
	unsigned long inside, outside, count;
	int used;

	while (map && sscanf(map, "%lu %lu %lu%n", &inside, &outside, &count, &used) == 3) {
		if (uid >= outside && uid - outside < count)
			return (uid_t)(inside + uid - outside);
		map += used;
	}
	return uid;
}

/* From /proc, where the kernel has no better way, or pid is a thread. */
static int read_status(int proc, pid_t pid, struct pidinfo *ret)
{
	char status[STATUS_MAX], name[NAME_MAX_PROC];
	struct stat st;

	if (slurp(proc, pid, "status", status, sizeof(status)) <= 0)
		return -ESRCH;
	*ret = (struct pidinfo){.tgid = (pid_t)status_number(status, "\nTgid:", 0),
				.ppid = (pid_t)status_number(status, "\nPPid:", 0),
				.euid = (uid_t)status_number(status, "\nUid:", 1)};
	snprintf(name, sizeof(name), "%d/ns/user", (int)pid);
	if (fstatat(proc, name, &st, 0) == 0) {
		ret->has_userns = true;
		ret->userns = st.st_ino;
	}
	return 0;
}

static ino_t network_of(int proc, pid_t pid)
{
	char name[NAME_MAX_PROC];
	struct stat st;

	snprintf(name, sizeof(name), "%d/ns/net", (int)pid);
	return fstatat(proc, name, &st, 0) < 0 ? 0 : st.st_ino;
}

int target_info(int proc, pid_t pid, struct target_info *ret)
{
	auto_fd pidfd = exitinfo_open(pid);
	struct pidinfo info;

	*ret = (struct target_info){0};
	if ((pidfd < 0 || pidinfo_read(pidfd, &info) < 0) && read_status(proc, pid, &info) < 0)
		return -ESRCH;
	ret->tgid = info.tgid;
	ret->ppid = info.ppid;
	ret->uid = info.has_userns ? inner_uid(proc, pid, info.userns, info.euid) : info.euid;
	ret->net = network_of(proc, pid);
	return target_marks(proc, ret->tgid, ret);
}

json_t *target_cmdline(int proc, pid_t pid)
{
	enum { ROOM = 16 * 1024 };
	auto_free char *buf = malloc(ROOM);
	ssize_t len = buf ? slurp(proc, pid, "cmdline", buf, ROOM) : -ENOMEM;
	json_t *argv;

	if (len <= 0)
		return NULL;
	argv = json_array();
	for (ssize_t off = 0; off < len && json_array_size(argv) < TARGET_ARGS;) {
		size_t n = strnlen(buf + off, (size_t)(len - off));

		json_array_append_new(
			argv, json_textn(buf + off, n < TARGET_ARG_MAX ? n : TARGET_ARG_MAX));
		off += (ssize_t)n + 1;
	}
	return argv;
}

int target_exe(int proc, pid_t pid, char *path, size_t cap, struct target_file *ret)
{
	char name[NAME_MAX_PROC];
	struct stat st;
	ssize_t n;

	snprintf(name, sizeof(name), "%d/exe", (int)pid);
	n = readlinkat(proc, name, path, cap - 1);
	if (n < 0 || fstatat(proc, name, &st, 0) < 0)
		return -errno;
	path[n] = '\0';
	*ret = (struct target_file){.dev = st.st_dev, .ino = st.st_ino};
	return 0;
}

/* The directory a relative path starts from, as a path in the target's mount namespace. */
static int base_dir(int proc, pid_t pid, int dirfd, char *ret, size_t cap)
{
	char name[NAME_MAX_PROC];
	ssize_t n;

	if (dirfd == AT_FDCWD)
		snprintf(name, sizeof(name), "%d/cwd", (int)pid);
	else
		snprintf(name, sizeof(name), "%d/fd/%d", (int)pid, dirfd);
	n = readlinkat(proc, name, ret, cap - 1);
	if (n < 0)
		return -EAGAIN;
	ret[n] = '\0';
	return ret[0] == '/' ? 0 : -EAGAIN;
}

/* Opens path as the target would, without following it out of the target's root. */
static int open_in_root(int proc, pid_t pid, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	char name[NAME_MAX_PROC];
	auto_fd root = -1;
	long fd;

	snprintf(name, sizeof(name), "%d/root", (int)pid);
	root = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -EAGAIN;
	fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd >= 0)
		return (int)fd;
	/* Only these mean the same for the target; anything else is a difference between it and us.
	 */
	return errno == ENOENT || errno == ENOTDIR ? -errno : -EAGAIN;
}

static int open_program(int proc, pid_t pid, int dirfd, const char *path, int flags)
{
	char joined[2 * PATH_MAX], name[NAME_MAX_PROC];
	size_t len;
	int rc;

	if (path[0] == '/')
		return open_in_root(proc, pid, path);
	if (path[0] == '\0') {
		if (!(flags & AT_EMPTY_PATH))
			return -ENOENT;
		snprintf(name, sizeof(name), "%d/fd/%d", (int)pid, dirfd);
		rc = openat(proc, name, O_PATH | O_CLOEXEC);
		return rc < 0 ? -EAGAIN : rc;
	}
	rc = base_dir(proc, pid, dirfd, joined, PATH_MAX);
	if (rc < 0)
		return rc;
	len = strlen(joined);
	snprintf(joined + len, sizeof(joined) - len, "/%s", path);
	return open_in_root(proc, pid, joined);
}

int target_resolve(int proc, pid_t pid, int dirfd, const char *path, int flags,
		   struct target_file *ret)
{
	auto_fd fd = open_program(proc, pid, dirfd, path, flags);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -EAGAIN;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return -EACCES;
	*ret = (struct target_file){.dev = st.st_dev, .ino = st.st_ino};
	return 0;
}
