/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an attempt's log ends: what going on with it, or asking whether it can go on, takes. */
#ifndef NETDOJO_EVIDENCE_PAST_H
#define NETDOJO_EVIDENCE_PAST_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"
#include "evidence/chain.h"

/* Zero-initialise; past_done frees. */
struct past {
	uint64_t seq;	/* of the last whole event; 0 = there is none */
	double t;	/* the latest there is, which need not be the last event's */
	off_t size;	/* bytes up to the end of the last whole event; what follows was cut */
	unsigned hints; /* taken */
	bool finished;	/* it was graded to its end: nothing may follow */
	bool closed;	/* its grade was shown before its end, so nothing may follow either */
	bool damaged; /* events follow after what is none: not a crash's doing, and nothing may be cut */
	bool left; /* it ended because the learner said so (quit, down), not by a pause or a crash */
	json_t *start;	     /* its first event (owned); NULL = the lab never began */
	struct chain chain;  /* after the last whole event */
	double wall, wall_t; /* the newest event that tells the wall clock, and its t */
};

void past_done(struct past *p);
#define auto_past nd_cleanup(past_done) struct past

/* Reads a log's file, which stays as it is; an empty one is one without events. */
int past_read(int fd, struct past *ret, struct err *err);
/*
 * Ends the attempt of a log that was read to *p: a `closed` event after its last whole line; what a crash left behind that goes. fd
 * is open for reading and writing, its folder is locked.
 */
int past_close(int fd, const struct past *p, const char *why, struct err *err);
/* Seconds of the wall clock from the last event to now; 0 where a clock was set back. */
double past_gap(const struct past *p, double now);

#endif
