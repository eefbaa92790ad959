/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request into a scenario's state, protected. */
#ifndef NETDOJO_BIND_CALL_H
#define NETDOJO_BIND_CALL_H

#include "bind/state.h"

/*
 * Calls lib/main.lua's handler with a request (borrowed), within the limits. Caller owns *ret. A
 * scenario's own failure is ERR_USAGE with "FILE:LINE: ..."; *ret_trace (caller frees, may be NULL)
 * then holds Lua's traceback.
 */
int call_handle(struct state *s, const json_t *req, json_t **ret, char **ret_trace,
		struct err *err);

#endif
