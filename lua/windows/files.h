/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, by Windows paths. */
#ifndef NETDOJO_WINDOWS_FILES_H
#define NETDOJO_WINDOWS_FILES_H

#include <lauxlib.h>

/* host.read_file and its like. */
extern const luaL_Reg files_functions[];

/* A file or folder that was just made: WSL's default user's, as all on the drive is. */
void files_made(const char *path);
/* What Windows says for an errno. */
const char *files_reason(int code);

#endif
