/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: one file of the node. */
#define _GNU_SOURCE
#include "netns/probe.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONTENT_MAX = 64 * 1024 };

static const char *type_name(mode_t mode)
{
	static const struct {
		mode_t type;
		const char *name;
	} types[] = {
		{S_IFREG, "file"},   {S_IFDIR, "directory"}, {S_IFLNK, "symlink"},
		{S_IFIFO, "fifo"},   {S_IFSOCK, "socket"},   {S_IFCHR, "device"},
		{S_IFBLK, "device"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if ((mode & S_IFMT) == types[i].type)
			return types[i].name;
	return "other";
}

static void tell_target(struct probe *p, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n >= 0)
		probe_set(p, "target", probe_text(target, (size_t)n));
}

/* What reading it gives, through a link too; a fifo or device is not waited for. */
static void tell_content(struct probe *p, const char *path)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	auto_free char *buf = malloc(CONTENT_MAX);
	struct stat st;
	size_t len = 0;
	ssize_t n;

	if (fd < 0 || !buf || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	while (len < CONTENT_MAX && (n = read(fd, buf + len, CONTENT_MAX - len)) > 0)
		len += (size_t)n;
	probe_set(p, "content", probe_text(buf, len));
}

void probe_file(struct probe *p)
{
	const char *path = json_str(p->args, "path", "");
	struct stat st;

	if (path[0] != '/') {
		probe_fail(p, "'%s' is no absolute path", path);
		return;
	}
	if (lstat(path, &st) < 0) {
		probe_set(p, "exists", json_false());
		if (errno != ENOENT && errno != ENOTDIR)
			probe_fail(p, "%s", strerror(errno));
		return;
	}
	probe_set(p, "exists", json_true());
	probe_set(p, "type", json_string(type_name(st.st_mode)));
	probe_set(p, "mode", json_integer(st.st_mode & 07777));
	probe_set(p, "uid", json_integer(st.st_uid));
	tell_target(p, path);
	tell_content(p, path);
}
