/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message connection of init's: requests out with their answers, requests in, notices; never blocks. */
#ifndef NETDOJO_LAB_PEER_H
#define NETDOJO_LAB_PEER_H

#include <event2/event.h>

#include "base/msg.h"

struct peer;

/* The answer to a call: m->body and descriptors on success (err NULL), or err. Neither outlives the function. */
typedef void (*peer_answer_fn)(void *arg, struct msg *m, const struct err *err);

/* What a peer's owner is told. Both run from the event loop; closed() is the last and may free the peer. */
struct peer_owner {
	/* A request (do is set, id may be 0 for a notice). */
	void (*request)(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m);
	/* The connection ended; calls under way have been answered with an error. */
	void (*closed)(void *arg, struct peer *p);
};

struct peer_limits {
	size_t message;	      /* bytes a document; 0 = no limit of this connection's own */
	unsigned per_second; /* requests; 0 = no limit. Over it the peer is not read until the second ends */
};

/* Takes over fd (closed on failure too). arg goes to the owner's functions. */
int peer_new(struct event_base *base, int fd, const struct peer_owner *owner, void *arg,
	     const struct peer_limits *limits, struct peer **ret, struct err *err);
/* Closes and frees; answers no call. Takes NULL. Safe from within the owner's functions. */
void peer_free(struct peer *p);

/* Sends a request; body is stolen, fds are copied by the kernel. fn (may be NULL) runs once, later. */
void peer_call(struct peer *p, json_t *body, const int *fds, size_t n_fds, peer_answer_fn fn,
	       void *arg);
/* Answers request id; body is stolen (NULL = {}). */
void peer_answer(struct peer *p, uint64_t id, json_t *body, const int *fds, size_t n_fds);
void peer_answer_err(struct peer *p, uint64_t id, const struct err *err);
/* A message that wants no answer; body is stolen. */
void peer_notice(struct peer *p, json_t *body);
/* Descriptor, for SO_PEERCRED. Borrowed. */
int peer_fd(const struct peer *p);
/* True while messages wait to be written. */
bool peer_backlog(const struct peer *p);

#endif
