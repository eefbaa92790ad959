/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of the watched nodes. A notification only says that a process asked for an exec; a
 * search along PATH asks many times. So a try is kept until it shows that the process runs a new
 * program: its "forked, not yet exec'ed" flag fell, or its stack moved. That is looked for on the
 * process's next notification, shortly afterwards by a timer, and at its death; there one event is
 * made for each real start. A try that fails changes nothing and is forgotten.
 */
#define _GNU_SOURCE
#include "netns/watch/procs.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

#include "netns/watch/exitinfo.h"

enum {
	PROCS_MAX = 1024,     /* a lab's process limit is lower */
	CHECK_FIRST_US = 400, /* an exec takes 300-700 us on a small machine */
	CHECK_LAST_US =
		400000, /* the wait doubles up to here, then the try is given up: 0.8 s in all */
	STATUS_NOT_RUN = 126, /* and 127: how every shell ends when an exec failed */
};

enum verdict { EXEC_NOT_YET, EXEC_DONE, EXEC_GONE };

struct proc {
	struct procs *set;
	struct wnode *node;
	pid_t pid;
	int pidfd;
	struct event *ended;
	bool running; /* a start was reported, so its end will be */
	bool trying;
	struct exec_try try;
	unsigned wait_us; /* until the next look */
	uint64_t due_us;
};

struct procs {
	struct watch *watch;
	int timer;
	struct event *tick;
	struct proc *list[PROCS_MAX];
	size_t n;
};

void exec_try_done(struct exec_try *t)
{
	free(t->path);
	json_decref(t->argv);
	*t = (struct exec_try){0};
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static struct proc *find(const struct procs *p, pid_t pid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i]->pid == pid)
			return p->list[i];
	return NULL;
}

static void forget(struct proc *r)
{
	struct procs *p = r->set;

	for (size_t i = 0; i < p->n; i++)
		if (p->list[i] == r) {
			p->list[i] = p->list[--p->n];
			break;
		}
	if (r->ended)
		event_free(r->ended);
	fd_closep(&r->pidfd);
	exec_try_done(&r->try);
	free(r);
}

/* Whether the process runs something else than when it tried. */
static enum verdict look(const struct proc *r)
{
	const struct exec_try *t = &r->try;
	struct target_info now = {0};
	struct target_file exe;
	char path[TARGET_ARG_MAX];

	if (target_marks(r->set->watch->proc, r->pid, &now) < 0)
		return EXEC_GONE;
	if (t->before.fresh)
		return now.fresh ? EXEC_NOT_YET : EXEC_DONE;
	if (t->before.birthmark && now.birthmark)
		return t->before.birthmark == now.birthmark ? EXEC_NOT_YET : EXEC_DONE;
	/* Its memory is closed to us: it became another program only if its file is the one asked
	 * for. */
	if (target_exe(r->set->watch->proc, r->pid, path, sizeof(path), &exe) < 0)
		return EXEC_GONE;
	return t->resolved && exe.dev == t->file.dev && exe.ino == t->file.ino ? EXEC_DONE
									       : EXEC_NOT_YET;
}

/*
 * The best account of path and arguments. What was read before the exec could have been changed by
 * another thread meanwhile, so for a binary the kernel's own copy of the arguments counts; a
 * script's copy begins with its interpreter.
 */
static void account(struct proc *r)
{
	struct exec_try *t = &r->try;
	int proc = r->set->watch->proc;
	struct target_file exe = {0};
	char path[TARGET_ARG_MAX];
	bool seen = target_exe(proc, r->pid, path, sizeof(path), &exe) == 0;
	bool script = t->resolved && seen && (exe.dev != t->file.dev || exe.ino != t->file.ino);

	if (t->hinted)
		return;
	if (!t->path && seen)
		t->path = strdup(path);
	if (!t->argv || !script) {
		json_t *kept = target_cmdline(proc, r->pid);

		if (kept) {
			json_decref(t->argv);
			t->argv = kept;
		}
	}
}

/* The try succeeded: one exec event. */
static void started(struct proc *r)
{
	struct exec_try *t = &r->try;
	json_t *e = wnode_event(r->node, "exec");

	account(r);
	/* When it was asked for: what the caller began before comes before it, what it waits for after. */
	json_object_set_new(e, "mono", json_real(t->mono));
	json_object_set_new(e, "pid", json_integer(r->pid));
	json_object_set_new(e, "ppid", json_integer(t->before.ppid));
	json_object_set_new(e, "uid", json_integer(t->before.uid));
	json_object_set_new(e, "path", json_string(t->path ? t->path : ""));
	json_object_set_new(e, "argv", t->argv ? json_incref(t->argv) : json_array());
	/* What it shows is another network than the node's. */
	if (t->before.net && r->node->net && t->before.net != r->node->net)
		json_object_set_new(e, "apart", json_true());
	wnode_emit(r->node, e);
	r->running = true;
	r->trying = false;
	exec_try_done(t);
}

static void arm(struct procs *p)
{
	uint64_t first = UINT64_MAX, now;
	struct itimerspec when = {0};

	for (size_t i = 0; i < p->n; i++)
		if (p->list[i]->trying && p->list[i]->due_us < first)
			first = p->list[i]->due_us;
	if (first != UINT64_MAX) {
		now = now_us();
		first = first > now ? first - now : 1;
		when.it_value.tv_sec = (time_t)(first / 1000000);
		when.it_value.tv_nsec = (long)(first % 1000000) * 1000;
	}
	timerfd_settime(p->timer, 0, &when, NULL);
}

/*
 * The flag falls some 100 us before the new program's arguments are in place. Where they were not
 * read before, they are waited for.
 */
static bool tells_all(const struct proc *r)
{
	auto_json json_t *kept = r->try.argv ? NULL : target_cmdline(r->set->watch->proc, r->pid);

	return r->try.argv || kept;
}

static void look_again(struct proc *r, uint64_t now)
{
	if (look(r) == EXEC_DONE && (tells_all(r) || r->wait_us * 2 > CHECK_LAST_US)) {
		started(r);
		return;
	}
	r->wait_us *= 2;
	r->due_us = now + r->wait_us;
	if (r->wait_us > CHECK_LAST_US) {
		r->trying = false;
		exec_try_done(&r->try);
	}
}

/* Entries that are neither tried nor running are of no use: their exec failed. */
static void sweep(struct procs *p)
{
	for (size_t i = p->n; i-- > 0;)
		if (!p->list[i]->trying && !p->list[i]->running)
			forget(p->list[i]);
}

void procs_look(struct procs *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i]->trying && look(p->list[i]) == EXEC_DONE)
			started(p->list[i]);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct procs *p = arg;
	uint64_t now = now_us(), times;

	(void)what;
	if (read(fd, &times, sizeof(times)) < 0)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i]->trying && p->list[i]->due_us <= now)
			look_again(p->list[i], now);
	sweep(p);
	arm(p);
}

/*
 * A try that was still open when its process died. A zombie still has the flag. One already reaped
 * has nothing left; then a file that could be executed was, unless the status is the shells' word
 * for "was not".
 */
static bool must_have_started(const struct proc *r, bool known, int status)
{
	switch (look(r)) {
	case EXEC_DONE:
		return true;
	case EXEC_NOT_YET:
		return false;
	case EXEC_GONE:
		break;
	}
	if (known && WIFEXITED(status) && WEXITSTATUS(status) >= STATUS_NOT_RUN &&
	    WEXITSTATUS(status) <= STATUS_NOT_RUN + 1)
		return false;
	return r->try.resolved || r->try.hinted || !r->try.path;
}

static void on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct proc *r = arg;
	int status = 0;
	bool known = exitinfo_status(fd, r->set->watch->proc, r->pid, &status) == 0;

	(void)what;
	if (r->trying && must_have_started(r, known, status))
		started(r);
	if (r->running) {
		json_t *e = wnode_event(r->node, "exec");

		json_object_set_new(e, "what", json_string("exit"));
		json_object_set_new(e, "pid", json_integer(r->pid));
		if (known)
			json_object_set_new(e, "status", json_integer(status));
		wnode_emit(r->node, e);
	}
	forget(r);
}

void procs_settle(struct procs *p, pid_t tgid)
{
	struct proc *r = find(p, tgid);

	if (!r || !r->trying)
		return;
	if (look(r) == EXEC_DONE)
		started(r);
	r->trying = false;
	exec_try_done(&r->try);
}

void procs_cancel(struct procs *p, pid_t tgid)
{
	struct proc *r = find(p, tgid);

	if (!r)
		return;
	r->trying = false;
	exec_try_done(&r->try);
	if (!r->running)
		forget(r);
}

static struct proc *add(struct procs *p, struct wnode *n, pid_t pid)
{
	struct proc *r = p->n < PROCS_MAX ? calloc(1, sizeof(*r)) : NULL;

	if (!r)
		return NULL;
	*r = (struct proc){.set = p, .node = n, .pid = pid, .pidfd = exitinfo_open(pid)};
	p->list[p->n++] = r;
	if (r->pidfd >= 0)
		r->ended = event_new(p->watch->base, r->pidfd, EV_READ, on_ended, r);
	if (!r->ended) {
		forget(r);
		return NULL;
	}
	return r;
}

void procs_try(struct procs *p, struct wnode *n, struct exec_try *t)
{
	struct proc *r = find(p, t->before.tgid);

	if (!r)
		r = add(p, n, t->before.tgid);
	if (!r) {
		if (p->n == PROCS_MAX)
			wnode_lost(n, "exec", 1);
		exec_try_done(t);
		return;
	}
	exec_try_done(&r->try);
	r->try = *t;
	r->try.mono = (double)now_us() / 1e6;
	*t = (struct exec_try){0};
	r->trying = true;
	r->wait_us = CHECK_FIRST_US;
}

void procs_go(struct procs *p, pid_t tgid)
{
	struct proc *r = find(p, tgid);

	if (!r || !r->trying)
		return;
	r->due_us = now_us() + r->wait_us;
	if (event_add(r->ended, NULL) < 0)
		forget(r);
	arm(p);
}

void procs_drop(struct procs *p, const struct wnode *n)
{
	for (size_t i = p->n; i-- > 0;)
		if (p->list[i]->node == n)
			forget(p->list[i]);
	arm(p);
}

struct procs *procs_new(struct watch *w)
{
	struct procs *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->watch = w;
	p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	p->tick = p->timer < 0 ? NULL
			       : event_new(w->base, p->timer, EV_READ | EV_PERSIST, on_tick, p);
	if (!p->tick || event_add(p->tick, NULL) < 0) {
		procs_free(p);
		return NULL;
	}
	return p;
}

void procs_free(struct procs *p)
{
	if (!p)
		return;
	while (p->n)
		forget(p->list[0]);
	if (p->tick)
		event_free(p->tick);
	fd_closep(&p->timer);
	free(p);
}
