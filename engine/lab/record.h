/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes what the recorders saw into the log, saying who did it. */
#ifndef NETDOJO_LAB_RECORD_H
#define NETDOJO_LAB_RECORD_H

#include "lab/lab.h"

/* Reads the watch port from now on. */
int record_open(struct lab *lab, struct err *err);

/*
 * Calls fn when everything the recorders had seen by now is in the log; at once where the watch can't be late. Where the
 * lab ends before, arg is freed instead.
 */
void record_sync(struct lab *lab, void (*fn)(void *arg), void *arg);
void record_done(struct lab *lab);

#endif
