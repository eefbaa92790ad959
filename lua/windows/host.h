/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table `host`: all that a Windows program has of the machine. */
#ifndef NETDOJO_WINDOWS_HOST_H
#define NETDOJO_WINDOWS_HOST_H

#include <lua.h>
#include <stdbool.h>

/* Pushes it. Raises. */
void host_push(lua_State *L, bool interop);

#endif
