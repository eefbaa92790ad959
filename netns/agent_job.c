/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Children of a node's agent that somebody asked for. */
#define _GNU_SOURCE
#include "netns/agent.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A probe that keeps its own deadline is given this much more before it is killed, to say how far it got. */
#define KILL_GRACE_US 150000

static struct job *job_new(struct agent *a, enum job_kind kind, uint64_t id)
{
	for (size_t i = 0; i < AGENT_MAX_JOBS; i++)
		if (a->jobs[i].kind == JOB_FREE) {
			a->jobs[i] = (struct job){.kind = kind, .id = id, .report = -1, .pty = -1};
			return &a->jobs[i];
		}
	return NULL;
}

static void job_free(struct job *j)
{
	fd_closep(&j->report);
	fd_closep(&j->pty);
	j->kind = JOB_FREE;
}

static void tell_failed(struct agent *a, uint64_t id, const struct err *err)
{
	agent_tell(a, "failed", id, json_pack("{s:o}", "error", err_to_json(err)), NULL, 0);
}

/* A JSON array of strings as a vector; NULL when it is not one. Strings are borrowed, caller frees the vector. */
static char **vector(const json_t *array)
{
	size_t n = json_array_size(array);
	char **v = calloc(n + 1, sizeof(*v));

	for (size_t i = 0; v && i < n; i++) {
		v[i] = (char *)json_string_value(json_array_get(array, i));
		if (!v[i]) {
			free(v);
			return NULL;
		}
	}
	return v;
}

/* stdio of the request: descriptors in the message's order for those that are true. */
static void take_stdio(struct msg *m, int ret[3])
{
	const json_t *has = json_object_get(m->body, "stdio");

	for (size_t i = 0, next = 0; i < 3; i++) {
		ret[i] = -1;
		if (json_is_true(json_array_get(has, i)) && next < m->n_fds)
			ret[i] = m->fds[next++];
	}
}

/* The child says it exists before anything else: the kernel adds its pid as init's namespace numbers it. */
_Noreturn static void child_of(struct agent *a, const struct spawn_child *s, uint64_t id, int report)
{
	agent_tell(a, "started", id, NULL, NULL, 0);
	spawn_exec(&a->spawn, s, report);
}

static int fork_spawn(struct agent *a, struct job *j, const struct spawn_child *s, struct err *err)
{
	int report[2];

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	j->pid = fork();
	if (j->pid == 0)
		child_of(a, s, j->id, report[1]);
	close(report[1]);
	j->report = report[0];
	fcntl(j->report, F_SETFL, O_NONBLOCK);
	return j->pid < 0 ? err_sys(err, errno, "Can't start '%s'", s->argv[0]) : 0;
}

static int start_spawn(struct agent *a, struct job *j, struct msg *m, char **argv, char **env,
		       struct err *err)
{
	struct spawn_child s = {.argv = argv,
				.env = env,
				.cwd = json_str(m->body, "cwd", ""),
				.user = json_str(m->body, "user", ""),
				.ctty_fd = -1};
	struct identity id;
	auto_fd slave = -1;
	int rc;

	if (identity_find(&a->spawn, s.user, &id) < 0)
		return err_set(err, ERR_USAGE, ESRCH, "No user '%s' in this node", s.user);
	take_stdio(m, s.stdio);
	if (json_flag(m->body, "tty", false)) {
		rc = spawn_pty(&id, (unsigned)json_int(m->body, "rows", 0),
			       (unsigned)json_int(m->body, "cols", 0), &j->pty, &slave, err);
		if (rc < 0)
			return rc;
		s.ctty = true;
		s.ctty_fd = slave;
		for (int i = 0; i < 3; i++)
			if (s.stdio[i] < 0)
				s.stdio[i] = slave;
	}
	return fork_spawn(a, j, &s, err);
}

void agent_spawn(struct agent *a, struct msg *m)
{
	uint64_t id = (uint64_t)json_int(m->body, "id", 0);
	auto_free char **argv = vector(json_object_get(m->body, "argv"));
	auto_free char **env = vector(json_object_get(m->body, "env"));
	struct job *j = job_new(a, JOB_SPAWN, id);
	struct err err = {0};
	int rc;

	if (!j)
		rc = err_set(&err, ERR_MACHINE, EAGAIN, "Too many programs run in this node");
	else if (!argv || !argv[0] || !env)
		rc = err_set(&err, ERR_USAGE, EINVAL, "No command was given");
	else
		rc = start_spawn(a, j, m, argv, env, &err);
	if (rc == 0)
		return;
	tell_failed(a, id, &err);
	if (j)
		job_free(j);
}

void job_started(struct agent *a, struct job *j)
{
	struct err err = {0};
	int code = 0;
	ssize_t n = read(j->report, &code, sizeof(code));

	if (n < 0) /* not yet */
		return;
	fd_closep(&j->report);
	if (n == 0) {
		agent_tell(a, "spawned", j->id, NULL, &j->pty, j->pty >= 0 ? 1 : 0);
		fd_closep(&j->pty);
		return;
	}
	err_sys(&err, code, "%s", "Can't run the command");
	tell_failed(a, j->id, &err);
	job_free(j); /* the child is reaped as one nobody knows */
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
	agent_tell(a, "result", id, json_pack("{s:o}", "result", probe_run(k, args, &a->spawn)), NULL, 0);
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
		err_set(&err, ERR_USAGE, EINVAL, k ? "Too many programs run in this node" : "Unknown probe '%s'",
			json_str(body, "kind", ""));
		tell_failed(a, id, &err);
		return;
	}
	j->probe = k;
	j->timeout = probe_timeout(k, args);
	j->kill_at = probe_now() + (int64_t)(j->timeout * 1e6) + (k->keeps_time ? KILL_GRACE_US : 0);
	j->pid = fork();
	if (j->pid == 0)
		probe_child(a, k, args, id);
	if (j->pid < 0) {
		err_sys(&err, errno, "Can't start a probe");
		tell_failed(a, id, &err);
		job_free(j);
	}
}

void agent_file(struct agent *a, const json_t *body)
{
	const json_t *f = json_object_get(body, "file");
	struct file file = {.path = (char *)json_str(f, "path", ""),
			    .content = (char *)json_str(f, "content", ""),
			    .symlink = (char *)json_str(f, "symlink", ""),
			    .mode = (uint32_t)json_int(f, "mode", 0644)};
	uint64_t id = (uint64_t)json_int(body, "id", 0);
	struct err err = {0};

	if (rootfs_file(&file, json_flag(body, "remove", false), &err) < 0)
		tell_failed(a, id, &err);
	else
		agent_tell(a, "result", id, json_pack("{s:{s:b}}", "result", "ok", 1), NULL, 0);
}

static void probe_ended(struct agent *a, struct job *j, int status)
{
	json_t *result;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return; /* it spoke for itself */
	if (j->killed)
		result = probe_killed(j->probe, j->timeout);
	else
		result = json_pack("{s:b, s:f, s:s}", "ok", 0, "ms", 0.0, "error", "the probe was killed");
	agent_tell(a, "result", j->id, json_pack("{s:o}", "result", result), NULL, 0);
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
			agent_tell(a, "exited", j->id, json_pack("{s:i}", "status", status), NULL, 0);
		else if (j->kind == JOB_PROBE)
			probe_ended(a, j, status);
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
