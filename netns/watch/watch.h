/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every recorder of the watch process shares: the loop, the way out, and the watched nodes. */
#ifndef NETDOJO_NETNS_WATCH_WATCH_H
#define NETDOJO_NETNS_WATCH_WATCH_H

#include <event2/event.h>

#include "base/err.h"
#include "base/json.h"
#include "netns/watch/out.h"

struct binds;
struct procs;
struct files;
struct linger;
struct listener;
struct hints;
struct packets;
struct changes;
struct sockets;
struct capture;
struct tap;
struct watch;

/* One generation of a node, and its recorders; NULL where it has none. */
struct wnode {
	struct wnode *next;
	struct watch *watch;
	char *name;
	unsigned generation;
	char *kernel;	/* "" = the kernel's own release */
	char *hostname; /* "" = unknown */
	ino_t net;	/* its network namespace; 0 = unknown */
	struct listener *listener;
	struct hints *hints;
	struct binds *binds; /* of a node whose ports are given out by init */
	struct packets *packets;
	struct changes *changes;
	struct sockets *sockets;
	struct tap *tap;
};

struct watch {
	struct event_base *base;
	int proc;      /* a /proc of our own PID namespace */
	int own_netns; /* where net_open returns to */
	struct out *out;
	struct procs *procs;
	struct files *files;
	struct linger *linger;	 /* may be NULL */
	struct capture *capture; /* the attempt's packets; NULL where they are not kept */
	struct wnode *nodes;
	json_t *syncs; /* numbers of the syncs asked for in this turn */
};

/* A new event of this node with the common keys: node, gen, kind, by, mono. Caller owns it. */
json_t *wnode_event(const struct wnode *n, const char *kind);
/* Hands an event (stolen) to the way out. */
void wnode_emit(const struct wnode *n, json_t *event);
/* Says that a recorder missed something: a lab event "recorder-lost". */
void wnode_lost(const struct wnode *n, const char *recorder, unsigned count);

#endif
