/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where netdojo's own files are. */
#define _GNU_SOURCE
#include "base/paths.h"

#include <limits.h>
#include <string.h>

#include "base/cleanup.h"

char *path_prefix(void)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *cut;

	if (n < 0)
		return NULL;
	exe[n] = '\0';
	cut = strstr(exe, "/libexec/netdojo/");
	if (!cut) {
		cut = strrchr(exe, '/');
		if (cut)
			*cut = '\0';
		cut = strrchr(exe, '/');
	}
	if (!cut)
		return NULL;
	*cut = '\0';
	return strdup(exe);
}

static char *path_under(const char *dir, const char *name)
{
	auto_free char *prefix = path_prefix();
	char *out;

	if (!prefix || asprintf(&out, "%s/%s/%s", prefix, dir, name) < 0)
		return NULL;
	return out;
}

char *path_libexec(const char *name)
{
	return path_under("libexec/netdojo", name);
}

char *path_share(const char *name)
{
	return path_under("share/netdojo", name);
}
