/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel module that would bring what is missing. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "doctor.h"

/* modules.dep writes either - or _ . */
static bool names_module(const char *line, const char *module)
{
	const char *base = strrchr(line, '/');
	size_t i;

	base = base ? base + 1 : line;
	for (i = 0; module[i]; i++)
		if (base[i] != module[i] && !(base[i] == '-' && module[i] == '_'))
			return false;
	return !strncmp(base + i, ".ko", 3);
}

static bool is_on_disk(const char *module)
{
	struct utsname u;
	char path[256];
	auto_file f = NULL;
	auto_free char *line = NULL;
	size_t size = 0;

	if (uname(&u) < 0)
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", u.release);
	f = fopen(path, "re");
	while (f && getline(&line, &size, f) > 0) {
		line[strcspn(line, ":")] = '\0';
		if (names_module(line, module))
			return true;
	}
	return false;
}

void options_mend(const char *options, char *ret, size_t size)
{
	char option[64];
	int n, used = snprintf(ret, size, "Use a kernel with");

	/* The first of the alternatives is the one to want. */
	for (const char *at = options;
	     sscanf(at, "%63s%n", option, &n) == 1 && strcmp(option, "|") != 0; at += n)
		if ((size_t)used < size)
			used += snprintf(ret + used, size - (size_t)used, "%s CONFIG_%s",
					 at == options ? "" : ",", option);
}

void module_mend(const struct check *c, char *ret, size_t size)
{
	if (is_on_disk(c->module))
		snprintf(ret, size, "sudo modprobe %s", c->module);
	else
		options_mend(c->options, ret, size);
}
