/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for programs where a node's PATH will have them. */
#include "base/cleanup.h"
#include "doctor.h"

int try_tool(const struct check *c, struct err *err)
{
	static const char *const dirs[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin"};
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], c->arg);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return err_set(err, ERR_MACHINE, ENOENT, "No program %s in /usr/bin or /usr/sbin", c->arg);
}
