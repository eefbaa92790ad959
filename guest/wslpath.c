/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wslpath as a WSL distribution has it. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/init.h"
#include "guest/winpath.h"

static const char usage[] =
	"wslpath usage:\n"
	"    -a    force result to absolute path format\n"
	"    -u    translate from a Windows path to a WSL path (default)\n"
	"    -w    translate from a WSL path to a Windows path\n"
	"    -m    translate from a WSL path to a Windows path, with '/' instead of '\\'\n\n"
	"EX: wslpath 'c:\\users'\n";

/* The path from the root, without a link's detours; it has to be there. */
static int absolute(char path[PATH_MAX])
{
	char found[PATH_MAX];

	if (!realpath(path, found))
		return -EINVAL;
	memcpy(path, found, strlen(found) + 1);
	return 0;
}

static int to_windows(const char *given, bool whole, char separator, char ret[PATH_MAX])
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s", given) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (access(path, F_OK) < 0)
		return -EINVAL;
	if ((whole || path[0] == '/') && absolute(path) < 0)
		return -EINVAL;
	return winpath_to_windows(path, separator, ret, PATH_MAX);
}

static int to_wsl(const char *given, bool whole, char ret[PATH_MAX])
{
	int rc = winpath_to_wsl(given, ret, PATH_MAX);

	return rc == 0 && whole && ret[0] != '/' ? absolute(ret) : rc;
}

int wslpath_main(int argc, char **argv)
{
	char way = 'u', out[PATH_MAX];
	bool whole = false, wrong = false;
	int c, rc;

	opterr = 0;
	while ((c = getopt(argc, argv, "auwm")) != -1) {
		if (c == 'a')
			whole = true;
		else if (c == '?')
			wrong = true;
		else
			way = (char)c;
	}
	if (wrong || optind != argc - 1) {
		fputs(usage, stderr);
		return 1;
	}
	rc = way == 'u' ? to_wsl(argv[optind], whole, out)
			: to_windows(argv[optind], whole, way == 'm' ? '/' : '\\', out);
	if (rc < 0) {
		fprintf(stderr, "wslpath: %s: %s\n", argv[optind], strerror(-rc));
		return 1;
	}
	puts(out);
	return 0;
}
