/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message connection of init's: requests out with their answers, requests in, notices; never blocks. */
#ifndef NETDOJO_LAB_PEER_H
#define NETDOJO_LAB_PEER_H

#include <event2/event.h>

#include "base/msg.h"

struct peer;

/*
 * The answer to a call: m->body and descriptors on success (err NULL), or err, and m->body's "error" where the other side
 * said it (m NULL: nobody did). Neither outlives the function. It runs exactly once, whatever happens: an answer, the
 * connection's end, peer_free, no memory.
 */
typedef void (*peer_answer_fn)(void *arg, struct msg *m, const struct err *err);

/* What a peer's owner is told. Both run from the event loop; closed() is the last and may free the peer. */
struct peer_owner {
	/* A request (id 0: a notice). */
	void (*request)(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m);
	/* The connection ended; calls under way have been answered with an error. */
	void (*closed)(void *arg, struct peer *p);
	const char *gone; /* what that error says; NULL = something general */
};

/* Bounds for a peer that may mean harm. Over one it is not read for a while, so that its own writes wait. */
struct peer_limits {
	size_t message; /* bytes a document, more ends the connection; 0 = no limit of its own */
	unsigned per_second; /* messages; 0 = no limit */
	unsigned under_way;  /* requests not answered yet, and answers not read yet; 0 = no limit */
};

/* Takes over fd (closed on failure too). arg goes to the owner's functions. */
int peer_new(struct event_base *base, int fd, const struct peer_owner *owner, void *arg,
	     const struct peer_limits *limits, struct peer **ret, struct err *err);
/* Closes and frees; calls under way are answered with an error. Takes NULL. Safe from within the owner's functions. */
void peer_free(struct peer *p);

/* Sends a request; body is stolen, fds are copied. fn (may be NULL) runs once: before this returns only when it failed. */
void peer_call(struct peer *p, json_t *body, const int *fds, size_t n_fds, peer_answer_fn fn,
	       void *arg);
/* Answers request id; body is stolen; NULL, which is what json_pack gives when it fails, answers with an error. */
void peer_answer(struct peer *p, uint64_t id, json_t *body, const int *fds, size_t n_fds);
/* Answers {}. */
void peer_answer_ok(struct peer *p, uint64_t id);
void peer_answer_err(struct peer *p, uint64_t id, const struct err *err);
/* A message that wants no answer; body is stolen. */
void peer_notice(struct peer *p, json_t *body);
/* Descriptor, for SO_PEERCRED. Borrowed. */
int peer_fd(const struct peer *p);
/* True while messages wait to be written. */
bool peer_backlog(const struct peer *p);

#endif
