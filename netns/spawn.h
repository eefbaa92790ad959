/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of a node: from the agent's fork to execve. */
#ifndef NETDOJO_NETNS_SPAWN_H
#define NETDOJO_NETNS_SPAWN_H

#include <sys/types.h>

#include "base/err.h"
#include "model/model.h"

/* Who a program runs as. */
struct identity {
	char name[33];
	uid_t uid;
	gid_t gid;
	char home[256];
	char shell[64];
	bool session; /* the node's default user, or (WSL) root in the place of one that is gone */
};

/* The node's side of every spawn; owned by the agent. */
struct spawn_ctx {
	const struct node *node;
	bool range_map;
	int learner_userns; /* -1 where the node has no learner */
	int hints;	    /* where a child says what it is about to run; -1 = nowhere */
};

/* What one child is to become. Borrowed. */
struct spawn_child {
	char *const *argv;
	char *const *env; /* the request's own entries; NULL-terminated */
	const char *cwd;
	const char *user; /* "" = the node's default */
	int stdio[3];
	bool ctty; /* stdio[] has a terminal that becomes the controlling one */
	int ctty_fd;
};

/* Makes the learner's user namespace: no capability over the node. Returns its descriptor or -errno. */
int identity_userns(bool range_map, struct err *err);
/* Looks a user up in the node's /etc/passwd. -ENOENT when there is none; root for a default user that WSL has lost. */
int identity_find(const struct spawn_ctx *c, const char *user, struct identity *ret);
/* In the child: becomes it. 0 or -errno. Must not return to root's code on failure. */
int identity_become(const struct spawn_ctx *c, const struct identity *id);

/* The whole environment: the node's for this user, overridden by extra. NULL when out of memory; never freed (exec follows). */
char **spawn_env(const struct node *n, const struct identity *id, char *const *extra);

/* A PTY of the node's own devpts. */
int spawn_pty(const struct identity *id, unsigned rows, unsigned cols, int *ret_master,
	      int *ret_slave, struct err *err);

/* In the child: never returns. An errno of a failed exec goes to report_fd. */
_Noreturn void spawn_exec(const struct spawn_ctx *c, const struct spawn_child *s, int report_fd);

#endif
