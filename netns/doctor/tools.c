/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for programs where a node's PATH will have them. */
#include "base/cleanup.h"
#include "base/paths.h"
#include "doctor.h"

/* Whether every lab has one of ours where the host has none. */
static bool stands_in(const char *tool)
{
	char name[64];
	auto_free char *own = NULL;

	snprintf(name, sizeof(name), "node/%s", tool);
	own = path_libexec(name);
	return own && access(own, X_OK) == 0;
}

int try_tool(const struct check *c, struct err *err)
{
	static const char *const dirs[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin"};
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], c->arg);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return err_set(err, ERR_MACHINE, ENOENT, "No program %s in /usr/bin or /usr/sbin%s", c->arg,
		       stands_in(c->arg) ? "; netdojo's own stands in" : "");
}
