/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small lab made by hand for the watch's tests: its namespaces, a filtered process, and the
 * events that came. */
#ifndef NETDOJO_TESTS_NETNS_WATCH_RIG_H
#define NETDOJO_TESTS_NETNS_WATCH_RIG_H

#include <sys/types.h>

#include "base/json.h"
#include "netns/watch_port.h"

/* One test's lab. Filled by rig_start, emptied by rig_stop. */
struct rig {
	pid_t watch;
	struct watch_port port;
	int home;	/* our own network namespace */
	int node, peer; /* eth0 10.9.0.2/24 and eth0 10.9.0.1/24, joined */
	json_t *events; /* all that arrived */
	char dir[64];	/* a folder of the test's own; holds etc and wsl */
};

/*
 * Enters new user, PID, mount, UTS and network namespaces and returns there as a child (0); the
 * caller's process gets the child's exit status (or 77 with a reason where this machine can't) as a
 * positive number + 1.
 */
int rig_enter(void);
/* path of netdojo-watch; set once by main. */
void rig_program(const char *path);

void rig_start(struct rig *r);
void rig_stop(struct rig *r);
/* Makes and joins node and peer. */
void rig_wire(struct rig *r);
/* Adds the node and waits for its recorders; which descriptors are sent is the caller's choice. */
json_t *rig_add(struct rig *r, const struct watch_node *n);
/* The node wired, with packets and changes. */
void rig_observe(struct rig *r, bool flows);

/* Waits until an event has all of pattern's keys (a JSON text); fails the test after five seconds.
 * Borrowed. */
const json_t *rig_expect(struct rig *r, const char *pattern);
/* How many of the events so far have them. */
size_t rig_count(const struct rig *r, const char *pattern);

/* Runs a program (in netns unless -1), waits, returns its exit status. */
int rig_run(int netns, const char *const *argv);
#define RUN(netns, ...) rig_run(netns, (const char *const[]){__VA_ARGS__, NULL})

/* A process under a listener that waits to be told to go on. */
struct filtered {
	pid_t pid;
	int go;	      /* write end: closing it lets the process go on */
	int listener; /* owned */
};
/* Forks; the child runs body(arg) after go and exits with what it returns. */
struct filtered rig_filtered(int (*body)(void *arg), void *arg);
/* Lets it go on and waits for its end: the status of waitpid. */
int rig_finish(struct filtered *f);

#endif
