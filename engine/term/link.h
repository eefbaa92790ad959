/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal host's connection to its lab (docs/protocol.md, "Host socket"). */
#ifndef NETDOJO_TERM_LINK_H
#define NETDOJO_TERM_LINK_H

#include "base/err.h"
#include "base/json.h"
#include "term/shells.h"

enum link_notice {
	LINK_NONE,   /* nothing of interest waited */
	LINK_EXITED, /* the exec of link_exec ended */
	LINK_GRADE,  /* the learner asked for the grade */
	LINK_QUIT,   /* the learner leaves */
	LINK_PAUSE,  /* the learner leaves, to come back */
	LINK_RESET,  /* the lab is to be built anew */
	LINK_LOST,   /* the lab is gone */
};

struct link {
	int fd;			  /* owned */
	json_int_t last_id;	  /* of requests */
	json_int_t exec;	  /* of the shell, 0 = none */
	int status;		  /* as waitpid's, after LINK_EXITED */
	bool stopped;		  /* after LINK_EXITED: its node was shut down under it */
	enum link_notice pending; /* came while an answer was waited for */
	struct shells shells;	  /* all that link_exec started */
};

/* Connects to a host socket. */
int link_open(struct link *l, const char *path, struct err *err);
/* Uses an inherited connection (stolen). */
void link_adopt(struct link *l, int fd);
void link_done(struct link *l);

/* One request (stolen) and its answer; *ret (may be NULL) is the caller's, *ret_fd (may be NULL)
 * too. */
int link_call(struct link *l, json_t *req, json_t **ret, int *ret_fd, struct err *err);
/* Starts the shell; the PTY's master or a negative errno. req ("do":"exec") is stolen. */
int link_exec(struct link *l, json_t *req, struct err *err);
/* Sends an event for the log and does not wait; its answer is dropped when it comes. Borrowed. */
int link_event(struct link *l, json_t *event, struct err *err);
/* Whether the node of the last shell there was shut down, going by all that waits; link_next still tells what it was. */
bool link_stopped(struct link *l, const char *node);
/* Reads one waiting message without blocking. */
enum link_notice link_next(struct link *l);

#endif
