/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PID 1 of a node: its loop. */
#define _GNU_SOURCE
#include "netns/agent.h"

#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

void agent_tell(struct agent *a, const char *ev, uint64_t id, json_t *more, const int *fds,
		size_t n_fds)
{
	auto_json json_t *body = more ? more : json_object();

	json_object_set_new(body, "ev", json_string(ev));
	json_object_set_new(body, "id", json_integer((json_int_t)id));
	/* init's death is ours too: the kernel ends this namespace with its parent's */
	if (msg_send(a->sock, body, fds, n_fds, NULL) < 0)
		return;
}

void agent_tell_failed(struct agent *a, uint64_t id, const struct err *err)
{
	agent_tell(a, "failed", id, json_pack("{s:o}", "error", err_to_json(err)), NULL, 0);
}

static void write_file(struct agent *a, const json_t *body)
{
	const json_t *f = json_object_get(body, "file");
	struct file file = {.path = (char *)json_str(f, "path", ""),
			    .content = (char *)json_str(f, "content", ""),
			    .symlink = (char *)json_str(f, "symlink", ""),
			    .mode = (uint32_t)json_int(f, "mode", 0644)};
	uint64_t id = (uint64_t)json_int(body, "id", 0);
	struct err err = {0};

	if (rootfs_file(&file, json_flag(body, "remove", false), &err) < 0)
		agent_tell_failed(a, id, &err);
	else
		agent_tell(a, "result", id, json_pack("{s:{s:b}}", "result", "ok", 1), NULL, 0);
}

static void install_file(struct agent *a, struct msg *m)
{
	uint64_t id = (uint64_t)json_int(m->body, "id", 0);
	auto_fd fd = msg_take_fd(m, 0);
	struct err err = {0};

	if (rootfs_install(fd, json_str(m->body, "path", ""),
			   (mode_t)json_int(m->body, "mode", 0755), &err) < 0)
		agent_tell_failed(a, id, &err);
	else
		agent_tell(a, "result", id, json_pack("{s:{s:b}}", "result", "ok", 1), NULL, 0);
}

static void serve(struct agent *a)
{
	auto_msg m = {0};
	const char *verb;

	if (msg_recv(a->sock, &m, 0, NULL) <= 0)
		_exit(0);
	verb = json_str(m.body, "do", "");
	if (!strcmp(verb, "spawn"))
		agent_spawn(a, &m);
	else if (!strcmp(verb, "signal"))
		agent_signal(a, m.body);
	else if (!strcmp(verb, "probe"))
		agent_probe(a, m.body);
	else if (!strcmp(verb, "file"))
		write_file(a, m.body);
	else if (!strcmp(verb, "install"))
		install_file(a, &m);
}

static void reap(struct agent *a)
{
	struct signalfd_siginfo drop;
	int status;
	pid_t pid;

	while (read(a->signals, &drop, sizeof(drop)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		job_ended(a, pid, status);
}

/* Fills the poll set; of[i] is the job pollfd i belongs to. */
static nfds_t watch_set(struct agent *a, struct pollfd *fds, struct job **of)
{
	nfds_t n = 2;

	fds[0] = (struct pollfd){.fd = a->sock, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = a->signals, .events = POLLIN};
	for (size_t i = 0; i < AGENT_MAX_JOBS; i++) {
		struct job *j = &a->jobs[i];

		if (j->kind != JOB_SPAWN || j->report < 0)
			continue;
		of[n] = j;
		fds[n++] = (struct pollfd){.fd = j->report, .events = POLLIN};
	}
	return n;
}

_Noreturn static void loop(struct agent *a)
{
	struct pollfd fds[AGENT_MAX_JOBS + 2];
	struct job *of[AGENT_MAX_JOBS + 2];

	for (;;) {
		int timeout = job_deadlines(a);
		nfds_t n = watch_set(a, fds, of);

		if (poll(fds, n, timeout) < 0 && errno != EINTR)
			_exit(1);
		/* starts before ends, so that nobody ends who was not said to run */
		for (nfds_t i = 2; i < n; i++)
			if (fds[i].revents)
				job_started(a, of[i]);
		if (fds[1].revents)
			reap(a);
		if (fds[0].revents)
			serve(a);
	}
}

_Noreturn void agent_run(const struct agent_start *s)
{
	struct agent a = {
		.sock = s->sock, .signals = -1, .spawn = {.learner_userns = -1, .hints = -1}};
	struct err err = {0};

	for (size_t i = 0; i < AGENT_MAX_JOBS; i++)
		a.jobs[i] = (struct job){.report = -1, .pty = -1};
	if (agent_setup(s, &a, &err) < 0) {
		agent_tell(&a, "gone", 0, json_pack("{s:o}", "error", err_to_json(&err)), NULL, 0);
		_exit(1);
	}
	loop(&a);
}
