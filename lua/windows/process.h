/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs: of this node (spawn), and of WSL (wsl). */
#ifndef NETDOJO_WINDOWS_PROCESS_H
#define NETDOJO_WINDOWS_PROCESS_H

#include <lua.h>

/* host.spawn(argv, stdin, emit), host.wsl(t, stdin, emit), host.edit(path). */
int process_lua_spawn(lua_State *L);
int process_lua_wsl(lua_State *L);
int process_lua_edit(lua_State *L);
/* Makes the handles' metatable. Raises. */
void process_open(lua_State *L);

#endif
