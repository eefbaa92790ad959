/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON to Lua values and back. Arrays carry a hidden metatable, so that an empty one stays an
 * array; null is core.null inside arrays and absent in objects.
 */
#ifndef NETDOJO_BIND_JSONLUA_H
#define NETDOJO_BIND_JSONLUA_H

#include <lua.h>

#include "base/err.h"
#include "base/json.h"

enum {
	JSONLUA_DEPTH = 64,	  /* tables in tables */
	JSONLUA_VALUES = 1000000, /* in one document; a table met twice counts twice */
};

/* Makes the array metatable. Raises. */
void jsonlua_open(lua_State *L);
/* Marks the table on top of the stack as an array. Raises. */
void jsonlua_mark_array(lua_State *L);
/* Pushes j (borrowed). Raises when memory runs out; the caller must own j by something an error
 * doesn't skip. */
void jsonlua_push(lua_State *L, const json_t *j);
/* Reads the value at index; never raises and never runs a metamethod. Caller owns *ret. */
int jsonlua_read(lua_State *L, int index, json_t **ret, struct err *err);

#endif
