/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The AppArmor profile that lets netdojo have user namespaces where Ubuntu takes their power away.
 */
#include <string.h>

#include "doctor.h"

/* A path inside quotes, with AppArmor's own wildcards taken literally. */
static void put_path(FILE *out, const char *path)
{
	fputc('"', out);
	for (; *path; path++) {
		if (strchr("*?[]{}^\\\"@,", *path))
			fputc('\\', out);
		fputc(*path, out);
	}
	fputc('"', out);
}

void apparmor_write(FILE *out, const char *const paths[], size_t n)
{
	fputs("# Lets netdojo make user namespaces; nothing else of the machine is changed.\n"
	      "# To keep it over a restart, save it as /etc/apparmor.d/netdojo\n"
	      "abi <abi/4.0>,\n"
	      "include <tunables/global>\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		const char *name = strrchr(paths[i], '/');

		fprintf(out, "\nprofile %s ", name ? name + 1 : paths[i]);
		put_path(out, paths[i]);
		fputs(" flags=(unconfined) {\n  userns,\n}\n", out);
	}
}
