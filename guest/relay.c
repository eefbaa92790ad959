/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The relay of sudo, of Windows programs called from WSL and of wsl.exe, as sudo's with use_pty: the command has a terminal of its
 * own, and what is typed and printed goes through us. Theory of operation: one poll loop over the keys, the command's
 * terminal, the signals and the node socket. The user's terminal is raw while we are its foreground
 * and hold its keys, and is put back on every way out.
 */
#define _GNU_SOURCE
#include "guest/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "guest/talk.h"

enum { BUFFER = 4096 };

struct state {
	struct relay *r;
	int signals;
	struct termios saved;
	bool is_raw;
	int slave; /* the other end of the command's terminal, held open: see hold_terminal */
	char keys[BUFFER]; /* typed and not yet taken by the command's terminal */
	size_t n_keys;
	bool ended;
	int status; /* waitpid's */
};

void relay_prepare(sigset_t *ret, sigset_t *ret_before)
{
	static const int passed[] = {SIGINT,  SIGTERM, SIGHUP,	 SIGQUIT, SIGUSR1,
				     SIGUSR2, SIGALRM, SIGWINCH, SIGTSTP};

	sigemptyset(ret);
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		sigaddset(ret, passed[i]);
	sigprocmask(SIG_BLOCK, ret, ret_before);
	signal(SIGPIPE, SIG_IGN);
	/* a background sudo that sets its terminal back must not be stopped for it */
	signal(SIGTTOU, SIG_IGN);
}

static bool in_foreground(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void set_raw(struct state *s)
{
	struct termios t = s->saved;

	if (!s->r->raw || s->is_raw || !in_foreground())
		return;
	cfmakeraw(&t);
	s->is_raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &t) == 0;
}

static void set_back(struct state *s)
{
	if (s->is_raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &s->saved);
	s->is_raw = false;
}

static void copy_size(const struct state *s)
{
	struct winsize ws;

	if (s->r->master >= 0 && ioctl(s->r->terminal, TIOCGWINSZ, &ws) == 0)
		ioctl(s->r->master, TIOCSWINSZ, &ws);
}

static void pass_signal(const struct state *s, int sig)
{
	auto_json json_t *m = json_pack("{s:i, s:s, s:I, s:i}", "id", 2, "do", "signal", "exec",
					s->r->exec, "signal", sig);

	if (msg_send(s->r->sock, m, NULL, 0, NULL) < 0)
		return; /* the lab has gone: the loop sees it */
}

/* Ctrl-Z that reached us and not the command: we stop, and go on as the shell says. */
static void stop_self(struct state *s)
{
	set_back(s);
	kill(getpid(), SIGSTOP);
	set_raw(s);
	copy_size(s);
}

static void on_signal(struct state *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH)
			copy_size(s);
		else if (info.ssi_signo == SIGTSTP)
			stop_self(s);
		else
			pass_signal(s, (int)info.ssi_signo);
	}
}

static void write_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(fd, buf, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = {.fd = fd, .events = POLLOUT};

			poll(&p, 1, -1);
			continue;
		}
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			buf += n;
			len -= (size_t)n;
		}
	}
}

/* false when the command's terminal has no more. */
static bool on_output(struct state *s)
{
	char buf[BUFFER];
	ssize_t n = read(s->r->master, buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (n <= 0) {
		fd_closep(&s->r->master);
		return false;
	}
	write_all(s->r->terminal, buf, (size_t)n);
	return true;
}

static void on_keys(struct state *s)
{
	ssize_t n = read(STDIN_FILENO, s->keys + s->n_keys, sizeof(s->keys) - s->n_keys);

	if (n > 0) {
		s->n_keys += (size_t)n;
	} else if (n == 0 || errno != EINTR) {
		s->r->reads = false;
		s->keys[0] = 4; /* what Ctrl-D types: our end of input is the command's */
		s->n_keys = 1;
	}
}

static void pass_keys(struct state *s)
{
	ssize_t n = write(s->r->master, s->keys, s->n_keys);

	if (n <= 0)
		return;
	s->n_keys -= (size_t)n;
	for (size_t i = 0; i < s->n_keys; i++)
		s->keys[i] = s->keys[(size_t)n + i];
}

static void on_message(struct state *s)
{
	auto_msg m = {0};
	int rc = msg_recv(s->r->sock, &m, 0, NULL);

	if (rc > 0)
		talk_say(m.body);
	if (rc > 0 && json_int(m.body, "exited", -1) != s->r->exec)
		return;
	s->ended = true;
	s->status = rc > 0 ? (int)json_int(m.body, "status", 0) : 1 << 8;
}

static void step(struct state *s)
{
	struct relay *r = s->r;
	bool keys =
		r->reads && r->master >= 0 && s->n_keys < sizeof(s->keys) && (!r->raw || s->is_raw);
	short out = (short)(POLLIN | (s->n_keys ? POLLOUT : 0));
	struct pollfd fds[] = {
		{.fd = r->sock, .events = POLLIN},
		{.fd = s->signals, .events = POLLIN},
		{.fd = r->master, .events = out},
		{.fd = keys ? STDIN_FILENO : -1, .events = POLLIN},
	};

	if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		return;
	if (fds[3].revents)
		on_keys(s);
	if (fds[2].revents & POLLOUT)
		pass_keys(s);
	if (fds[2].revents & (POLLIN | POLLHUP | POLLERR))
		on_output(s);
	if (fds[1].revents)
		on_signal(s);
	if (fds[0].revents)
		on_message(s);
}

/*
 * A program whose only descriptor on its terminal is its output closes that before it exits
 * (gnulib's close_stdout: tee, cat, sort), and may open /dev/tty again. Were ours not the last one
 * open, that would read as the terminal's end here, and closing the master on it would kill the
 * program by SIGHUP before it gave its status. Since 4.13; on the node's devpts, as the master is.
 */
static void hold_terminal(struct state *s)
{
	s->slave = ioctl(s->r->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	fcntl(s->r->master, F_SETFL, O_NONBLOCK);
}

int relay_run(struct relay *r, const sigset_t *signals)
{
	struct state s = {
		.r = r, .slave = -1, .signals = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK)};

	if (r->master >= 0)
		hold_terminal(&s);
	r->raw = r->raw && tcgetattr(STDIN_FILENO, &s.saved) == 0;
	/* the command's terminal edits lines as the user's did */
	if (r->raw)
		tcsetattr(r->master, TCSANOW, &s.saved);
	set_raw(&s);
	while (!s.ended)
		step(&s);
	/* what the command printed last may still be on its way through its terminal */
	while (r->master >= 0 && on_output(&s))
		;
	set_back(&s);
	fd_closep(&s.slave);
	fd_closep(&s.signals);
	return WIFSIGNALED(s.status) ? 128 + WTERMSIG(s.status) : WEXITSTATUS(s.status);
}
