/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of a node. Theory of operation: one loop over the socket to init, a signalfd for children, and the
 * start pipes of programs not yet executed. A *job* is a child somebody asked for: a spawn (its exit is reported)
 * or a probe (its result is reported by the probe's process itself, or by the agent when it died or ran over its
 * deadline). Files are written at once, in the order asked. The agent never runs anything itself after its filter stands,
 * never blocks on a program, and reaps whatever is left to it.
 *
 * Messages from init: {"do":"spawn|signal|probe|file|install","id",..}. To init: {"ev":"ready|started|spawned|exited|failed|
 * result","id",..}; "started" comes from the child itself, so that the kernel vouches for its pid.
 */
#ifndef NETDOJO_NETNS_AGENT_H
#define NETDOJO_NETNS_AGENT_H

#include <stdint.h>
#include <sys/types.h>

#include "base/json.h"
#include "base/msg.h"
#include "netns/probe.h"
#include "netns/rootfs.h"
#include "netns/spawn.h"

/* Descriptors at fixed numbers, so that a probe's process can close all others. */
enum { AGENT_SOCK = 3, AGENT_USERNS = 4, AGENT_MAX_JOBS = 128 };

enum job_kind { JOB_FREE, JOB_SPAWN, JOB_PROBE };

struct job {
	enum job_kind kind;
	uint64_t id;
	pid_t pid;
	int report; /* spawn: read end of the start pipe; -1 once executed */
	int pty;    /* spawn: the master, until it is handed over */
	const struct probe_kind *probe;
	int64_t kill_at; /* probe: CLOCK_MONOTONIC microseconds */
	double timeout;	 /* probe: seconds */
	bool killed;
};

struct agent {
	int sock;
	int signals; /* signalfd: SIGCHLD */
	struct spawn_ctx spawn;
	struct job jobs[AGENT_MAX_JOBS];
};

/* What the clone()d child begins with; everything is borrowed from the copy of init's memory it is. */
struct agent_start {
	const struct rootfs *rootfs;
	const struct node *node;
	int sock;
	bool quiet; /* nobody is asked about the programs that start there */
};
_Noreturn void agent_run(const struct agent_start *s);

/* agent_setup.c: builds the node and says "ready". */
int agent_setup(const struct agent_start *s, struct agent *a, struct err *err);

/* agent_spawn.c, agent_probe.c, agent_job.c: one for each verb. */
void agent_spawn(struct agent *a, struct msg *m);
void agent_probe(struct agent *a, const json_t *body);
void agent_signal(struct agent *a, const json_t *body);

/* A free place in the table; NULL when there is none. */
struct job *job_new(struct agent *a, enum job_kind kind, uint64_t id);
void job_free(struct job *j);
/* The start pipe of a spawn spoke or closed. */
void job_started(struct agent *a, struct job *j);
/* A child ended; of a probe's, what that means for its result. */
void job_ended(struct agent *a, pid_t pid, int status);
void job_probe_ended(struct agent *a, struct job *j, int status);
/* Kills probes over their deadline; returns milliseconds to the next deadline, -1 for none. */
int job_deadlines(struct agent *a);

/* Sends {"ev":ev,"id":id} joined with more (stolen, may be NULL). */
void agent_tell(struct agent *a, const char *ev, uint64_t id, json_t *more, const int *fds,
		size_t n_fds);

void agent_tell_failed(struct agent *a, uint64_t id, const struct err *err);

#endif
