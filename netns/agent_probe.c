/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes asked of a node's agent, each in a process of its own. */
#define _GNU_SOURCE
#include "netns/agent.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Who ends a probe that does not end by itself: its own timer, set when it begins. On a busy machine that may be long after
 * the agent's fork, and a probe killed before it has sent its packet would look like one that had no answer. One that keeps
 * its own deadline has a grace, to say how far it got. The agent's own clock is for one that does not begin at all.
 */
#define KILL_GRACE_US  150000
#define NEVER_BEGAN_US 5000000

/* 0 us: not any more. */
static void set_timer(int64_t us)
{
	struct itimerval t = {.it_value = {us / 1000000, us % 1000000}};

	setitimer(ITIMER_REAL, &t, NULL);
}

_Noreturn static void probe_child(struct agent *a, const struct probe_kind *k, const json_t *args,
				  uint64_t id)
{
	int64_t us = (int64_t)(probe_timeout(k, args) * 1e6);
	json_t *result;
	sigset_t none;

	/* its own group, so that what it starts dies with it */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* masters of others' terminals and pipes of others' starts */
	syscall(SYS_close_range, AGENT_USERNS + 1U, ~0U, 0);
	set_timer(us + (k->keeps_time ? KILL_GRACE_US : 0));
	result = probe_run(k, args, &a->spawn);
	set_timer(0);
	agent_tell(a, "result", id, json_pack("{s:o}", "result", result), NULL, 0);
	_exit(0);
}

void agent_probe(struct agent *a, const json_t *body)
{
	uint64_t id = (uint64_t)json_int(body, "id", 0);
	const struct probe_kind *k = probe_find(json_str(body, "kind", ""));
	const json_t *args = json_object_get(body, "args");
	struct job *j = k ? job_new(a, JOB_PROBE, id) : NULL;
	struct err err = {0};

	if (!j) {
		err_set(&err, ERR_USAGE, EINVAL,
			k ? "Too many programs run in this node" : "Unknown probe '%s'",
			json_str(body, "kind", ""));
		agent_tell_failed(a, id, &err);
		return;
	}
	j->probe = k;
	j->timeout = probe_timeout(k, args);
	j->kill_at = probe_now() + (int64_t)(j->timeout * 1e6) + NEVER_BEGAN_US;
	j->pid = fork();
	if (j->pid == 0)
		probe_child(a, k, args, id);
	if (j->pid < 0) {
		err_sys(&err, errno, "Can't start a probe");
		agent_tell_failed(a, id, &err);
		job_free(j);
	}
}

void job_probe_ended(struct agent *a, struct job *j, int status)
{
	json_t *result;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return; /* it spoke for itself */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		kill(-j->pid, SIGKILL); /* what it started */
	if (j->killed || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		result = probe_killed(j->probe, j->timeout);
	else
		result = json_pack("{s:b, s:f, s:s}", "ok", 0, "ms", 0.0, "error",
				   "the probe was killed");
	agent_tell(a, "result", j->id, json_pack("{s:o}", "result", result), NULL, 0);
}
