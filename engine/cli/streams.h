/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command in a node gets for our standard streams. A node never holds a file or a terminal
 * of the caller's: it could read its path in /proc/self/fd, and truncate or chmod it. Pipes, sockets
 * and /dev/null are passed as they are; for all else there is a pipe, and we carry.
 */
#ifndef NETDOJO_CLI_STREAMS_H
#define NETDOJO_CLI_STREAMS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { N_STREAMS = 3 };

/* One carried stream; from -1 = passed as it is, or ended. */
struct stream {
	int from, to; /* one of them ours, the other an end of the pipe (owned) */
	int theirs;   /* owned: the pipe's other end; of an input kept, to count what is unread */
	bool input, regular, terminal;
	bool plain;   /* no splice here */
	bool full;    /* an input: the pipe takes no more for now */
	bool resting; /* a terminal that is another's just now */
};

struct streams {
	struct stream v[N_STREAMS];
	struct err failed; /* the first write that failed; code 0 = none */
};

/* All as nothing carried. */
void streams_init(struct streams *s);
/* Decides for each of our descriptors; fds are what to send. A folder is refused. */
int streams_open(struct streams *s, int fds[N_STREAMS], struct err *err);
/* They were sent: our copies go, or no end of output would be seen. */
void streams_sent(struct streams *s);

/* What to poll for, N_STREAMS entries; returns the time-out. */
int streams_want(const struct streams *s, struct pollfd *p);
void streams_carry(struct streams *s, const struct pollfd *p);

/* The command has ended: carries what it wrote last, and puts back what it did not read of a file. */
int streams_end(struct streams *s, struct err *err);
void streams_done(struct streams *s);

#endif
