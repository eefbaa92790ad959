/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ctrl-C, and waiting that it ends. Theory of operation: the handler notes the signal and writes a byte into a pipe that every
 * wait of this program polls too, so none is missed between a look and a sleep. What runs in Lua is reached by a hook that
 * looks every few thousand instructions; coroutines inherit it.
 */
#ifndef NETDOJO_WINDOWS_INTERRUPT_H
#define NETDOJO_WINDOWS_INTERRUPT_H

#include <lua.h>
#include <stdbool.h>

#include "base/err.h"

/* Installs the handlers; once a process. */
int interrupt_install(struct err *err);
/* Has the hook look for it in this state and the coroutines made from it. */
void interrupt_hook(lua_State *L);
/* Whether Ctrl-C came since the last call. */
bool interrupt_take(void);
/* Whether the terminal's size changed since the last call. */
bool interrupt_resized(void);
/* Raises "interrupted" if Ctrl-C came. */
void interrupt_check(lua_State *L);
/* Raises it. */
int interrupt_raise(lua_State *L);
/*
 * Waits until fd (-1: none) has one of events, or ms milliseconds have passed (-1: never). 1: it has; 0: time is up; -EINTR: Ctrl-C
 * came, and is still to be taken, or the terminal's size changed.
 */
int interrupt_wait(int fd, short events, int ms);
/* What the interpreter's children must not inherit is set back; between fork and exec. */
void interrupt_child(void);

#endif
