/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A learner that types: given lines go into a real PTY as a person would type them, each when the
 * shell's prompt stands again. Used by `check` (as fast as the shell answers) and by the demo (at a
 * person's pace, echoed).
 */
#ifndef NETDOJO_TERM_TYPIST_H
#define NETDOJO_TERM_TYPIST_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "term/cast.h"

struct typist {
	int pty;	  /* borrowed: the PTY's master, non-blocking */
	const char *node; /* borrowed: the node it is in */
	/* array, borrowed: strings, typed there, and {"windows":LINE} or {"node","line"}, typed into a terminal of that node's own, which stays open
	 * for the next one. A line may hold newlines. */
	const json_t *lines;
	const char *nonce; /* borrowed; the hooks' */
	bool echoed_only;  /* see hooks_echoed_only */
	double timeout;	   /* seconds for one command; then Ctrl-C is typed, once; 0 = 10 */
	double silence;	   /* the same after so many seconds without output; 0 = never */
	unsigned pace_ms;  /* between keys, as a person's; 0 = at once */
	int echo;	   /* descriptor that gets the terminal's output; -1 = none */
	struct cast *cast; /* recording, or NULL */
	void *arg;	   /* for those below */
	/*
	 * A terminal in that node, with the same nonce, for lines of another node and for those that come when the node was
	 * shut down meanwhile: its PTY's master, non-blocking, given away; or a negative errno. NULL: there is none.
	 */
	int (*open)(void *arg, const char *node, struct err *err);
	/*
	 * Whether the node of the terminal opened there last was shut down (shells.h). Its shell may still read for some
	 * milliseconds, and would take a line with it. Asked before each line; NULL: such a thing is not told.
	 */
	bool (*stopped)(void *arg, const char *node);
	/* A command ended; event is for the log (track.h). */
	int (*command)(void *arg, json_t *event, struct err *err);
	/* true: nothing has come for a while and this one only waits; false: it works again. May be
	 * NULL. */
	void (*waiting)(void *arg, bool waiting);
};

/*
 * Types all lines and returns when the prompt stands after the last, or the shell has ended.
 * *ret_timed_out (may be NULL) counts commands that had to be interrupted. -ETIMEDOUT when the
 * shell does not come back even so.
 */
int typist_run(const struct typist *t, int *ret_timed_out, struct err *err);

#endif
