/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files of a bounded size. */
#define _GNU_SOURCE
#include "cli/files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

static int unreadable(struct err *err, const char *path, int code)
{
	return err_set(err, ERR_USAGE, code, "Can't read %s: %s", path, strerror(code));
}

int file_read(const char *dir, const char *name, size_t max, char **ret, size_t *ret_len,
	      struct err *err)
{
	auto_free char *path = NULL, *text = NULL;
	auto_fd fd = -1;
	struct stat st;
	size_t len = 0;
	ssize_t n = 0;

	if (asprintf(&path, "%s%s%s", dir ? dir : "", dir ? "/" : "", name) < 0)
		return err_sys(err, ENOMEM, "Can't read %s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return unreadable(err, path, errno);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_USAGE, EINVAL, "%s is no plain file", path);
	if ((size_t)st.st_size > max)
		return err_set(err, ERR_USAGE, EFBIG, "%s is over %zu KiB", path, max / 1024);
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return err_sys(err, ENOMEM, "Can't read %s", path);
	while (len < (size_t)st.st_size && (n = read(fd, text + len, (size_t)st.st_size - len)) > 0)
		len += (size_t)n;
	if (n < 0)
		return unreadable(err, path, errno);
	text[len] = '\0';
	*ret = ptr_steal(text);
	*ret_len = len;
	return 0;
}
