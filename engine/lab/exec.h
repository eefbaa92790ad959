/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs run in a node for a connection: started, signalled, and their end told. */
#ifndef NETDOJO_LAB_EXEC_H
#define NETDOJO_LAB_EXEC_H

#include "lab/node.h"

/* What is asked. Borrowed for the call; descriptors are taken out of m as needed. */
struct exec_ask {
	const json_t *body;  /* argv, env, cwd, rows, cols: docs/protocol.md, "exec" */
	const json_t *files; /* from the host's side only; NULL = none */
	const json_t *
		shells; /* how further shells of this session are started; NULL = as the asker's own session has it */
	const json_t *warnings; /* for the answer; NULL = none */
	const json_t *say;	/* told in a notice before the answer; NULL = nothing */
	struct msg *m;		/* stdin, stdout, stderr where they are not the PTY */
	const char *user;
	const char *by; /* "learner", "tool" or "lab" */
	bool tty[3];	/* which of the three are the PTY made for it */
};

/*
 * Starts it; answers request id on c now or later, then notices {"exited":N,"status":S}. Where the node is stopped under it, the
 * status is that of a death by SIGKILL, and "stopped" is true. A connection from inside a node has one at a time, a node so many that room is left
 * for what the lab itself runs there.
 */
void exec_start(struct conn *c, struct lab_node *n, uint64_t id, struct exec_ask *ask);
/* {"exec":N,"signal":S} for an exec of this connection. */
void exec_signal(struct conn *c, uint64_t id, const json_t *body);
/* The shells of the session in which the program at the other end of c runs; NULL when it is in none. Borrowed. */
const json_t *exec_shells(const struct conn *c);
/* The connection ends: what it started ends too (its own process groups, not the lab). */
void exec_drop(struct conn *c);
/* The lab ends. */
void exec_done(struct lab *lab);

#endif
