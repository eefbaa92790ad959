/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shell-integration marks in a terminal's output: OSC 133 A/B/C/D, OSC 633 E (the command's text)
 * and P;Cwd, each carrying the session's nonce. Pure: bytes in; bytes and marks out through
 * callbacks, in order. A mark with our nonce is taken out of the stream; everything else, forged
 * and foreign marks too, passes untouched. A shell that was started from within the session, in another node
 * perhaps, writes NONCE/NODE.
 */
#ifndef NETDOJO_TERM_OSC_H
#define NETDOJO_TERM_OSC_H

#include <stddef.h>

enum {
	OSC_NONCE_MAX = 64,
	OSC_FROM_MAX = 16,	  /* bytes of a node's name in a mark, its end included */
	OSC_HOLD_MAX = 64 * 1024, /* bytes of one unfinished mark; longer is no mark of ours */
};

enum osc_mark {
	OSC_PROMPT,  /* 133;A: a prompt begins */
	OSC_INPUT,   /* 133;B: the prompt stands, typing begins */
	OSC_RUN,     /* 133;C: the command begins */
	OSC_DONE,    /* 133;D;EXIT: the command ended */
	OSC_COMMAND, /* 633;E;TEXT: what was entered; text unescaped, may hold newlines */
	OSC_CWD,     /* 633;P;Cwd=PATH */
	N_OSC_MARKS,
};

struct osc_sink {
	void *arg;
	void (*bytes)(void *arg, const char *data, size_t len);
	/* text is "" unless the mark has some; exit is -1 unless OSC_DONE. Both borrowed for the
	 * call. */
	void (*mark)(void *arg, enum osc_mark m, const char *text, int exit);
};

/* A parser. osc_init, then osc_feed; osc_flush gives out what is held; osc_done frees. */
struct osc {
	char nonce[OSC_NONCE_MAX + 1];
	char from[OSC_FROM_MAX]; /* whose the mark being told is; "" = the session's own shell's */
	double at; /* when the shell says it made that mark, CLOCK_MONOTONIC; 0 = it does not say */
	struct osc_sink sink;
	char *held; /* an unfinished sequence that may be a mark (owned) */
	size_t n_held, cap_held;
};

void osc_init(struct osc *o, const char *nonce, const struct osc_sink *sink);
void osc_done(struct osc *o);
void osc_feed(struct osc *o, const char *data, size_t len);
void osc_flush(struct osc *o);

#endif
