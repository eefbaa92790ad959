/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: run a command; its exit and what it wrote. */
#define _GNU_SOURCE
#include "netns/probe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CAPTURE_MAX = 64 * 1024, ARGV_MAX = 256 };

struct capture {
	int fd; /* owned read end */
	char *buf;
	size_t len;
};

/* The command's input as a file that has it all: no writer that could block. */
static int input_file(const char *text)
{
	auto_fd fd = memfd_create("stdin", MFD_CLOEXEC);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return fd_steal(&fd);
}

/* Reads what is there; false at its end. What is over the limit is read and dropped. */
static bool drain(struct capture *c)
{
	char drop[4096];
	size_t room = CAPTURE_MAX - c->len;
	ssize_t n = read(c->fd, room ? c->buf + c->len : drop, room ? room : sizeof(drop));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0) {
		fd_closep(&c->fd);
		return false;
	}
	if (room)
		c->len += (size_t)n;
	return true;
}

/* Until both outputs are closed; a command that left a background child with them is over at its
 * deadline. */
static bool collect(const struct probe *p, struct capture *out, struct capture *err)
{
	while (out->fd >= 0 || err->fd >= 0) {
		struct pollfd fds[2] = {{.fd = out->fd, .events = POLLIN},
					{.fd = err->fd, .events = POLLIN}};
		int n = poll(fds, 2, probe_left(p));

		if (n == 0 && probe_left(p) == 0)
			return false;
		if (n > 0 && fds[0].revents)
			drain(out);
		if (n > 0 && fds[1].revents)
			drain(err);
	}
	return true;
}

static bool make_capture(struct capture *c, int *ret_write)
{
	int fds[2];

	c->buf = malloc(CAPTURE_MAX);
	if (!c->buf || pipe2(fds, O_CLOEXEC) < 0)
		return false;
	c->fd = fds[0];
	*ret_write = fds[1];
	return true;
}

static void tell(struct probe *p, int status, const struct capture *out, const struct capture *err,
		 bool timed_out, int failed)
{
	probe_set(p, "stdout", json_textn(out->buf, out->len));
	probe_set(p, "stderr", json_textn(err->buf, err->len));
	probe_set(p, "timed_out", json_boolean(timed_out));
	if (failed == ENOENT || failed == EACCES)
		probe_set(p, "exit", json_integer(failed == ENOENT ? 127 : 126));
	else if (WIFEXITED(status))
		probe_set(p, "exit", json_integer(WEXITSTATUS(status)));
	if (!failed && WIFSIGNALED(status))
		probe_set(p, "signal", json_integer(WTERMSIG(status)));
	if (failed)
		probe_fail(p, "can't run: %s", strerror(failed));
	else if (timed_out)
		probe_fail(p, "timed out");
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		probe_fail(p, "the command failed");
}

/* Its exit, killed with all it started when the deadline comes first. */
static int finish(const struct probe *p, pid_t pid, bool *timed_out)
{
	int status = 0;
	struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};

	if (!*timed_out && end.fd >= 0 && poll(&end, 1, probe_left(p)) == 0)
		*timed_out = true;
	if (*timed_out) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	fd_closep(&end.fd);
	return status;
}

static pid_t start(struct probe *p, char **argv, const int stdio[3], int report)
{
	char *const none[] = {NULL};
	struct spawn_child s = {.argv = argv,
				.env = none,
				.cwd = "",
				.user = json_str(p->args, "user", ""),
				.stdio = {stdio[0], stdio[1], stdio[2]},
				.ctty_fd = -1};
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		spawn_exec(p->spawn, &s, report);
	}
	return pid;
}

/* argv of the probe; false when there is none or it is no array of strings. */
static bool take_argv(struct probe *p, char *argv[ARGV_MAX + 1])
{
	const json_t *list = json_object_get(p->args, "argv");
	size_t n = json_array_size(list);

	if (n == 0 || n > ARGV_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		argv[i] = (char *)json_string_value(json_array_get(list, i));
		if (!argv[i])
			return false;
	}
	argv[n] = NULL;
	return true;
}

void probe_command(struct probe *p)
{
	struct capture out = {.fd = -1}, err = {.fd = -1};
	int stdio[3] = {input_file(json_str(p->args, "stdin", "")), -1, -1};
	char *argv[ARGV_MAX + 1];
	int report[2], failed = 0, status;
	bool timed_out;
	pid_t pid;

	if (!take_argv(p, argv) || stdio[0] < 0 || !make_capture(&out, &stdio[1]) ||
	    !make_capture(&err, &stdio[2]) || pipe2(report, O_CLOEXEC) < 0) {
		probe_fail(p, "no command, or no memory for it");
		return; /* the process ends: nothing to give back */
	}
	pid = start(p, argv, stdio, report[1]);
	close(stdio[1]);
	close(stdio[2]);
	close(report[1]);
	if (pid < 0) {
		probe_fail(p, "can't fork: %s", strerror(errno));
		return;
	}
	timed_out = !collect(p, &out, &err);
	status = finish(p, pid, &timed_out);
	if (read(report[0], &failed, sizeof(failed)) != sizeof(failed))
		failed = 0;
	tell(p, status, &out, &err, timed_out, failed);
}
