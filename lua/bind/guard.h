/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits on time. Two of them, since Lua's instruction hook does not fire inside C code:
 *
 * - a budget of VM instructions for each request. When it is spent, an error is raised at every
 * instruction from then on, in every coroutine, so pcall, xpcall, handlers and __close methods
 * can't swallow it. No hook runs inside
 *   __gc, so metatables with __gc are refused (core.c).
 * - a budget of processor time for each request (ITIMER_PROF), for what no hook sees: a pattern
 * match or a string.rep of nothing in C. When it is spent the process says so to its peer and
 * exits.
 *
 * RLIMIT_CPU stands behind both, and the lab's init behind that: it kills a script that does not
 * answer.
 */
#ifndef NETDOJO_BIND_GUARD_H
#define NETDOJO_BIND_GUARD_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	GUARD_INSTRUCTIONS = 60 * 1000 * 1000, /* of one request; half a second or so */
	GUARD_CPU_SECONDS = 2,		       /* of one request */
	GUARD_CPU_TOTAL = 3600,		       /* of the process; a lab may stand for days */
	GUARD_EXIT = 3,
};

struct guard {
	uint64_t left; /* instructions */
	bool expired;
};

/* Installs the signal handler and RLIMIT_CPU; peer is the socket to say farewell on. Once a
 * process. */
void guard_install(int peer);
/* Starts both budgets for request id; file names the scenario in the farewell. */
void guard_begin(lua_State *L, struct guard *g, int64_t id, const char *file);
/* Stops the processor-time budget. */
void guard_end(void);

#endif
