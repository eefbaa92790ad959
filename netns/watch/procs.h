/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the watched nodes: which execs really happened, and how each program ended. */
#ifndef NETDOJO_NETNS_WATCH_PROCS_H
#define NETDOJO_NETNS_WATCH_PROCS_H

#include "netns/watch/target.h"
#include "netns/watch/watch.h"

/* An exec that may succeed. */
struct exec_try {
	struct target_info before; /* the process as it was */
	char *path;		   /* as given; NULL = unreadable. Owned */
	json_t *argv;		   /* NULL = unreadable. Owned */
	struct target_file file;   /* what path names */
	bool resolved;		   /* file is known */
	bool hinted;		   /* path and argv are the agent's own word */
	double mono;		   /* when it was asked for */
};
void exec_try_done(struct exec_try *t);

/* NULL when out of memory or without timers. */
struct procs *procs_new(struct watch *w);
/* Takes NULL. */
void procs_free(struct procs *p);
/*
 * A notification of this process arrived, before it is answered: an earlier try of the same process
 * is settled now, because it can't be any more.
 */
void procs_settle(struct procs *p, pid_t tgid);
/* The exec is about to be let go on; takes over t's contents. The caller stands still, so what can
 * wait is left to procs_go. */
void procs_try(struct procs *p, struct wnode *n, struct exec_try *t);
/* It goes on: watch for its success and for the process's end. */
void procs_go(struct procs *p, pid_t tgid);
/* It did not go on: a signal came first. */
void procs_cancel(struct procs *p, pid_t tgid);
/* Looks at every open try now. */
void procs_look(struct procs *p);
/* Forgets everything of a node. */
void procs_drop(struct procs *p, const struct wnode *n);

#endif
