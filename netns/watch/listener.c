/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seccomp listener of a node. The caller stands still until the answer, so an answer is made of
 * a few system calls and never waits, but for a bind that init is asked about (binds.c). All that is read from a caller is only believed when the
 * answer was taken: the kernel refuses an answer to a call that a signal or death has ended, so a
 * recycled pid can't be mistaken.
 *
 * A signal may interrupt the wait on kernels without WAIT_KILLABLE_RECV, and the call then starts
 * anew. A caller that outruns us so a few times is answered without being read, and so always gets
 * on.
 */
#define _GNU_SOURCE
#include "netns/watch/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "netns/watch/binds.h"
#include "netns/watch/changes.h"
#include "netns/watch/files.h"
#include "netns/watch/hints.h"
#include "netns/watch/procs.h"
#include "netns/watch/sockets.h"
#include "netns/watch/target.h"
#include "netns/watch/uts.h"

/* Linux 6.6; wakes the other side on this processor, which halves the round trip. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "Which AUDIT_ARCH_ is this?"
#endif

enum { PATIENCE = 3 /* answers a caller may outrun before it is let through unread */ };

struct listener {
	struct wnode *node;
	int fd;
	struct event *ready;
	struct seccomp_notif *req; /* as large as this kernel's */
	struct seccomp_notif_resp *resp;
	size_t req_size, resp_size;
	pid_t outran; /* who got away last */
	unsigned times;
};

/* Sends the prepared answer; false when the caller is no longer there to take it. */
static bool answer(struct listener *l)
{
	bool taken;

	l->resp->id = l->req->id;
	taken = ioctl(l->fd, SECCOMP_IOCTL_NOTIF_SEND, l->resp) == 0;
	if (taken) {
		l->outran = 0;
		return true;
	}
	l->times = l->outran == (pid_t)l->req->pid ? l->times + 1 : 1;
	l->outran = (pid_t)l->req->pid;
	return false;
}

static bool let_go_on(struct listener *l)
{
	l->resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	return answer(l);
}

static bool impatient(const struct listener *l)
{
	return l->outran == (pid_t)l->req->pid && l->times >= PATIENCE;
}

/* What could not be read, the agent's child may have said itself. */
static void take_hint(struct listener *l, struct exec_try *t)
{
	json_t *said =
		t->argv || !l->node->hints ? NULL : hints_take(l->node->hints, t->before.tgid);

	if (!said)
		return;
	free(t->path);
	t->path = strdup(json_str(said, "path", ""));
	t->argv = json_incref(json_object_get(said, "argv"));
	t->hinted = true;
	json_decref(said);
}

/* Where execve and execveat keep the same things. */
struct exec_args {
	int dirfd, flags;
	uint64_t path, argv;
};

/* What the caller asks to run; false when it asks for something that can't be. */
static bool read_exec(struct listener *l, const struct exec_args *a, struct exec_try *ret)
{
	int proc = l->node->watch->proc;
	pid_t pid = (pid_t)l->req->pid;
	char path[TARGET_ARG_MAX];

	if (target_string(pid, a->path, path, sizeof(path)) >= 0) {
		int rc = target_resolve(proc, pid, a->dirfd, path, a->flags, &ret->file);

		if (rc < 0 && rc != -EAGAIN)
			return false;
		ret->resolved = rc == 0;
		ret->path = path[0] ? strdup(path) : NULL;
		ret->argv = target_argv(pid, a->argv);
	}
	return target_info(proc, pid, &ret->before) == 0;
}

/*
 * A change has no time of its own, but that of its reading. The caller stands still, so what was changed before it is told before it:
 * a look after a mend is never taken for one before.
 */
static void tell_what_was_before(struct listener *l)
{
	changes_catch_up(l->node->changes);
	files_catch_up(l->node->watch->files);
}

static void on_exec(struct listener *l, const struct exec_args *a)
{
	struct procs *procs = l->node->watch->procs;
	struct exec_try t = {0};
	pid_t tgid;

	tell_what_was_before(l);
	if (impatient(l)) {
		/* Unread, but not unseen: the try is judged by what the process becomes. */
		if (target_info(l->node->watch->proc, (pid_t)l->req->pid, &t.before) < 0) {
			let_go_on(l);
			return;
		}
	} else if (!read_exec(l, a, &t)) {
		exec_try_done(&t);
		let_go_on(l);
		return;
	}
	take_hint(l, &t);
	tgid = t.before.tgid;
	procs_settle(procs, tgid);
	procs_try(procs, l->node, &t);
	if (let_go_on(l))
		procs_go(procs, tgid);
	else
		procs_cancel(procs, tgid);
}

static void on_execve(struct listener *l)
{
	const __u64 *a = l->req->data.args;

	on_exec(l, &(struct exec_args){.dirfd = AT_FDCWD, .path = a[0], .argv = a[1]});
}

static void on_execveat(struct listener *l)
{
	const __u64 *a = l->req->data.args;

	on_exec(l, &(struct exec_args){
			   .dirfd = (int)a[0], .path = a[1], .argv = a[2], .flags = (int)a[4]});
}

static void on_uname(struct listener *l)
{
	struct wnode *n = l->node;
	pid_t pid = (pid_t)l->req->pid;
	struct utsname u;

	if (!n->kernel[0] || impatient(l) ||
	    uts_of(n->watch->proc, pid, n->kernel, n->hostname, &u) < 0 ||
	    ioctl(l->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &l->req->id) < 0 ||
	    target_write(pid, l->req->data.args[0], &u, sizeof(u)) < 0) {
		let_go_on(l);
		return;
	}
	answer(l);
}

static void on_bind(struct listener *l)
{
	const __u64 *a = l->req->data.args;
	struct bind_call call = {.id = l->req->id,
				 .pid = (pid_t)l->req->pid,
				 .fd = (int)a[0],
				 .addr = a[1],
				 .len = (uint32_t)a[2]};

	if (l->node->sockets && !impatient(l))
		sockets_bind(l->node->sockets, call.pid, call.fd, call.addr, (size_t)call.len);
	if (!l->node->binds || impatient(l) || !binds_ask(l->node->binds, &call))
		let_go_on(l);
}

/* Done for the caller, whose answer is what came of it. */
static void on_listen(struct listener *l)
{
	const __u64 *a = l->req->data.args;
	int rc = -EAGAIN;

	if (l->node->sockets && !impatient(l))
		rc = sockets_listen(l->node->sockets, (pid_t)l->req->pid, (int)a[0], (int)a[1]);
	if (rc == -EAGAIN) {
		let_go_on(l);
		return;
	}
	l->resp->error = rc;
	answer(l);
}

/* Between two calls the request is nobody's. */
void listener_decide(struct listener *l, uint64_t id, pid_t pid, int error)
{
	memset(l->resp, 0, l->resp_size);
	l->req->id = id;
	l->req->pid = (uint32_t)pid;
	l->resp->error = -error;
	if (!error)
		l->resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	answer(l);
}

static const struct {
	int nr;
	void (*handle)(struct listener *l);
} calls[] = {
	{SYS_execve, on_execve}, {SYS_execveat, on_execveat}, {SYS_uname, on_uname},
	{SYS_bind, on_bind},	 {SYS_listen, on_listen},
};

static void dispatch(struct listener *l)
{
	memset(l->resp, 0, l->resp_size);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (l->req->data.nr == calls[i].nr && l->req->data.arch == OUR_ARCH) {
			calls[i].handle(l);
			return;
		}
	let_go_on(l);
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	(void)what;
	/* libevent tells of a hang-up as of input; older kernels would then wait in RECV for ever.
	 */
	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLIN)) {
		if (p.revents)
			event_del(l->ready);
		return;
	}
	memset(l->req, 0, l->req_size);
	/* Fails when the caller was killed since poll: there is nobody to answer. */
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, l->req) == 0)
		dispatch(l);
}

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

static int allocate(struct listener *l)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return -errno;
	l->req_size = max(sizes.seccomp_notif, sizeof(*l->req));
	l->resp_size = max(sizes.seccomp_notif_resp, sizeof(*l->resp));
	l->req = calloc(1, l->req_size);
	l->resp = calloc(1, l->resp_size);
	l->ready = event_new(l->node->watch->base, l->fd, EV_READ | EV_PERSIST, on_ready, l);
	if (!l->req || !l->resp || !l->ready || event_add(l->ready, NULL) < 0)
		return -ENOMEM;
	return 0;
}

int listener_new(struct wnode *n, int fd, struct listener **ret, struct err *err)
{
	struct listener *l = calloc(1, sizeof(*l));
	int rc;

	if (!l) {
		close(fd);
		return err_sys(err, ENOMEM, "Can't serve the seccomp listener");
	}
	l->node = n;
	l->fd = fd;
	rc = allocate(l);
	if (rc < 0) {
		listener_free(l);
		return err_sys(err, -rc, "Can't serve the seccomp listener");
	}
	ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	*ret = l;
	return 0;
}

void listener_free(struct listener *l)
{
	if (!l)
		return;
	if (l->ready)
		event_free(l->ready);
	free(l->req);
	free(l->resp);
	fd_closep(&l->fd);
	free(l);
}
