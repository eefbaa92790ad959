/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of a WSL node's /init: says how it was called, so that a test can tell who called it. */
#include <stdio.h>
#include <sys/auxv.h>

#ifndef AT_FLAGS_PRESERVE_ARGV0
#define AT_FLAGS_PRESERVE_ARGV0 1 /* linux/binfmts.h: by binfmt_misc with the flag P */
#endif

int main(int argc, char **argv)
{
	printf("%s", getauxval(AT_FLAGS) & AT_FLAGS_PRESERVE_ARGV0 ? "binfmt" : "plain");
	for (int i = 0; i < argc; i++)
		printf("|%s", argv[i]);
	printf("\n");
	return argc;
}
