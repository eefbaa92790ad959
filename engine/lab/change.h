/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings the kernel from lab->now to another model: plan, execute with a journal, go back on failure. The only place that
 * changes a lab. One change at a time; a later one waits for the one under way.
 */
#ifndef NETDOJO_LAB_CHANGE_H
#define NETDOJO_LAB_CHANGE_H

#include "lab/lab.h"

/*
 * Runs once, unless the lab ends before. err NULL: lab->now is `to`. Else everything done on the way was undone and
 * lab->now is as before; where the way back failed too, the lab has ended.
 */
typedef void (*change_done_fn)(void *arg, const struct err *err);
/* Told of progress: phase's word, done of of. */
typedef void (*change_progress_fn)(void *arg, const char *phase, int done, int of);

/* `to` is borrowed and must outlive the lab (it becomes lab->now). */
void change_start(struct lab *lab, struct model *to, change_progress_fn progress,
		  change_done_fn done, void *arg);
/* The same, taking `to` over. */
void change_take(struct lab *lab, struct model *to, change_done_fn done, void *arg);
/*
 * The same, taking `to` over and failing the lab when it can't be done. Where such a change already waits, `to` takes its
 * place: a scenario that changes its mind faster than the kernel follows fills no queue. Before the first change, which builds
 * the lab, it waits in lab->early; change_early makes it the next.
 */
void change_later(struct lab *lab, struct model *to);
void change_early(struct lab *lab);
/* Whether one is being made. */
bool change_under_way(const struct lab *lab);
/* The lab ends: drops what waits. */
void change_done(struct lab *lab);

#endif
