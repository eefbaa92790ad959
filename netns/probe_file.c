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
		probe_set(p, "target", json_textn(target, (size_t)n));
}

enum { HIGH = 0xd800, LOW = 0xdc00, SURROGATES_END = 0xe000, REPLACEMENT = 0xfffd };

static size_t put_utf8(char *out, uint32_t c)
{
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		out[0] = (char)c;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

static uint32_t unit(const unsigned char *s, bool big)
{
	return big ? (uint32_t)s[0] << 8 | s[1] : (uint32_t)s[1] << 8 | s[0];
}

/* As Windows' own tools write text. out has room for three bytes a unit. */
static size_t from_utf16(const char *bytes, size_t len, bool big, char *out)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t n = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		uint32_t c = unit(s + i, big), next = i + 3 < len ? unit(s + i + 2, big) : 0;

		if (c >= HIGH && c < LOW && next >= LOW && next < SURROGATES_END) {
			c = 0x10000 + ((c - HIGH) << 10) + (next - LOW);
			i += 2;
		} else if (c >= HIGH && c < SURROGATES_END) {
			c = REPLACEMENT;
		}
		n += put_utf8(out + n, c);
	}
	return n;
}

static json_t *text_of(const char *buf, size_t len)
{
	bool big = len >= 2 && !memcmp(buf, "\xfe\xff", 2);
	auto_free char *out = NULL;

	if (!big && (len < 2 || memcmp(buf, "\xff\xfe", 2) != 0))
		return json_textn(buf, len);
	out = malloc(len / 2 * 3 + 1);
	return out ? json_textn(out, from_utf16(buf + 2, len - 2, big, out)) : NULL;
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
	probe_set(p, "content", text_of(buf, len));
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
