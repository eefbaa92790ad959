/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections init accepted, and the verbs a side may use. */
#ifndef NETDOJO_LAB_CONN_H
#define NETDOJO_LAB_CONN_H

#include "lab/lab.h"

/* One verb of a side: answers request id on c, now or later. */
struct verb {
	const char *name;
	void (*run)(struct conn *c, uint64_t id, struct msg *m);
	bool early; /* may be asked before the lab is ready */
};

/* Takes fd over; node NULL = the host's side. verbs is a table ended by a NULL name, and static. */
struct conn *conn_new(struct lab *lab, int fd, struct lab_node *node, const struct verb *verbs,
		      const struct peer_limits *limits);
void conn_free(struct conn *c);
/* Who is answered later is kept by its number: the connection may have ended by then. NULL when it has. */
struct conn *conn_find(struct lab *lab, uint64_t serial);
/* Tells every terminal host, e.g. {"session":"grade"}; body is stolen. */
void conn_tell_terminals(struct lab *lab, json_t *body);

/* A socket on which connections are accepted. */
struct listener;
/*
 * Takes fd over. accepted runs for each new descriptor, which it owns; at most per_second times a second (0 = no
 * limit), the rest wait. NULL when out of memory.
 */
struct listener *conn_listen(struct lab *lab, int fd, unsigned per_second,
			     void (*accepted)(void *arg, int fd), void *arg);
/* While full, whoever connects waits. Takes NULL. */
void conn_listen_full(struct listener *l, bool full);
/* Closes the socket, not what was accepted on it. Takes NULL. */
void conn_unlisten(struct listener *l);

#endif
