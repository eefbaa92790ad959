/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of a message pair, answering from a table: stands for the script or the serve
 * process. The code under test gets `theirs`; the test calls fake_peer_serve() whenever `ours` is
 * readable. As a script port, for code that wants that door: fake_peer_script().
 */
#ifndef NETDOJO_FAKE_PEER_H
#define NETDOJO_FAKE_PEER_H

#include "base/json.h"
#include "port/script.h"

struct fake_peer {
	int ours, theirs; /* owned; -1 once taken */
	json_t *answers; /* {"do": body} or {"do op": body}: the answer to each verb, and to one of its
			     operations; a body with "error" is an error;
			     owned */
	json_t *asked; /* every request, in order; owned */
};

int fake_peer_init(struct fake_peer *f, struct err *err);
void fake_peer_done(struct fake_peer *f);
/* body is stolen. A verb without one is answered with an error, as docs/protocol.md has it. */
void fake_peer_answer(struct fake_peer *f, const char *verb, json_t *body);
/* Answers what waits, without blocking. 0, or negative when the other side is gone. */
int fake_peer_serve(struct fake_peer *f);
/* How often verb was asked. */
size_t fake_peer_asked(const struct fake_peer *f, const char *verb);
/* A port over `theirs`; f must outlive it. */
struct script_port fake_peer_script(struct fake_peer *f);

#endif
