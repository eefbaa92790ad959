/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is typed and printed in one terminal, as commands of the nodes they ran in: the session's own shell, and those opened
 * from within it (wsl at the Windows prompt, dojo windows in WSL), each told by its marks.
 */
#ifndef NETDOJO_TERM_TRACKS_H
#define NETDOJO_TERM_TRACKS_H

#include "term/track.h"

enum { TRACKS_MAX = 4 }; /* shells in shells; deeper ones are not told */

struct tracks_sink {
	void *arg;
	/* The terminal's output without our marks. */
	void (*bytes)(void *arg, const char *data, size_t len);
	/* A command ended: as struct track_sink has it, with "node". Borrowed. */
	void (*command)(void *arg, json_t *event);
	/* Some shell waits for a line. May be NULL. */
	void (*ready)(void *arg);
	/* A mark came, after it was taken in. May be NULL. */
	void (*mark)(void *arg, enum osc_mark m);
};

struct tracks_level {
	struct tracks *all;
	char from[OSC_FROM_MAX];
	struct track track;
};

struct tracks {
	struct tracks_sink sink;
	const char *node; /* the session's own; borrowed */
	struct osc osc;
	struct tracks_level levels[TRACKS_MAX];
	size_t top; /* the shell that has the terminal */
};

/* t must stay where it is until tracks_done. */
void tracks_init(struct tracks *t, const char *nonce, const char *node, bool echoed_only,
		 const struct tracks_sink *sink);
void tracks_feed(struct tracks *t, const char *data, size_t len);
/* The terminal is gone: what is held is given out, commands that still ran are told. */
void tracks_end(struct tracks *t);
void tracks_done(struct tracks *t);

#endif
