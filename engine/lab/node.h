/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node while it runs: its agent, its generation, and what was asked of the agent and is not answered. */
#ifndef NETDOJO_LAB_NODE_H
#define NETDOJO_LAB_NODE_H

#include "lab/lab.h"

/* A probe's or file operation's outcome; result is borrowed. Runs once; err is NULL on success. */
typedef void (*node_result_fn)(void *arg, json_t *result, const struct err *err);
/*
 * A spawn's life: spawned (pid, pty owned by the receiver or -1), then exited; or failed instead of spawned, or instead of
 * exited where the node was stopped.
 */
struct node_spawn_fns {
	void (*spawned)(void *arg, pid_t pid, int pty);
	void (*exited)(void *arg, int status);
	void (*failed)(void *arg, const struct err *err);
};
/* The node's root stands and the watch has it (err NULL), or the start failed. */
typedef void (*node_ready_fn)(void *arg, const struct err *err);

struct lab_node {
	TAILQ_ENTRY(lab_node) link;
	struct lab *lab;
	char *name;
	char *user;   /* default user */
	char *kernel; /* release for uname; "" = the host's */
	char *hostname;
	enum node_role role;
	bool observed;
	bool binds;   /* what its programs bind is asked about */
	bool sockets; /* what they listen on is told, and its packets may be kept */
	bool flows;   /* addresses may be translated there */
	unsigned generation;
	pid_t agent; /* its number here; 0 = not yet known */
	struct proc_node *proc;
	struct event *readable;
	struct listener *accepting; /* the node socket */
	int connections;
	node_ready_fn ready;
	void *ready_arg;
	json_t *warnings; /* what its disk kept from it when it started; NULL = nothing */
	bool installed;	  /* has Windows' programs (interop.h) */
	bool watched;
	bool busy;    /* its events are being taken: freeing waits */
	bool stopped; /* to be freed */
	TAILQ_HEAD(, node_call) calls;
};

/* Starts the agent of a node whose network namespace stands; ready runs later. */
int node_start(struct lab *lab, const struct node *n, node_ready_fn ready, void *arg,
	       struct err *err);
/* Stops the agent, answers what is under way with an error, frees. Takes NULL. Safe from within what a node calls. */
void node_stop(struct lab_node *n);
/* The recorders of a node's generation stand (or are known to be lacking). */
void node_recorded(struct lab *lab, const char *name, unsigned generation);
struct lab_node *node_find(struct lab *lab, const char *name);

/* fn runs exactly once, before these return only when they failed. */
void node_probe(struct lab_node *n, const char *kind, const json_t *args, node_result_fn fn,
		void *arg);
void node_file(struct lab_node *n, const struct file *f, bool remove, node_result_fn fn, void *arg);
/* What fd (borrowed) holds becomes a file of the node. */
void node_install(struct lab_node *n, int fd, const char *path, uint32_t mode, node_result_fn fn,
		  void *arg);
/* *ret_id, for node_signal, is set before any of fns runs; fns must live as long as the spawn. */
void node_spawn(struct lab_node *n, const struct proc_spawn *s, const struct node_spawn_fns *fns,
		void *arg, uint64_t *ret_id);
int node_signal(struct lab_node *n, uint64_t id, int sig, struct err *err);
/* The starter of spawn id has gone: its functions will not run. */
void node_forget(struct lab_node *n, uint64_t id);

#endif
