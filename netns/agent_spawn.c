/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs asked of a node's agent: from the request to its execve. */
#define _GNU_SOURCE
#include "netns/agent.h"

#include <fcntl.h>
#include <unistd.h>

/* A JSON array of strings as a vector; NULL when it is not one. Strings are borrowed, caller frees
 * the vector. */
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

/* The child says it exists before anything else: the kernel adds its pid as init's namespace
 * numbers it. */
_Noreturn static void child_of(struct agent *a, const struct spawn_child *s, uint64_t id,
			       int report)
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
	agent_tell_failed(a, id, &err);
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
	agent_tell_failed(a, j->id, &err);
	job_free(j); /* the child is reaped as one nobody knows */
}
