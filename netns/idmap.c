/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The id map of a user namespace. */
#define _GNU_SOURCE
#include "netns/idmap.h"

#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"

struct tool {
	const char *path; /* setuid helpers: never looked up along the caller's PATH */
	const char *file;
	uint32_t own;
};

static void consider(char *line, const char *name, uid_t uid, struct idmap_range *best)
{
	char *save, *owner = strtok_r(line, ":", &save), *start = strtok_r(NULL, ":", &save),
		    *count = strtok_r(NULL, ":\n", &save), number[12];
	struct idmap_range r;

	snprintf(number, sizeof(number), "%u", uid);
	if (!count || (strcmp(owner, name) && strcmp(owner, number)))
		return;
	r.start = (uint32_t)strtoul(start, NULL, 10);
	r.count = (uint32_t)strtoul(count, NULL, 10);
	if (r.start && r.count > best->count)
		*best = r;
}

int idmap_find(const char *file, const char *name, uid_t uid, struct idmap_range *ret)
{
	auto_file f = fopen(file, "re");
	auto_free char *line = NULL;
	struct idmap_range best = {0};
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0)
		if (line[0] != '#')
			consider(line, name, uid, &best);
	if (best.count < IDMAP_RANGE_MIN)
		return -ENOENT;
	if (best.count > IDMAP_RANGE_MAX)
		best.count = IDMAP_RANGE_MAX;
	*ret = best;
	return 0;
}

static pid_t start(const struct tool *t, pid_t target, const struct idmap_range *r)
{
	char pid[12], own[12], first[12], count[12];
	const char *argv[] = {t->path, pid, "0", own, "1", "1", first, count, NULL};
	char *const env[] = {NULL};
	posix_spawn_file_actions_t quiet;
	pid_t child;
	int rc;

	snprintf(pid, sizeof(pid), "%d", target);
	snprintf(own, sizeof(own), "%u", t->own);
	snprintf(first, sizeof(first), "%u", r->start);
	snprintf(count, sizeof(count), "%u", r->count);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawn(&child, t->path, &quiet, NULL, (char **)argv, env);
	posix_spawn_file_actions_destroy(&quiet);
	return rc ? -1 : child;
}

static bool finished_well(pid_t child)
{
	int status;

	if (child < 0)
		return false;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Both helpers side by side; each is an exec and a setuid start. */
static bool write_range(pid_t pid)
{
	const struct tool tools[2] = {{"/usr/bin/newuidmap", "/etc/subuid", getuid()},
				      {"/usr/bin/newgidmap", "/etc/subgid", getgid()}};
	const struct passwd *pw;
	struct idmap_range r[2];
	pid_t child[2];
	bool ok[2];

	if (access("/etc/subuid", R_OK) < 0 || !(pw = getpwuid(getuid())))
		return false;
	for (int i = 0; i < 2; i++)
		if (idmap_find(tools[i].file, pw->pw_name, getuid(), &r[i]) < 0)
			return false;
	for (int i = 0; i < 2; i++)
		child[i] = start(&tools[i], pid, &r[i]);
	for (int i = 0; i < 2; i++)
		ok[i] = finished_well(child[i]);
	return ok[0] && ok[1];
}

static int put(pid_t pid, const char *file, const char *text, struct err *err)
{
	char path[48];
	auto_fd fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return err_sys(err, errno, "Can't write %s of the lab", file);
	return 0;
}

static int put_map(pid_t pid, const char *file, uint32_t own, struct err *err)
{
	char text[24];

	snprintf(text, sizeof(text), "0 %u 1", own);
	return put(pid, file, text, err);
}

/* One of the two helpers may have worked: a map is written once, so it stays. */
static bool has_map(pid_t pid, const char *file)
{
	char path[48], byte;
	auto_fd fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &byte, 1) == 1;
}

static int write_one(pid_t pid, struct err *err)
{
	int rc;

	if (!has_map(pid, "uid_map")) {
		rc = put_map(pid, "uid_map", getuid(), err);
		if (rc < 0)
			return rc;
	}
	if (has_map(pid, "gid_map"))
		return 0;
	rc = put(pid, "setgroups", "deny", err);
	return rc < 0 ? rc : put_map(pid, "gid_map", getgid(), err);
}

int idmap_write(pid_t pid, enum idmap_kind *ret, struct err *err)
{
	int rc;

	if (write_range(pid)) {
		*ret = IDMAP_RANGE;
		return 0;
	}
	rc = write_one(pid, err);
	if (rc == 0)
		*ret = IDMAP_ONE;
	return rc;
}
