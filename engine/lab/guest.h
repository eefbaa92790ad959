/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node socket: what a program inside a node may ask. It never names truth, rubric, steps or other labs. */
#ifndef NETDOJO_LAB_GUEST_H
#define NETDOJO_LAB_GUEST_H

#include "lab/node.h"

/*
 * Bounds against a program in a node that means harm; docs/protocol.md, "Node socket", says the same. Over one of them nobody is
 * refused: who connects or asks waits, so that a loop of sudo only becomes slower.
 *
 * A message: what the kernel takes as one argument of a program (MAX_ARG_STRLEN), so `sudo sh -c TEXT` fits where `sh -c` does.
 * Messages: a terminal's sudo passes on signals as fast as somebody types. Connections: sudo's in pipelines, terminals
 * and parallel loops; each holds one at a time, and one command of its own. New ones: a shell forks some hundreds of
 * programs a second. One request under way: what the script answers is never queued deeper than there are connections.
 * A Windows program reads all it prints, a pipeline several things: it may ask more often.
 */
enum {
	GUEST_MESSAGE = 128 * 1024,
	GUEST_PER_SECOND = 20,
	GUEST_WINDOWS_PER_SECOND = 200,
	GUEST_UNDER_WAY = 1,
	GUEST_CONNECTIONS = 32,
	GUEST_NEW_PER_SECOND = 400,
};

/*
 * Who does what is asked from inside a node now. What a tool under test does by sudo is the tool's doing, and what a probe
 * of the lab's runs is the lab's, as long as no learner is there.
 */
const char *guest_by(const struct lab *lab);
/* The peer is the learner (uid 1000) or root. */
bool guest_may_command(const struct conn *c);
/* What "tty" says of the three standard streams. */
void guest_tty(const json_t *body, bool ret[3]);

/* Serves the node's listening socket, which is taken over. */
int guest_listen(struct lab_node *n, int fd, struct err *err);
/* A connection more or less. */
void guest_count(struct lab_node *n, int change);
/* Closes it and every connection through it. */
void guest_close(struct lab_node *n);
/* A connection as if it had been accepted there; fd is taken over. For tests. */
struct conn *guest_conn(struct lab_node *n, int fd);

#endif
