/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows' paths. */
#define _GNU_SOURCE
#include "windows/paths.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* A path being put together; root is what ".." can't leave. */
struct path {
	char *out;
	size_t size, len, root;
};

static int add(struct path *p, const char *name)
{
	int n = snprintf(p->out + p->len, p->size - p->len, "/%s", name);

	if (n < 0 || (size_t)n >= p->size - p->len)
		return -ENAMETOOLONG;
	p->len += (size_t)n;
	return 0;
}

static void up(struct path *p)
{
	while (p->len > p->root && p->out[--p->len] != '/')
		;
	p->out[p->len] = '\0';
}

/* The name as the folder has it, if it has it in another case. */
static void as_there(const struct path *p, char *name)
{
	DIR *dir = opendir(p->out);
	struct dirent *e;
	bool found = false;

	if (!dir)
		return;
	while (!found && (e = readdir(dir)))
		found = !strcmp(e->d_name, name);
	rewinddir(dir);
	while (!found && (e = readdir(dir))) {
		found = !strcasecmp(e->d_name, name);
		if (found)
			memcpy(name, e->d_name, strlen(e->d_name));
	}
	closedir(dir);
}

static int add_name(struct path *p, const char *from, size_t len)
{
	char name[NAME_MAX + 1];

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, from, len);
	name[len] = '\0';
	if (!len || !strcmp(name, "."))
		return 0;
	if (!strcmp(name, "..")) {
		up(p);
		return 0;
	}
	if (strpbrk(name, "<>:\"|?*"))
		return -EINVAL;
	as_there(p, name);
	return add(p, name);
}

static int begin(struct path *p, const char **windows)
{
	const char *w = *windows;
	char cwd[PATH_MAX] = "";
	size_t drive = strlen(PATHS_DRIVE);

	p->root = drive;
	p->len = (size_t)snprintf(p->out, p->size, "%s", PATHS_DRIVE);
	if ((w[0] == '\\' || w[0] == '/') && w[1] == w[0])
		return -ENOENT; /* a share: there is none */
	if (isalpha((unsigned char)w[0]) && w[1] == ':') {
		*windows += 2;
		return tolower((unsigned char)w[0]) == 'c' ? 0 : -ENOENT;
	}
	if (w[0] == '\\' || w[0] == '/')
		return 0;
	if (!getcwd(cwd, sizeof(cwd)) || strncmp(cwd, PATHS_DRIVE "/", drive + 1))
		return 0;
	p->out[p->len = 0] = '\0';
	return add(p, cwd + 1);
}

int paths_unix(const char *windows, char *ret, size_t size)
{
	struct path p = {.out = ret, .size = size};
	int rc = size > sizeof(PATHS_DRIVE) ? begin(&p, &windows) : -ENAMETOOLONG;

	while (rc == 0 && *windows) {
		size_t len = strcspn(windows, "\\/");

		rc = add_name(&p, windows, len);
		windows += len + (windows[len] != '\0');
	}
	return rc;
}

void paths_windows(const char *unix_path, char *ret, size_t size)
{
	size_t drive = strlen(PATHS_DRIVE);
	bool inside = !strncmp(unix_path, PATHS_DRIVE, drive) &&
		      (unix_path[drive] == '/' || !unix_path[drive]);

	snprintf(ret, size, "C:%s", inside && unix_path[drive] ? unix_path + drive : "\\");
	for (char *c = ret; *c; c++)
		if (*c == '/')
			*c = '\\';
}
