/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo --dump */
#include "cli/dump.h"

#include <errno.h>
#include <string.h>

static const struct form {
	const char *name;
	void (*write)(FILE *f);
} forms[] = {{"man", dump_man}, {"bash", dump_bash}, {"zsh", dump_zsh}, {"fish", dump_fish}};

int dump_run(struct cli *c, int argc, char **argv)
{
	struct err err = {0};

	for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(forms); i++) {
		if (strcmp(argv[1], forms[i].name) != 0)
			continue;
		forms[i].write(c->out);
		return fflush(c->out) == EOF ? EXIT_MACHINE : EXIT_DONE;
	}
	err_set(&err, ERR_USAGE, EINVAL, "--dump needs one of man, bash, zsh, fish");
	return cli_fail(c, &err);
}
