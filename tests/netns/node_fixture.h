/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A throw-away lab for tests of nodes: user namespace with either id map, an answerer for the filter, waiting for events. */
#ifndef NETDOJO_TESTS_NODE_FIXTURE_H
#define NETDOJO_TESTS_NODE_FIXTURE_H

#include <stdbool.h>

#include "netns/node_port.h"

/*
 * Runs body in a child that is PID 1 and root of new user, PID, mount, network, IPC and UTS namespaces, undumpable as the lab's
 * init is. range: ids 0-65535 by newuidmap; else one id. Returns body's result, or 77 with a reason on stdout.
 */
int lab_enter(bool range, int (*body)(void));
bool lab_is_range(void);

/* Each test: a mount namespace of its own and a port. */
void lab_open(void);
/* The same on a lesser kernel, or with other guest programs (NULL: ours). */
void lab_open_as(struct node_setup s);
void lab_close(void);

struct lab_node {
	struct proc_node *proc;
	int netns, node_socket, etc_dir, wsl_dir;
	bool listener;
	pid_t answerer;
	pid_t agent;	  /* as this PID namespace numbers it */
	json_t *warnings; /* of its start */
};

/* A node of the kind every test uses; fill in more and pass it to lab_start. */
struct node lab_plain(const char *name, enum node_role role);
/* Starts it and waits until it is ready; its notifications are answered with "continue". */
struct lab_node lab_start(const struct node *n);
/* Two steps, for many nodes at once. */
struct lab_node lab_launch(const struct node *n, int netns);
void lab_ready(struct lab_node *n);
void lab_stop(struct lab_node *n);
int lab_netns(void);

/* Waits for an event of this kind and id (others are dropped); fails the test after some seconds. */
struct proc_event lab_wait(struct lab_node *n, enum proc_event_kind kind, uint64_t id);

/* Starts a program; cwd and user may be NULL. Returns its id. */
uint64_t lab_spawn(struct lab_node *n, struct proc_spawn *s);

/* Serves the node socket until fd is readable or something else happened; no program may end meanwhile. */
void lab_idle(struct lab_node *n, int fd);

struct outcome {
	int status; /* waitpid's; -errno when it did not start */
	char out[1 << 20];
};
/* Whether the output begins so. */
bool lab_starts(const struct outcome *o, const char *text);
/* Reads fd and serves the node socket (sudo, mode) until program id has ended. The result is overwritten by the next. */
struct outcome *lab_collect(struct lab_node *n, uint64_t id, int fd);
/* Runs a shell line as user and returns its output (stdout and stderr together) and status. */
struct outcome *lab_sh(struct lab_node *n, const char *user, const char *line);
/* The same with an argument vector. */
struct outcome *lab_run(struct lab_node *n, const char *user, const char *const *argv);
/* A probe's result; owned by the caller. */
json_t *lab_probe(struct lab_node *n, const char *kind, json_t *args);

extern struct proc_port lab_port;
/* What the node socket answers to verbs other than sudo, by verb; and the last such request. Owned by the fixture. */
extern json_t *lab_answers, *lab_asked;

#endif
