/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command that the lab runs elsewhere on this program's own streams and terminal. */
#define _GNU_SOURCE
#include "guest/remote.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/relay.h"
#include "guest/talk.h"

struct terminals {
	bool tty[3];
	int any; /* one of 0-2 that is a terminal; -1 = none */
};

static struct terminals find_terminals(void)
{
	struct terminals t = {.any = -1};

	for (int i = 2; i >= 0; i--) {
		t.tty[i] = isatty(i);
		if (t.tty[i])
			t.any = i;
	}
	if (t.tty[STDERR_FILENO])
		t.any = STDERR_FILENO;
	if (t.tty[STDOUT_FILENO])
		t.any = STDOUT_FILENO;
	return t;
}

/*
 * In a pipeline the terminal's keys may be the next program's (sudo dmesg | less), so they are left
 * alone; they are ours when the output goes to the terminal or to a file.
 */
static bool keys_are_ours(const struct terminals *t)
{
	struct stat st;

	if (!t->tty[0] || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return false;
	return t->tty[1] ||
	       (fstat(STDOUT_FILENO, &st) == 0 && !S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode));
}

/* What the lab must know of the streams. */
static void add_streams(json_t *request, const struct terminals *t)
{
	struct winsize ws = {0};

	if (t->any >= 0)
		ioctl(t->any, TIOCGWINSZ, &ws);
	json_object_set_new(request, "tty", json_pack("[b,b,b]", t->tty[0], t->tty[1], t->tty[2]));
	json_object_set_new(request, "rows", json_integer(ws.ws_row));
	json_object_set_new(request, "cols", json_integer(ws.ws_col));
}

/* Asks with the streams that are no terminal. */
static int start(int sock, json_t *request, const struct terminals *t, struct msg *ret,
		 struct err *err)
{
	int fds[3];
	size_t n = 0;

	for (int i = 0; i < 3; i++)
		if (!t->tty[i])
			fds[n++] = i;
	if (request)
		add_streams(request, t);
	return talk_ask(sock, request, fds, n, ret, err);
}

static int relay(int sock, struct msg *m, const struct terminals *t, const sigset_t *signals)
{
	struct relay r = {.sock = sock,
			  .exec = json_int(m->body, "exec", 0),
			  .master = msg_take_fd(m, 0),
			  .terminal = t->any,
			  .reads = keys_are_ours(t)};
	int status;

	r.raw = r.reads && t->tty[1];
	status = relay_run(&r, signals);
	fd_closep(&r.master);
	return status;
}

int remote_run(json_t *request, bool once, struct err *err)
{
	struct terminals t = find_terminals();
	auto_fd sock = talk_open(err);
	auto_msg m = {0};
	sigset_t signals, before;
	int rc;

	if (sock < 0) {
		json_decref(request);
		return sock;
	}
	relay_prepare(&signals, &before);
	rc = start(sock, request, &t, &m, err);
	/* a pipe's other end must see its end when the command closes it, not when we do */
	for (int i = 0; rc == 0 && once && i < 2; i++)
		if (!t.tty[i])
			close(i);
	if (rc == 0)
		rc = relay(sock, &m, &t, &signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}
