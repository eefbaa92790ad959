/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that wait until the lab has shown its own fault, right after it came up: until then the packets of its probes could
 * not be told from a learner's. A person at a prompt never notices; a script waits a few tenths of a second, once.
 */
#ifndef NETDOJO_LAB_HOLD_H
#define NETDOJO_LAB_HOLD_H

#include "lab/conn.h"

/* From now on requests are held. */
void hold_begin(struct lab *lab);
/* True when request id was taken over (m is emptied) and run runs later; false: go ahead now. */
bool hold_request(struct conn *c, uint64_t id, struct msg *m,
		  void (*run)(struct conn *c, uint64_t id, struct msg *m));
/* Runs what waited whose connection still stands. */
void hold_end(struct lab *lab);
/* The lab ends: drops it. */
void hold_done(struct lab *lab);

#endif
