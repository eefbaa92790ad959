/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script's side of the conversation with its peer: answers to what we asked, and requests that
 * came meanwhile. */
#ifndef NETDOJO_BIND_ASK_H
#define NETDOJO_BIND_ASK_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct ask {
	int peer;
	int64_t last_id;
	json_t *waiting; /* requests that arrived while an answer was awaited; an array (owned) */
};

int ask_init(struct ask *a, int peer, struct err *err);
void ask_done(struct ask *a);
/* Sends a request (borrowed; its "id" is set); the id, or a negative errno. */
int64_t ask_send(struct ask *a, json_t *req, struct err *err);
/* Waits for the next answer, keeping requests for later. 0 with *ret (caller owns), or a negative
 * errno. */
int ask_answer(struct ask *a, json_t **ret, struct err *err);
/*
 * The next request: 1 got (caller owns *ret), 0 the peer is gone, -ETIMEDOUT when deadline
 * (CLOCK_MONOTONIC seconds, 0 = none) came first.
 */
int ask_request(struct ask *a, double deadline, json_t **ret, struct err *err);
/* Seconds of CLOCK_MONOTONIC. */
double ask_now(void);

#endif
