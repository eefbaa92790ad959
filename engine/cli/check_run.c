/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All cases of all scenarios, each a child process; their results, as they come. */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "base/msg.h"
#include "cli/attempts.h"
#include "cli/check.h"
#include "cli/progress.h"

/*
 * Theory of operation. The parent starts cases in order, loading a scenario just before its first
 * one, up to CHECK_LIVE_MAX at a time, each with a job token, which the child gives back while it
 * waits. Every child holds one end of a message pair: its result, then EOF. A signal ends the
 * children; their labs end with the boss sockets they held, and are waited for, so that nothing of
 * them is left when we return.
 */
struct run {
	struct check *k;
	size_t next_scenario, next_case; /* to be started */
	size_t live, done, total;
	int signals;
	int tokens; /* the token pipe once more, non-blocking for us alone */
	sigset_t before;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void child(struct run *r, struct check_case *c, int sock, pid_t parent)
{
	auto_json json_t *result = NULL;
	struct err err = {0};
	int rc;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_SETMASK, &r->before, NULL);
	if (getppid() != parent)
		_exit(EXIT_MACHINE);
	rc = check_lab_run(r->k, c, &result, &err);
	if (rc < 0)
		result = json_pack("{s:o, s:i}", "error", err_to_json(&err), "timed_out",
				   rc == -ETIMEDOUT);
	msg_send(sock, result, NULL, 0, NULL);
	_exit(0);
}

static int start_case(struct run *r, struct check_case *c, struct err *err)
{
	pid_t parent = getpid();
	int pair[2], rc = msg_pair(pair, err);

	if (rc < 0)
		return rc;
	if (!c->scenario->began)
		c->scenario->began = now();
	c->pid = fork();
	if (c->pid == 0) {
		close(pair[0]);
		child(r, c, pair[1], parent);
	}
	close(pair[1]);
	c->sock = pair[0];
	if (c->pid < 0) {
		fd_closep(&c->sock);
		c->pid = 0;
		return err_sys(err, errno, "Can't start a case");
	}
	r->live++;
	return 0;
}

static void finish_scenario(struct run *r, struct check_scenario *s)
{
	s->ended = now();
	if (!s->began)
		s->began = s->ended; /* its file could not be read: no case was started */
	script_client_free(ptr_steal(s->script));
	check_report_line(r->k, s);
}

/* A scenario that can't even be loaded is one that failed; the others go on. */
static void load(struct run *r, struct check_scenario *s)
{
	struct err err = {.kind = ERR_MACHINE};

	if (check_load(r->k, s, &err) < 0)
		s->error = err;
	r->total += s->n_cases;
	if (!s->n_cases)
		finish_scenario(r, s);
}

/*
 * Those that end by waiting for probes to time out begin first, so that the others' work hides the
 * wait: a check of four scenarios ends about a second earlier.
 */
static struct check_case *nth_to_begin(struct check_scenario *s, size_t nth)
{
	static const enum check_kind order[] = {CASE_NOTHING, CASE_MISSTEP, CASE_PROOF,
						CASE_ALTERNATIVE, CASE_SOLUTION};

	static_assert(ARRAY_SIZE(order) == N_CASE_KINDS, "every kind has its turn");
	for (size_t k = 0; k < ARRAY_SIZE(order); k++)
		for (size_t i = 0; i < s->n_cases; i++)
			if (s->cases[i].kind == order[k] && nth-- == 0)
				return &s->cases[i];
	return NULL;
}

/* The next case that was not begun, its scenario loaded; NULL when all were. */
static struct check_case *next_case(struct run *r)
{
	while (r->next_scenario < r->k->n) {
		struct check_scenario *s = &r->k->scenarios[r->next_scenario];

		if (r->next_case == 0 && !s->meta && !check_unreadable(s))
			load(r, s);
		if (r->next_case < s->n_cases)
			return nth_to_begin(s, r->next_case);
		r->next_scenario++;
		r->next_case = 0;
	}
	return NULL;
}

/*
 * A case begins with a token that was taken for it: so the many that wait to begin are one among
 * those that want to go on, and the first to begin are the first to end.
 */
static int start_more(struct run *r, struct err *err)
{
	struct check_case *c;
	char token;

	while (r->live < CHECK_LIVE_MAX && (c = next_case(r))) {
		int rc;

		if (read(r->tokens, &token, 1) != 1)
			return 0;
		r->next_case++;
		rc = start_case(r, c, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The labs' inits become our children as their launchers end (we are their subreaper): those that
 * ended are let go. */
static void reap_labs(struct run *r)
{
	siginfo_t si = {0};

	while (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid > 0) {
		for (size_t i = 0; i < r->k->n; i++)
			for (size_t c = 0; c < r->k->scenarios[i].n_cases; c++)
				if (r->k->scenarios[i].cases[c].pid == si.si_pid)
					return; /* waited for when its result is taken */
		waitpid(si.si_pid, NULL, 0);
		si.si_pid = 0;
	}
}

static int start_again(struct run *r, struct check_case *c, struct err *err)
{
	char token;

	/* One comes soon: a case holds it only while it works. */
	while (read(r->k->tokens[0], &token, 1) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "Can't take a job token");
	return start_case(r, c, err);
}

static int take_result(struct run *r, struct check_case *c, struct err *err)
{
	auto_msg m = {.n_fds = 0};
	bool got = msg_recv(c->sock, &m, 0, NULL) == 1;

	fd_closep(&c->sock);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	reap_labs(r);
	r->live--;
	/* One that crashed took its token with it, most likely. */
	if (!got && write(r->k->tokens[1], "t", 1) < 0)
		return err_sys(err, errno, "Can't give back a job token");
	check_judge(c, got ? m.body : NULL);
	if (check_try_again(c)) {
		attempt_discard(c->dir);
		return start_again(r, c, err);
	}
	r->done++;
	c->scenario->n_done++;
	if (!r->k->keep)
		attempt_discard(c->dir);
	if (c->scenario->n_done == c->scenario->n_cases)
		finish_scenario(r, c->scenario);
	progress_show((void *)r->k->cli, "cases", (int)r->done, (int)r->total);
	return 0;
}

static size_t collect(struct run *r, struct pollfd *p, struct check_case **cases)
{
	size_t n = 0;

	for (size_t i = 0; i < r->k->n; i++) {
		struct check_scenario *s = &r->k->scenarios[i];

		for (size_t c = 0; c < s->n_cases; c++) {
			if (s->cases[c].sock < 0)
				continue;
			cases[n] = &s->cases[c];
			p[n++] = (struct pollfd){.fd = s->cases[c].sock, .events = POLLIN};
		}
	}
	return n;
}

/* It is taken off the queue: the cleaning up comes first, and a second one ends us at once. */
static int take_signal(struct run *r, struct err *err)
{
	struct signalfd_siginfo si = {0};

	if (read(r->signals, &si, sizeof(si)) == (ssize_t)sizeof(si))
		r->k->interrupted = (int)si.ssi_signo;
	return err_set(err, ERR_MACHINE, EINTR, "Interrupted");
}

static int wait_some(struct run *r, struct err *err)
{
	struct pollfd p[CHECK_LIVE_MAX + 2];
	struct check_case *cases[CHECK_LIVE_MAX];
	size_t n = collect(r, p, cases);
	int rc = 0;

	p[n] = (struct pollfd){.fd = r->signals, .events = POLLIN};
	p[n + 1] = (struct pollfd){.fd = r->live < CHECK_LIVE_MAX && next_case(r) ? r->tokens : -1,
				   .events = POLLIN};
	while (poll(p, n + 2, -1) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "Can't wait for the cases");
	if (p[n].revents)
		return take_signal(r, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		if (p[i].revents)
			rc = take_result(r, cases[i], err);
	return rc;
}

/* Ends what still runs; the labs die with the sockets the children held, and are waited for. */
static void end_all(struct run *r)
{
	for (size_t i = 0; i < r->k->n; i++) {
		struct check_scenario *s = &r->k->scenarios[i];

		script_client_free(ptr_steal(s->script));
		for (size_t c = 0; c < s->n_cases; c++)
			if (s->cases[c].pid > 0)
				kill(s->cases[c].pid, SIGTERM);
	}
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	for (size_t i = 0; i < r->k->n; i++) {
		struct check_scenario *s = &r->k->scenarios[i];

		for (size_t c = 0; c < s->n_cases; c++) {
			if (s->cases[c].pid > 0 && !r->k->keep)
				attempt_discard(s->cases[c].dir);
			s->cases[c].pid = 0;
		}
	}
}

static int hold_signals(struct run *r, struct err *err)
{
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &r->before);
	r->signals = signalfd(-1, &ending, SFD_CLOEXEC);
	return r->signals < 0 ? err_sys(err, errno, "Can't watch for signals") : 0;
}

/* O_NONBLOCK belongs to an open file, which the children share: ours must be another. */
static int open_tokens(struct run *r, struct err *err)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", r->k->tokens[0]);
	r->tokens = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return r->tokens < 0 ? err_sys(err, errno, "Can't open a pipe again") : 0;
}

int check_run(struct check *k, struct err *err)
{
	struct run r = {.k = k, .signals = -1, .tokens = -1};
	int rc = hold_signals(&r, err);

	if (rc == 0)
		rc = open_tokens(&r, err);

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	k->began = now();
	while (rc == 0) {
		rc = start_more(&r, err);
		if (rc < 0 || (!r.live && !next_case(&r)))
			break;
		rc = wait_some(&r, err);
	}
	progress_clear(k->cli);
	fd_closep(&r.signals);
	fd_closep(&r.tokens);
	sigprocmask(SIG_SETMASK, &r.before, NULL);
	if (rc < 0)
		end_all(&r);
	k->ended = now();
	return rc;
}
