/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One running node, on init's side of its agent's socket. */
#ifndef NETDOJO_NETNS_NODE_PROC_H
#define NETDOJO_NETNS_NODE_PROC_H

#include "port/proc.h"

struct started { /* a child's word that it exists, kept until the agent says it executed */
	uint64_t id;
	pid_t pid;
};

struct proc_node {
	int sock;  /* owned */
	int pidfd; /* of the agent: a number may be another's by now; owned, -1 = none */
	bool gone; /* PROC_GONE was given */
	struct started *started;
	size_t n_started;
};

struct proc_node *proc_node_new(void);
/* Kills the agent, and with it the node's PID namespace; does not wait for it to be gone. Takes NULL. */
void proc_node_free(struct proc_node *n);
static inline void proc_node_freep(struct proc_node **n)
{
	proc_node_free(*n);
}

/* The members of struct proc_port. */
int proc_node_fd(const struct proc_node *n);
int proc_node_next(struct proc_node *n, struct proc_event *ret, struct err *err);
int proc_node_spawn(struct proc_node *n, const struct proc_spawn *s, uint64_t id, struct err *err);
int proc_node_signal(struct proc_node *n, uint64_t id, int sig, struct err *err);
int proc_node_probe(struct proc_node *n, const char *kind, const json_t *args, uint64_t id,
		    struct err *err);
int proc_node_file(struct proc_node *n, const struct file *f, bool remove, uint64_t id,
		   struct err *err);
int proc_node_install(struct proc_node *n, int fd, const char *path, uint32_t mode, uint64_t id,
		      struct err *err);

#endif
