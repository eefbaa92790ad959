/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Windows program called from WSL. The kernel starts us in two ways: by its binfmt_misc entry, whose flag P gives the words
 * /init PATH ARGV0 ARG... and says so in the auxiliary vector, or by a script's "#!/init", which gives /init PATH ARG...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "guest/init.h"
#include "guest/lang.h"
#include "guest/remote.h"
#include "guest/wslenv.h"

enum { PRESERVES_ARGV0 = 1 }; /* AT_FLAGS_PRESERVE_ARGV0 of linux/binfmts.h, since Linux 5.12 */

/* The program's path from the root, by the name it was called by. */
static json_t *path_json(const char *path)
{
	auto_free char *cwd = path[0] == '/' ? NULL : getcwd(NULL, 0), *whole = NULL;

	if (!cwd)
		return json_string(path);
	if (!strncmp(path, "./", 2))
		path += 2;
	return asprintf(&whole, "%s/%s", cwd, path) < 0 ? NULL : json_string(whole);
}

static json_t *request(int argc, char **argv)
{
	int first = getauxval(AT_FLAGS) & PRESERVES_ARGV0 ? 3 : 2;
	auto_free char *cwd = getcwd(NULL, 0);
	json_t *words = json_array();

	json_array_append_new(words, path_json(argv[1]));
	for (int i = first; i < argc; i++)
		json_array_append_new(words, json_text(argv[i]));
	return json_pack("{s:s, s:o, s:o, s:s}", "do", "interop", "argv", words, "env",
			 wslenv_shared(), "cwd", cwd ? cwd : "/");
}

int interop_main(int argc, char **argv)
{
	struct err err = {0};
	int rc;

	if (argc < 2) {
		fputs("init: no program to run\n", stderr);
		return 1;
	}
	rc = remote_run(request(argc, argv), true, &err);
	if (rc >= 0)
		return rc;
	fprintf(stderr, "init: %s: %s\n",
		lang_text("Windows programs can't be run", "Windows のプログラムを実行できません"),
		err.msg);
	return 1;
}
