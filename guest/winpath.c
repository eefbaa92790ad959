/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths between WSL and Windows. */
#define _GNU_SOURCE
#include "guest/winpath.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DRIVES "/mnt/"

const char *winpath_distro(void)
{
	const char *name = getenv("WSL_DISTRO_NAME");

	return name && name[0] ? name : "Debian";
}

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

/* "/mnt/c" and what is below: the drive's letter; else 0. */
static char drive_of(const char *path)
{
	size_t n = strlen(DRIVES);
	bool drive = !strncmp(path, DRIVES, n) && islower((unsigned char)path[n]) &&
		     (path[n + 1] == '/' || !path[n + 1]);

	return drive && access((char[]){'/', 'm', 'n', 't', '/', path[n], '\0'}, F_OK) == 0
		       ? path[n]
		       : 0;
}

int winpath_to_windows(const char *path, char separator, char *ret, size_t size)
{
	char drive = drive_of(path);
	const char *rest = path;
	int n = 0;

	if (!path[0])
		return -EINVAL;
	ret[0] = '\0';
	if (drive) {
		rest += strlen(DRIVES) + 1;
		n = snprintf(ret, size, "%c:%s", toupper((unsigned char)drive), *rest ? "" : "/");
	} else if (path[0] == '/') {
		n = snprintf(ret, size, "//wsl.localhost/%s", winpath_distro());
	}
	if (n >= 0 && (size_t)n < size)
		n += snprintf(ret + n, size - (size_t)n, "%s", rest);
	if (n < 0 || (size_t)n >= size)
		return -ENAMETOOLONG;
	for (char *c = ret; *c; c++)
		if (*c == '/')
			*c = separator;
	return 0;
}

/* \\wsl.localhost\DISTRO and \\wsl$\DISTRO; what follows, or NULL. */
static const char *after_share(const char *windows)
{
	static const char *const servers[] = {"wsl.localhost", "wsl$"};
	const char *distro = winpath_distro();

	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		const char *at = windows + 2;
		size_t n = strlen(servers[i]), d = strlen(distro);

		if (strncasecmp(at, servers[i], n) || !is_separator(at[n]) ||
		    strncasecmp(at + n + 1, distro, d))
			continue;
		at += n + 1 + d;
		if (!*at || is_separator(*at))
			return at;
	}
	return NULL;
}

/* The last name of path as its folder spells it. */
static void as_there(char *path)
{
	char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct dirent *e;
	DIR *dir;

	if (access(path, F_OK) == 0)
		return;
	if (slash)
		*slash = '\0';
	dir = opendir(!slash ? "." : *path ? path : "/");
	if (slash)
		*slash = '/';
	while (dir && (e = readdir(dir)))
		if (!strcasecmp(e->d_name, name)) {
			memcpy(name, e->d_name, strlen(name));
			break;
		}
	if (dir)
		closedir(dir);
}

/* The names after what is in ret already. */
static int add_names(const char *rest, char *ret, size_t size)
{
	size_t len = strlen(ret);

	while (*rest) {
		size_t n = strcspn(rest, "\\/");

		if (len + n + 2 > size)
			return -ENAMETOOLONG;
		memcpy(ret + len, rest, n);
		ret[len + n] = '\0';
		if (n && strspn(ret + len, ".") != n)
			as_there(ret);
		len += n;
		rest += n;
		if (!*rest)
			break;
		ret[len++] = '/';
		ret[len] = '\0';
		rest++;
	}
	return 0;
}

int winpath_to_wsl(const char *windows, char *ret, size_t size)
{
	const char *rest = windows;

	if (!windows[0] || size < sizeof(DRIVES) + 2)
		return -EINVAL;
	ret[0] = '\0';
	if (isalpha((unsigned char)windows[0]) && windows[1] == ':') {
		snprintf(ret, size, DRIVES "%c", tolower((unsigned char)windows[0]));
		if (access(ret, F_OK) < 0 || (windows[2] && !is_separator(windows[2])))
			return -EINVAL;
		rest += 2;
	} else if (is_separator(windows[0]) && windows[0] == windows[1]) {
		rest = after_share(windows);
		if (!rest)
			return -EINVAL;
		rest = *rest ? rest : "/";
	}
	return add_names(rest, ret, size);
}
