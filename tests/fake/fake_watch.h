/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A watch port that sees only what a test pushes. */
#ifndef NETDOJO_FAKE_WATCH_H
#define NETDOJO_FAKE_WATCH_H

#include "port/watch.h"

struct fake_watch {
	struct watch_port port;
	json_t *batches; /* arrays of events waiting; owned */
	json_t *answers; /* {"wsl 1": 98} of binds; owned */
	json_t *nodes;	 /* {"wsl": generation} of the nodes watched now; owned */
	int waiting;	 /* an eventfd that counts batches */
	bool refuse;	 /* recorders of an added node are all false */
	bool dead;	 /* next() says the watch died */
};

void fake_watch_init(struct fake_watch *f);
void fake_watch_done(struct fake_watch *f);
/* One batch of one event; stolen. */
void fake_watch_push(struct fake_watch *f, json_t *event);
/* The watch dies. */
void fake_watch_die(struct fake_watch *f);

#endif
