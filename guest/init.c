/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WSL's /init: wslinfo, wslpath, and what runs Windows programs. */
#include "guest/init.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/stdio_fds.h"

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {{"wslinfo", wslinfo_main}, {"wslpath", wslpath_main}};
	const char *name = argc && argv[0] ? argv[0] : "";

	stdio_fds_fill();
	name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc, argv);
	return interop_main(argc, argv);
}
