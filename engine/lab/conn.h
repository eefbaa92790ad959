/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections init accepted, and the verbs a side may use. */
#ifndef NETDOJO_LAB_CONN_H
#define NETDOJO_LAB_CONN_H

#include "lab/lab.h"

/* One verb of a side: answers request id on c, now or later. */
struct verb {
	const char *name;
	void (*run)(struct conn *c, uint64_t id, struct msg *m);
};

/* Takes fd over; node NULL = the host's side. verbs is a table ended by a NULL name, and static. */
struct conn *conn_new(struct lab *lab, int fd, struct lab_node *node, const struct verb *verbs,
		      const struct peer_limits *limits);
void conn_free(struct conn *c);
/* Waits for connections on a listening socket (taken over); accept runs for each with the new descriptor. */
struct event *conn_listen(struct lab *lab, int fd, void (*accepted)(void *arg, int fd), void *arg);
/* Tells every terminal host, e.g. {"session":"grade"}; body is stolen. */
void conn_tell_terminals(struct lab *lab, json_t *body);

#endif
