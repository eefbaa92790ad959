/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One shell in a node, from its first prompt to its end: recorded, its commands told to the lab's
 * log. */
#ifndef NETDOJO_TERM_SESSION_H
#define NETDOJO_TERM_SESSION_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "term/cast.h"
#include "term/link.h"

enum session_end {
	SESSION_EXITED,	   /* the shell ended by itself */
	SESSION_GRADE,	   /* `dojo grade` */
	SESSION_QUIT,	   /* `dojo quit` */
	SESSION_PAUSE,	   /* `dojo pause` */
	SESSION_RESET,	   /* `dojo reset` */
	SESSION_LOST,	   /* the lab is gone */
	SESSION_STOPPED,   /* its node was shut down under it */
	SESSION_SIGNALLED, /* we were told to end; the signal is in status */
};

struct session {
	struct link *link;			/* borrowed */
	struct cast *cast;			/* borrowed; may be one never begun */
	const char *node, *user, *name, *shell; /* user "" = the node's own */
	const char *lang;			/* "en" or "ja", what `dojo` speaks */
	const json_t *lines;			/* to be typed; NULL = a person types */
	unsigned pace_ms;
	double timeout;
	bool quiet; /* typed output is not shown */
	char nonce[33];
};

/* How a session ends by what the lab says; SESSION_EXITED for what ends none. */
enum session_end session_end_of(enum link_notice n);

/* Runs it. *ret_status: as waitpid's after SESSION_EXITED, the signal after SESSION_SIGNALLED. */
int session_run(struct session *s, enum session_end *ret_end, int *ret_status, struct err *err);

#endif
