/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Relaying a command's terminal, signals and end. */
#define _GNU_SOURCE
#include "cli/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "cli/client_priv.h"
#include "cli/rawterm.h"

enum {
	FROM_USER,
	FROM_PTY,
	FROM_LAB,
	FROM_SIGNAL,
	FROM_STREAMS,
	N_FROM = FROM_STREAMS + N_STREAMS
};

/* One relay under way. */
struct running {
	struct relay *r;
	struct pollfd from[N_FROM];
	unsigned asked_to_end; /* times, by SIGINT and SIGTERM */
	bool ended;
	int status;
};

enum { AWAIT_MS = 2000 };

static void signals_of(sigset_t *set)
{
	static const int passed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		sigaddset(set, passed[i]);
}

/* 0 all written; -EAGAIN is waited out, since neither side may lose bytes. */
static int write_all(int fd, const char *buf, size_t n)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	while (n) {
		ssize_t done = write(fd, buf, n);

		if (done < 0 && errno == EAGAIN)
			poll(&p, 1, -1);
		else if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			buf += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

/* Moves what is there; false at the end of either side (a PTY whose last slave closed reads as
 * EIO). */
static bool move_bytes(int from, int to)
{
	char buf[16384];
	ssize_t n = read(from, buf, sizeof(buf));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	return n > 0 && write_all(to, buf, (size_t)n) == 0;
}

static int stopped(const char *how, struct err *err)
{
	err_set(err, ERR_MACHINE, EINTR, "%s", how);
	return -EINTR;
}

static int pass_signal(struct running *run, struct err *err)
{
	struct signalfd_siginfo si;
	int64_t id;
	int rc;

	if (read(run->from[FROM_SIGNAL].fd, &si, sizeof(si)) != sizeof(si))
		return 0;
	if ((si.ssi_signo == SIGINT || si.ssi_signo == SIGTERM) && run->asked_to_end++)
		return stopped("Stopped by a second signal", err);
	if (si.ssi_signo == SIGWINCH) {
		if (run->r->pty >= 0)
			rawterm_copy_size(STDIN_FILENO, run->r->pty);
		return 0;
	}
	rc = client_send(run->r->client,
			 json_pack("{s:s, s:I, s:i}", "do", "signal", "exec",
				   (json_int_t)run->r->exec, "signal", (int)si.ssi_signo),
			 NULL, 0, &id, err);
	/* The answer is not waited for: it may have ended just now, and its notice is on the way. */
	return rc == -EPIPE ? rc : 0;
}

static int take_notice(struct running *run, struct err *err)
{
	auto_json json_t *n = NULL;
	int rc = client_notice(run->r->client, &n, err);

	if (rc == 0) {
		err_set(err, ERR_MACHINE, EPIPE, "The lab is gone");
		return -EPIPE;
	}
	if (rc < 0)
		return rc;
	if (json_int(n, "exited", -1) != run->r->exec)
		return 0;
	if (json_object_get(n, "error"))
		return err_from_json(err, json_object_get(n, "error"));
	run->status = (int)json_int(n, "status", 0);
	run->ended = true;
	return 0;
}

/* What the command wrote last is still in the PTY when its end is known; a child it left behind is
 * not waited for. */
static void drain(struct running *run)
{
	struct pollfd p = {.fd = run->from[FROM_PTY].fd, .events = POLLIN};

	while (p.fd >= 0 && poll(&p, 1, 0) > 0 && move_bytes(p.fd, STDOUT_FILENO))
		;
}

static int handle(struct running *run, struct err *err)
{
	struct pollfd *from = run->from;
	int rc = 0;

	streams_carry(&run->r->streams, from + FROM_STREAMS);
	if (from[FROM_PTY].revents && !move_bytes(run->r->pty, STDOUT_FILENO))
		from[FROM_PTY].fd = -1;
	if (from[FROM_USER].revents && !move_bytes(STDIN_FILENO, run->r->pty))
		from[FROM_USER].fd = -1;
	if (from[FROM_SIGNAL].revents)
		rc = pass_signal(run, err);
	while (rc == 0 && !run->ended &&
	       (client_pending(run->r->client) || from[FROM_LAB].revents)) {
		from[FROM_LAB].revents = 0;
		rc = take_notice(run, err);
	}
	return rc;
}

static int loop(struct running *run, struct err *err)
{
	struct err ignored = {0};
	int rc = 0, written;

	/* A notice may have come with the answer already. */
	while (!run->ended && client_pending(run->r->client) && rc == 0)
		rc = take_notice(run, err);
	while (!run->ended && rc == 0) {
		int timeout = streams_want(&run->r->streams, run->from + FROM_STREAMS);

		if (poll(run->from, N_FROM, timeout) < 0 && errno != EINTR)
			return err_sys(err, errno, "Can't wait for the command");
		rc = handle(run, err);
	}
	drain(run);
	written = streams_end(&run->r->streams, rc < 0 ? &ignored : err);
	return rc < 0 ? rc : written;
}

void relay_open(struct relay *r, struct client *client)
{
	sigset_t signals;

	signals_of(&signals);
	*r = (struct relay){.client = client, .pty = -1};
	streams_init(&r->streams);
	sigprocmask(SIG_BLOCK, &signals, &r->before);
	r->signals = signalfd(-1, &signals, SFD_CLOEXEC);
}

void relay_close(struct relay *r)
{
	streams_done(&r->streams);
	fd_closep(&r->pty);
	fd_closep(&r->signals);
	sigprocmask(SIG_SETMASK, &r->before, NULL);
}

int relay_await(const struct relay *r, struct err *err)
{
	struct pollfd p[] = {{.fd = client_fd(r->client), .events = POLLIN},
			     {.fd = r->signals, .events = POLLIN}};

	if (client_pending(r->client))
		return 0;
	while (poll(p, ARRAY_SIZE(p), -1) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "Can't wait for the lab");
	if (p[0].revents || poll(p, 1, AWAIT_MS) > 0)
		return 0;
	return stopped("Stopped by a signal", err);
}

int relay_run(struct relay *r, int *ret_status, struct err *err)
{
	nd_cleanup(rawterm_leave) struct rawterm term = {.fd = -1};
	struct running run = {.r = r};
	int rc = 0;

	if (r->pty >= 0)
		rc = rawterm_enter(&term, STDIN_FILENO, err);
	for (size_t i = 0; i < FROM_STREAMS; i++)
		run.from[i].events = POLLIN;
	run.from[FROM_USER].fd = r->pty >= 0 ? STDIN_FILENO : -1;
	run.from[FROM_PTY].fd = r->pty;
	run.from[FROM_LAB].fd = client_fd(r->client);
	run.from[FROM_SIGNAL].fd = r->signals;
	if (rc == 0)
		rc = loop(&run, err);
	if (rc == 0)
		*ret_status = run.status;
	return rc;
}
