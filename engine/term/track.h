/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From marks to commands: what was entered, when it ran, what it printed, how it ended. Pure but
 * for the clock it is given. */
#ifndef NETDOJO_TERM_TRACK_H
#define NETDOJO_TERM_TRACK_H

#include "base/json.h"
#include "term/osc.h"
#include "term/plain.h"

enum track_state {
	TRACK_START,  /* no prompt has come yet */
	TRACK_PROMPT, /* a prompt is being drawn */
	TRACK_INPUT,  /* the shell waits for a line */
	TRACK_RUN,    /* a command runs */
};

struct track_sink {
	void *arg;
	/* A command ended: {text,cwd,exit,output,truncated,started,ended}, times in CLOCK_MONOTONIC
	 * seconds. Borrowed. */
	void (*command)(void *arg, json_t *event);
	/* The shell waits for a line (each new prompt). May be NULL. */
	void (*ready)(void *arg);
};

struct track {
	struct track_sink sink;
	double (*now)(void *arg); /* monotonic seconds */
	void *now_arg;
	enum track_state state;
	char *text, *cwd; /* owned; NULL = not told */
	double started;
	double at;	  /* when the next mark was made; 0 = nobody said */
	bool echoed_only; /* the shell has no mark for "runs": the echoed line is the command (sh)
			   */
	struct plain echo, output;
};

void track_init(struct track *t, const struct track_sink *sink, bool echoed_only);
void track_done(struct track *t);
/* The shell is gone: a command that still ran (`exit`) is told with exit -1. */
void track_end(struct track *t);
/* The two feeds, to be called from an osc_sink. */
void track_bytes(struct track *t, const char *data, size_t len);
void track_mark(struct track *t, enum osc_mark m, const char *text, int exit);
/* The shell says when it made the mark that comes next: reading it may take long on a busy machine. */
void track_at(struct track *t, double at);

#endif
