/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When somebody was at work in the lab. Events reach us a little after they happened, so past stretches are kept. */
#ifndef NETDOJO_LAB_ACTOR_H
#define NETDOJO_LAB_ACTOR_H

#include <stdbool.h>

/*
 * Of each kind of actor so many stretches: an event is late by milliseconds, and within those a script of
 * one-line commands makes a handful.
 */
enum { ACTOR_PAST = 64 };

struct actor_span {
	unsigned active; /* programs or probes at work now */
	unsigned n;	 /* stretches begun; the newest is past[(n - 1) % ACTOR_PAST] */
	struct {
		double began, ended; /* CLOCK_MONOTONIC; ended counts only once nobody is at work */
	} past[ACTOR_PAST];
};

void actor_begin(struct actor_span *s);
void actor_end(struct actor_span *s);
/* Whether somebody was at work at `mono`, or had stopped less than linger seconds before. */
bool actor_covers(const struct actor_span *s, double mono, double linger);

#endif
