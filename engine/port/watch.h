/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port: subscribe to what the kernel sees. Implemented by the watch process (netns/watch/): init tells it which node to watch
 * and hands over the descriptors; it sends back evidence events, never raw packets. Messages are JSON over the watch's
 * SOCK_SEQPACKET (docs/protocol.md, "watch").
 */
#ifndef NETDOJO_PORT_WATCH_H
#define NETDOJO_PORT_WATCH_H

#include "base/err.h"
#include "base/json.h"

struct watch_node {
	const char *name;
	unsigned generation;
	int netns;	      /* borrowed; -1 = none */
	int listener;	      /* borrowed: seccomp listener, -1 = none */
	int etc_dir, wsl_dir; /* borrowed: directories for the file watch, -1 = none */
	int hints; /* borrowed: where the agent's children say what they will run; 0 or -1 = none */
	const char *kernel; /* what uname(2) answers as release; "" = leave it to the kernel */
	const char *
		hostname; /* what uname(2) answers as nodename where the node's own can't be read; "" = none */
	bool observed; /* false: only the listener is served */
	bool binds;    /* bind(2) is asked about: see answer */
	bool flows;    /* what conntrack begins and forgets becomes `flow` events */
	bool sockets; /* what its programs listen on, and its connections, become `socket` events */
	bool capture; /* its packets go to the file given to capture() */
};

struct watch_port {
	void *ctx;
	/*
	 * Returns at once. When every recorder stands, next() gives the event {"kind":"lab","what":"recorders","node",
	 * "gen","recorders":{"packets":bool,"changes":bool,"exec":bool,"files":bool},"why":{"packets":"..."}}, exactly one
	 * for each add; a node the watch refused has all four false. Of a node with `binds`, `sockets` or `capture` recorders say
	 * those too.
	 */
	int (*add)(void *ctx, const struct watch_node *n, struct err *err);
	void (*remove)(void *ctx, const char *name);
	/* The file (borrowed, empty) for the packets of nodes added after this. May be NULL (fakes). */
	int (*capture)(void *ctx, int fd, struct err *err);
	/* To poll for reading; each readable message is one batch of events. */
	int (*fd)(void *ctx);
	/* 1: *ret is an array of events without seq (caller owns it); 0: none waiting; -EPIPE: the watch died. */
	int (*next)(void *ctx, json_t **ret, struct err *err);
	/*
	 * Asks for everything that was seen up to now: after all of it next() gives the event {"kind":"lab","what":"synced",
	 * "n":n}, which belongs in no log. May be NULL where nothing is ever late (fakes).
	 */
	int (*sync)(void *ctx, unsigned n, struct err *err);
	/*
	 * Of a node with `binds` next() also gives events {"kind":"lab","what":"bind","node","gen","n","proto":"tcp|udp",
	 * "address","port"}, which belong in no log: a program there waits in bind(2) until it is answered with 0, or the
	 * errno (EADDRINUSE) bind shall fail with. gen and n as the event has them. May be NULL (fakes).
	 */
	int (*answer)(void *ctx, const char *node, unsigned gen, unsigned n, int error,
		      struct err *err);
};

#endif
