/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prompt's line, edited: history, completion, UTF-8, Ctrl-C. */
#ifndef NETDOJO_WINDOWS_LINE_H
#define NETDOJO_WINDOWS_LINE_H

#include <lua.h>

/* host.readline, host.completer, host.entered, host.left. */
int line_lua_read(lua_State *L);
int line_lua_completer(lua_State *L);
int line_lua_entered(lua_State *L);
int line_lua_left(lua_State *L);
/* The terminal is as it was; harmless where no line was ever read. */
void line_done(void);

#endif
