/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes asked of a node's agent, each in a process of its own. */
#define _GNU_SOURCE
#include "netns/agent.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A probe that keeps its own deadline is given this much more before it is killed, to say how far
 * it got. */
#define KILL_GRACE_US 150000

_Noreturn static void probe_child(struct agent *a, const struct probe_kind *k, const json_t *args,
				  uint64_t id)
{
	sigset_t none;

	/* its own group, so that what it starts dies with it */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* masters of others' terminals and pipes of others' starts */
	syscall(SYS_close_range, AGENT_USERNS + 1U, ~0U, 0);
	agent_tell(a, "result", id, json_pack("{s:o}", "result", probe_run(k, args, &a->spawn)),
		   NULL, 0);
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
	j->kill_at =
		probe_now() + (int64_t)(j->timeout * 1e6) + (k->keeps_time ? KILL_GRACE_US : 0);
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
	if (j->killed)
		result = probe_killed(j->probe, j->timeout);
	else
		result = json_pack("{s:b, s:f, s:s}", "ok", 0, "ms", 0.0, "error",
				   "the probe was killed");
	agent_tell(a, "result", j->id, json_pack("{s:o}", "result", result), NULL, 0);
}
