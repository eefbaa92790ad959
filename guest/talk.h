/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node's socket, from the inside: docs/protocol.md, "Node socket". */
#ifndef NETDOJO_GUEST_TALK_H
#define NETDOJO_GUEST_TALK_H

#include "base/msg.h"

/* Connects. The descriptor, or a negative errno with the reason in err. */
int talk_open(struct err *err);
/* Asks and waits for the answer; request is stolen. 0 and *ret (caller's, msg_done), or a negative
 * errno. */
int talk_ask(int sock, json_t *request, const int *fds, size_t n_fds, struct msg *ret,
	     struct err *err);
/* Prints what a notice has to say to the user, on standard error. */
void talk_say(const json_t *notice);
/* Both, for one question. Caller owns *ret. */
int talk_once(json_t *request, json_t **ret, struct err *err);

#endif
