/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table `core`: what lua/lib has of C. Scenarios never see it. */
#ifndef NETDOJO_BIND_CORE_H
#define NETDOJO_BIND_CORE_H

#include <lua.h>

/* Sets the global `core` and the guarded `setmetatable`. Raises. */
void core_open(lua_State *L);

#endif
