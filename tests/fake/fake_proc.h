/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A proc port without processes: starting, spawning, probing and file writes succeed at once,
 * through the same events as the real one's. A test changes what a command or probe comes to, or
 * keeps a node from getting ready.
 */
#ifndef NETDOJO_FAKE_PROC_H
#define NETDOJO_FAKE_PROC_H

#include "port/proc.h"

enum { FAKE_NODES_MAX = 32, FAKE_LINES_MAX = 1024 };

struct fake_proc {
	struct proc_port port;
	struct proc_node *nodes[FAKE_NODES_MAX]; /* running */
	size_t n_nodes;
	char *calls[FAKE_LINES_MAX]; /* "start wsl", "spawn wsl ip route", "probe wsl ping", "file
					wsl /etc/hosts" */
	size_t n_calls;
	bool hold_ready;	/* PROC_READY waits for fake_proc_ready() */
	const char *fail_start; /* the node whose start() fails; NULL = none */
	const char *fail_file;	/* the path whose write gives {"ok":false}; NULL = none */
	bool deaf;		/* programs that run ignore signals */
	bool keep_running;	/* spawned programs do not exit by themselves */
	int exit_status;	/* as waitpid gives it, for programs that do */
	json_t *probe_results;	/* {"wsl ping": {...}}; others get {"ok":true,"ms":0.1}; owned */
	pid_t next_pid;
	char last_user[32]; /* whom it was spawned as */
	char last_env[512]; /* "A=1 B=2 ": what the last one spawned was given, but its seat */
};

void fake_proc_init(struct fake_proc *f);
void fake_proc_done(struct fake_proc *f);
/* Lets a held node get ready. */
void fake_proc_ready(struct fake_proc *f, const char *node);
/* A spawned program ends; status as waitpid gives it. */
void fake_proc_exit(struct fake_proc *f, const char *node, uint64_t id, int status);
/* The node's agent dies. */
void fake_proc_lose(struct fake_proc *f, const char *node);
/* result is stolen. */
void fake_proc_answer(struct fake_proc *f, const char *node, const char *kind, json_t *result);
/* A connection to the node's socket; -1 when nobody can be connected to. The caller owns it. */
int fake_proc_connect(struct fake_proc *f, const char *node);
bool fake_proc_called(const struct fake_proc *f, const char *line);

#endif
