/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's log: JSON lines, one write a line, numbered and timed here and nowhere else. */
#ifndef NETDOJO_LAB_LOG_H
#define NETDOJO_LAB_LOG_H

#include "base/json.h"

struct log {
	int fd;	       /* events.jsonl, O_APPEND; -1: events are numbered and dropped */
	uint64_t seq;  /* of the newest event */
	double zero;   /* CLOCK_MONOTONIC seconds of t = 0 */
};

/* Creates NAME in the attempt folder. dirfd -1: no file. */
int log_open(struct log *log, int dirfd, const char *name, struct err *err);
void log_done(struct log *log);
/*
 * Adds seq and t and writes the event (stolen). "mono" in the event, where a recorder put it, becomes t; else now.
 * Returns seq, 0 when it could not be written.
 */
uint64_t log_put(struct log *log, json_t *event);
/* CLOCK_MONOTONIC in seconds. */
double log_now(void);

#endif
