/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs have switched on in a terminal and not off again: the alternate screen, the mouse, bracketed paste, ... Pure: output
 * in; out, what switches it off, for when the programs are gone.
 */
#ifndef NETDOJO_TERM_MODES_H
#define NETDOJO_TERM_MODES_H

#include <stdbool.h>
#include <stddef.h>

enum {
	MODES_MAX = 24,	    /* known ones */
	MODES_PARAMS = 8,   /* of one sequence; more are not looked at */
	MODES_OFF_MAX = 256 /* bytes of what switches all off */
};

/* Zero-initialise. */
struct modes {
	bool on[MODES_MAX];
	int state; /* of the sequence being read */
	char mark; /* behind its "[": '?', '>', 0 = none */
	unsigned params[MODES_PARAMS];
	size_t n;
};

void modes_feed(struct modes *m, const char *data, size_t len);
/* What switches off all that is on, and the length of it ("", 0 when nothing is); then none is. */
size_t modes_off(struct modes *m, char buf[MODES_OFF_MAX]);

#endif
