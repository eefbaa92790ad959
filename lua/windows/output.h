/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard output and input of a Windows program. */
#ifndef NETDOJO_WINDOWS_OUTPUT_H
#define NETDOJO_WINDOWS_OUTPUT_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Lines that go to a pipe or file of WSL's end in CR LF, as Windows programs end them. */
void output_crlf(bool crlf);
/* Writes all of it to fd 1 or 2; false when nobody reads any more or Ctrl-C came. raw: not a byte is changed. */
bool output_write(int fd, const char *text, size_t len, bool raw);

/* host.write(text), host.write_bytes(text), host.write_error(text), host.read_stdin_line(). */
int output_lua_write(lua_State *L);
int output_lua_write_bytes(lua_State *L);
int output_lua_write_error(lua_State *L);
int output_lua_read_line(lua_State *L);

#endif
