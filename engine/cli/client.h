/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line's side of a lab: start one, find one, ask it things (docs/protocol.md, "Host
 * socket"). */
#ifndef NETDOJO_CLI_CLIENT_H
#define NETDOJO_CLI_CLIENT_H

#include "base/err.h"
#include "base/json.h"
#include "base/msg.h"

struct client; /* one connection */

/* What to start. Strings borrowed; NULL = default. */
struct boot {
	const char *scenario_path; /* file; resolved by catalogue_find() */
	const char *scenario_id;
	const char *lab;     /* name; NULL = the scenario's id */
	const char *seed;    /* NULL = drawn */
	const char *variant; /* NULL = drawn by the seed; "" = the plain one */
	const char *lang;    /* "en" or "ja"; NULL = locale */
	bool healthy, hold, private_lab, dry_run, defer_fault;
	bool capture;		 /* a private lab keeps its packets too, as others do */
	bool unrecorded;	 /* no attempt folder, no recorder: docs/protocol.md, "boot" */
	const json_t *trees;	 /* see trees.h; NULL = none */
	const char *attempt_dir; /* NULL = a new folder under $XDG_STATE_HOME/netdojo/attempts */
	const char *
		resume; /* "resumed" or "reset": attempt_dir has one, which goes on. NULL = a new one */
};

/* Progress of a boot; phase is one of the lab's words, done of `of`. */
typedef void (*client_progress)(void *arg, const char *phase, int done, int of);

/*
 * Starts a lab and waits until it is ready; *ret_up is the `up` document (caller owns). On failure
 * nothing of the lab is left. The connection is the boss socket: with hold, closing it ends the
 * lab.
 */
int client_boot(const struct boot *b, client_progress progress, void *arg, struct client **ret,
		json_t **ret_up, struct err *err);

/* Connects to a live lab by name, or to the only one when lab is NULL (several or none: ERR_USAGE
 * that lists them). */
int client_open(const char *lab, struct client **ret, struct err *err);
/* Takes NULL. */
void client_free(struct client *c);
static inline void client_freep(struct client **c)
{
	client_free(*c);
}
#define auto_client nd_cleanup(client_freep) struct client

/*
 * One request and its answer. req is stolen; "id" is filled in. fds are borrowed copies to send.
 * *ret_body (caller owns; may be NULL) is the answer; *ret_fd (may be NULL) the first descriptor
 * that came with it or -1. An answer with "error" becomes err. Notices that arrive meanwhile are
 * queued for client_notice.
 */
int client_call(struct client *c, json_t *req, const int *fds, size_t n_fds, json_t **ret_body,
		int *ret_fd, struct err *err);
/* The same with every descriptor that came along: *ret is the whole message (caller: msg_done). */
int client_call_msg(struct client *c, json_t *req, const int *fds, size_t n_fds, struct msg *ret,
		    struct err *err);
/* Bounds how long an answer may take (0 = for ever); then -EAGAIN. */
int client_set_patience(struct client *c, int ms, struct err *err);
/* The next notice: 1 got (caller owns *ret), 0 the lab is gone, negative on failure. Blocks. */
int client_notice(struct client *c, json_t **ret, struct err *err);
/* To poll for notices; a queued notice may be waiting all the same, see client_pending. */
int client_fd(const struct client *c);
bool client_pending(const struct client *c);

#endif
