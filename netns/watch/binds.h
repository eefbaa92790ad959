/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node's programs bind, asked of init while they wait. */
#ifndef NETDOJO_NETNS_WATCH_BINDS_H
#define NETDOJO_NETNS_WATCH_BINDS_H

#include "netns/watch/watch.h"

/* bind(2) as a notification tells of it. */
struct bind_call {
	uint64_t id; /* the notification's */
	pid_t pid;   /* a thread */
	int fd;
	uint64_t addr;
	uint64_t len;
};

/* netns (borrowed): whose sockets are asked about. 0 and *ret, or a negative errno. */
int binds_new(struct wnode *n, int netns, struct binds **ret, struct err *err);
/* Lets everybody go on who waits. Takes NULL. */
void binds_free(struct binds *b);
/* Whether it was asked about: then its answer comes later, through listener_decide. Else it is nothing to ask about. */
bool binds_ask(struct binds *b, const struct bind_call *call);
/* init's answer; an unknown number is one whose caller was let go on. Takes NULL. */
void binds_answer(struct binds *b, unsigned n, int error);

#endif
