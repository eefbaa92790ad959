/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of lua/lib, compiled into the program, and the `require` that knows only them. */
#ifndef NETDOJO_BIND_LIBRARY_H
#define NETDOJO_BIND_LIBRARY_H

#include <lua.h>
#include <stddef.h>

struct chunk {
	const char *name; /* "wsl2.nat" */
	const unsigned char *code;
	size_t len;
};

/* Written by lua-embed. */
extern const struct chunk chunks[];
extern const size_t n_chunks;

/* Sets the global `require`. */
void library_open(lua_State *L);
/* Pushes the value of an embedded module, running it the first time. Raises. */
void library_push(lua_State *L, const char *name);

#endif
