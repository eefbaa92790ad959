/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's table of children that somebody asked for. */
#define _GNU_SOURCE
#include "netns/agent.h"

#include <signal.h>

struct job *job_new(struct agent *a, enum job_kind kind, uint64_t id)
{
	for (size_t i = 0; i < AGENT_MAX_JOBS; i++)
		if (a->jobs[i].kind == JOB_FREE) {
			a->jobs[i] = (struct job){.kind = kind, .id = id, .report = -1, .pty = -1};
			return &a->jobs[i];
		}
	return NULL;
}

void job_free(struct job *j)
{
	fd_closep(&j->report);
	fd_closep(&j->pty);
	j->kind = JOB_FREE;
}

void agent_signal(struct agent *a, const json_t *body)
{
	uint64_t id = (uint64_t)json_int(body, "id", 0);
	int sig = (int)json_int(body, "sig", 0);

	for (size_t i = 0; i < AGENT_MAX_JOBS; i++) {
		struct job *j = &a->jobs[i];

		/* before its setsid() a child has no group of its own */
		if (j->kind == JOB_SPAWN && j->id == id && kill(-j->pid, sig) < 0)
			kill(j->pid, sig);
	}
}

void job_ended(struct agent *a, pid_t pid, int status)
{
	for (size_t i = 0; i < AGENT_MAX_JOBS; i++) {
		struct job *j = &a->jobs[i];

		if (j->kind == JOB_FREE || j->pid != pid)
			continue;
		if (j->kind == JOB_SPAWN && j->report >= 0)
			job_started(a, j); /* it ended before its start was read */
		if (j->kind == JOB_SPAWN)
			agent_tell(a, "exited", j->id, json_pack("{s:i}", "status", status), NULL,
				   0);
		else if (j->kind == JOB_PROBE)
			job_probe_ended(a, j, status);
		if (j->kind != JOB_FREE)
			job_free(j);
		return;
	}
}

int job_deadlines(struct agent *a)
{
	int64_t now = probe_now();
	int64_t next = -1;

	for (size_t i = 0; i < AGENT_MAX_JOBS; i++) {
		struct job *j = &a->jobs[i];

		if (j->kind != JOB_PROBE || j->killed)
			continue;
		if (j->kill_at <= now) {
			j->killed = true;
			kill(-j->pid, SIGKILL);
			kill(j->pid, SIGKILL);
		} else if (next < 0 || j->kill_at < next) {
			next = j->kill_at;
		}
	}
	return next < 0 ? -1 : (int)((next - now + 999) / 1000);
}
