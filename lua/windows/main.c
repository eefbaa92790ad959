/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netdojo-windows: a Windows program of the Windows node (docs/protocol.md, "Of a Windows node only").
 *
 *   netdojo-windows                                    the prompt
 *   netdojo-windows -- LINE                            one PowerShell command line
 *   netdojo-windows --interop [--cwd PATH] -- EXE ARG...    a program called from WSL; PATH is a folder of this node or C:\...
 */
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stdio_fds.h"
#include "windows/interrupt.h"
#include "windows/marks.h"
#include "windows/output.h"
#include "windows/paths.h"
#include "windows/state.h"

struct options {
	struct state_job job;
	const char *cwd;
};

static bool parse(char **argv, struct options *o)
{
	char **a = argv + 1;

	if (*a && !strcmp(*a, "--interop")) {
		o->job.interop = true;
		a++;
	}
	if (o->job.interop && *a && !strcmp(*a, "--cwd") && a[1]) {
		o->cwd = a[1];
		a += 2;
	}
	if (!*a)
		return !o->job.interop;
	if (strcmp(*a, "--") || !a[1])
		return false;
	if (o->job.interop)
		o->job.exe = a + 1;
	else
		o->job.line = a[1];
	return o->job.interop || !a[2];
}

/* Where a Windows user's programs begin, unless told; a folder that is none of Windows' is C:\Windows, as in Windows. */
static void enter(const char *cwd)
{
	char path[PATH_MAX];

	if (cwd && cwd[0] == '/' && !strncmp(cwd, PATHS_DRIVE, strlen(PATHS_DRIVE)) &&
	    chdir(cwd) == 0)
		return;
	if (cwd && cwd[0] != '/' && paths_unix(cwd, path, sizeof(path)) == 0 && chdir(path) == 0)
		return;
	if (paths_unix(cwd ? "C:\\Windows" : PATHS_PROFILE, path, sizeof(path)) < 0 ||
	    chdir(path) < 0)
		(void)!chdir(PATHS_DRIVE);
}

int main(int argc, char **argv)
{
	struct options o = {.cwd = NULL};
	struct err err = {0};

	(void)argc;
	stdio_fds_fill();
	if (!parse(argv, &o)) {
		fputs("usage: netdojo-windows [-- LINE | --interop [--cwd PATH] -- EXE ARG...]\n",
		      stderr);
		return 2;
	}
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "");
	if (interrupt_install(&err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	marks_begin();
	umask(0); /* what is made on the drive is everybody's, as WSL shows it */
	enter(o.cwd);
	output_crlf(o.job.interop);
	return state_run(&o.job);
}
