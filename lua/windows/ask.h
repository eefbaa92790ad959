/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversation with the lab's init, over the node's socket. */
#ifndef NETDOJO_WINDOWS_ASK_H
#define NETDOJO_WINDOWS_ASK_H

#include <lua.h>

#include "base/json.h"

/* host.ask(request). */
int ask_lua(lua_State *L);
/* host.array(t). */
int ask_lua_array(lua_State *L);
/* Raises what the lab said: { code, message, ... }. */
int ask_raise(lua_State *L, const struct err *err);
/*
 * Pushes an empty slot whose value the collector drops: what C owns across a call that may raise. Returns where to put the
 * reference.
 */
json_t **ask_push_slot(lua_State *L);

#endif
