/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's log: JSON lines, one write a line, numbered, timed and chained here and nowhere else. */
#ifndef NETDOJO_LAB_LOG_H
#define NETDOJO_LAB_LOG_H

#include <sys/types.h>

#include "base/json.h"
#include "evidence/chain.h"
#include "evidence/past.h"

enum {
	LOG_EVENT_MAX =
		128 *
		1024, /* bytes of one event from outside: 16 KiB of output, all of it escaped */
	LOG_MAX = 256 * 1024 * 1024, /* bytes: hours of the recorders' fastest */
	LOG_RESERVE =
		4 * 1024 * 1024, /* over that, for the lab's own words, answers, hints and probes */
};

struct log {
	int fd;		    /* events.jsonl, O_APPEND; -1: events are numbered and dropped */
	uint64_t seq;	    /* of the newest event */
	double zero;	    /* CLOCK_MONOTONIC seconds of t = 0 */
	off_t size;	    /* whole lines, bytes */
	off_t max;	    /* LOG_MAX; a test's is less */
	unsigned lost;	    /* events that could not be written since one last could */
	struct chain chain; /* after the newest event */
};

/* Creates NAME in the attempt folder. dirfd -1: no file. */
int log_open(struct log *log, int dirfd, const char *name, struct err *err);
/*
 * Goes on with one that is there: seq, t and the chain follow its last whole event, what follows that is cut off. *ret is the
 * caller's (past_done), on failure too.
 */
int log_resume(struct log *log, int dirfd, const char *name, struct past *ret, struct err *err);
void log_done(struct log *log);
/*
 * Adds seq and t and writes the event (stolen; NULL is a loss). "mono" in the event, where a recorder put it, becomes t; else now.
 * Returns seq, 0 when it could not be written (disk full, over LOG_MAX): then no part of the line is left,
 * and the next event that can be written has `recorder-lost` events before it.
 */
uint64_t log_put(struct log *log, json_t *event);
/* CLOCK_MONOTONIC in seconds. */
double log_now(void);

#endif
