/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `play --script` types, a part a lab. */
#define _GNU_SOURCE
#include "cli/play_script.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

static bool is_reset(const char *line)
{
	static const char word[] = "dojo reset";
	size_t n = sizeof(word) - 1;

	return strncmp(line, word, n) == 0 && strchr(" \n", line[n]);
}

static void copy_part(FILE *from, FILE *to, unsigned resets)
{
	auto_free char *line = NULL;
	size_t cap = 0;
	unsigned seen = 0;

	while (seen <= resets && getline(&line, &cap, from) >= 0) {
		if (seen == resets)
			fputs(line, to);
		seen += is_reset(line);
	}
}

int play_script_part(const char *path, unsigned resets, struct err *err)
{
	auto_file from = fopen(path, "re");
	auto_file to = NULL;
	auto_fd fd = memfd_create("script", 0);
	int copy;

	if (!from)
		return err_sys(err, errno, "Can't read the script %s", path);
	copy = fd < 0 ? -1 : dup(fd);
	to = copy < 0 ? NULL : fdopen(copy, "w");
	if (!to)
		return err_sys(err, errno, "Can't hold the script");
	copy_part(from, to, resets);
	if (ferror(from) || fflush(to) == EOF || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, errno, "Can't read the script %s", path);
	return fd_steal(&fd);
}
