/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages between netdojo's own processes: one JSON object a packet over AF_UNIX SOCK_SEQPACKET, with up to
 * MSG_MAX_FDS descriptors. A document over MSG_INLINE_MAX bytes travels in a sealed memfd, which the reader
 * maps and checks; callers never see the difference.
 */
#ifndef NETDOJO_BASE_MSG_H
#define NETDOJO_BASE_MSG_H

#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"

enum {
	MSG_MAX_FDS = 16,
	MSG_INLINE_MAX = 64 * 1024,	  /* bytes; fits the default socket buffer thrice */
	MSG_TOTAL_MAX = 64 * 1024 * 1024, /* bytes; a larger document is refused */
};

/* A received message. Zero-initialise; msg_done closes what was not stolen from it. */
struct msg {
	json_t *body;	      /* owned */
	int fds[MSG_MAX_FDS]; /* owned; -1 where stolen */
	size_t n_fds;
	pid_t pid; /* the sender's, vouched for by the kernel, where SO_PASSCRED is set on the socket; else 0 */
};

void msg_done(struct msg *m);
/* Takes descriptor i out of the message: the caller owns it. -1 when there is none. */
int msg_take_fd(struct msg *m, size_t i);
#define auto_msg nd_cleanup(msg_done) struct msg

/* A connected pair, both ends close-on-exec. */
int msg_pair(int ret_fds[2], struct err *err);

/*
 * Sends body (borrowed) with copies of fds. Blocks on a blocking socket; on a non-blocking one a full buffer is
 * -EAGAIN. -EPIPE when the peer is gone; SIGPIPE is never raised.
 */
int msg_send(int sock, const json_t *body, const int *fds, size_t n_fds, struct err *err);

/*
 * Receives one message. 1: got one; 0: the peer closed; negative errno on failure (-EAGAIN on an empty
 * non-blocking socket). limit bounds the document in bytes (0: MSG_TOTAL_MAX).
 */
int msg_recv(int sock, struct msg *ret, size_t limit, struct err *err);

#endif
