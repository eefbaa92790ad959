/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One scenario's Lua state: its heap, its limits, its text, and the door to the peer. */
#ifndef NETDOJO_BIND_STATE_H
#define NETDOJO_BIND_STATE_H

#include <lua.h>

#include "base/err.h"
#include "base/json.h"
#include "bind/ask.h"
#include "bind/guard.h"
#include "bind/heap.h"

struct state {
	lua_State *L;
	struct heap heap;
	struct guard guard;
	struct ask *ask;  /* borrowed; NULL: nobody to ask (catalogue) */
	json_t *load;	  /* the load request: text, file, seed, variant, lang (owned) */
	const char *file; /* of load: how messages name the scenario */
	double wake;	  /* CLOCK_MONOTONIC seconds of the next timed part; 0 = none */
};

/* Makes a state for a load request (borrowed). Caller frees with state_free. */
int state_new(const json_t *load, struct ask *ask, struct state **ret, struct err *err);
/* The scenario stands: what it makes from now on is collected. */
void state_loaded(struct state *s);
/* Frees what the scenario does not use any more, now. */
void state_collect(struct state *s);
/* Takes NULL. */
void state_free(struct state *s);
/* The state a Lua thread belongs to. */
struct state *state_of(lua_State *L);

#endif
