/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small lab made by hand for the watch's tests. */
#define _GNU_SOURCE
#include "watch_rig.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/msg.h"

enum { PATIENCE_MS = 5000, SKIPPED = 77 };

static const char *program;

void rig_program(const char *path)
{
	program = path;
}

static int skip(const char *what)
{
	printf("skipped: %s: %s\n", what, strerror(errno));
	return SKIPPED + 1;
}

static int write_file(const char *path, const char *text)
{
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

/* The one uid mapped to root; root itself becomes nobody first, as a lab does. */
static int enter_userns(void)
{
	char map[64];
	uid_t uid = getuid() ? getuid() : 65534;
	gid_t gid = getgid() ? getgid() : 65534;

	if (getuid() == 0 && (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0))
		return -1;
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS) < 0)
		return -1;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (write_file("/proc/self/setgroups", "deny") < 0 ||
	    write_file("/proc/self/uid_map", map) < 0)
		return -1;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	return write_file("/proc/self/gid_map", map);
}

static int settle(void)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) < 0 ||
	    mount("tmpfs", "/mnt", "tmpfs", 0, "size=8m") < 0 || sethostname("DESKTOP-1", 9) < 0)
		return -1;
	return 0;
}

int rig_enter(void)
{
	int status;
	pid_t pid;

	if (enter_userns() < 0)
		return skip("Can't make a user namespace");
	pid = fork();
	if (pid < 0)
		return skip("Can't fork into the PID namespace");
	if (pid == 0) {
		if (settle() < 0)
			_exit(skip("Can't mount in the namespaces") - 1);
		return 0;
	}
	waitpid(pid, &status, 0);
	return (WIFEXITED(status) ? WEXITSTATUS(status) : 1) + 1;
}

static int own_netns(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

void rig_start(struct rig *r)
{
	int pair[2];

	*r = (struct rig){.node = -1, .peer = -1, .home = own_netns(), .events = json_array()};
	snprintf(r->dir, sizeof(r->dir), "/mnt/rig-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(r->dir));
	ck_assert_int_eq(msg_pair(pair, NULL), 0);
	r->watch = fork();
	if (r->watch == 0) {
		dup2(pair[1], 3);
		execl(program, "netdojo-watch", (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	ck_assert_int_eq(watch_port_attach(pair[0], &r->port, NULL), 0);
}

void rig_stop(struct rig *r)
{
	int status;

	watch_port_done(&r->port);
	ck_assert_int_eq(waitpid(r->watch, &status, 0), r->watch);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "netdojo-watch ended with %#x",
		      status);
	json_decref(r->events);
	fd_closep(&r->home);
	fd_closep(&r->node);
	fd_closep(&r->peer);
}

static int make_netns(const struct rig *r)
{
	int fd;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	fd = own_netns();
	ck_assert_int_eq(setns(r->home, CLONE_NEWNET), 0);
	RUN(fd, "ip", "link", "set", "lo", "up");
	return fd;
}

void rig_wire(struct rig *r)
{
	char peer[32];

	r->node = make_netns(r);
	r->peer = make_netns(r);
	snprintf(peer, sizeof(peer), "/proc/%d/fd/%d", (int)getpid(), r->peer);
	ck_assert_int_eq(RUN(r->node, "ip", "link", "add", "eth0", "type", "veth", "peer", "name",
			     "eth0", "netns", peer),
			 0);
	ck_assert_int_eq(RUN(r->node, "ip", "address", "add", "10.9.0.2/24", "dev", "eth0"), 0);
	ck_assert_int_eq(RUN(r->peer, "ip", "address", "add", "10.9.0.1/24", "dev", "eth0"), 0);
	ck_assert_int_eq(RUN(r->node, "ip", "link", "set", "eth0", "up"), 0);
	ck_assert_int_eq(RUN(r->peer, "ip", "link", "set", "eth0", "up"), 0);
}

json_t *rig_add(struct rig *r, const struct watch_node *n)
{
	struct err err = {0};

	ck_assert_msg(r->port.add(r->port.ctx, n, &err) == 0, "%s", err.msg);
	return json_object_get(rig_expect(r, "{\"kind\":\"lab\",\"what\":\"recorders\"}"),
			       "recorders");
}

void rig_observe(struct rig *r, bool flows)
{
	struct watch_node n = {.name = "wsl",
			       .generation = 2,
			       .netns = -1,
			       .listener = -1,
			       .etc_dir = -1,
			       .wsl_dir = -1,
			       .observed = true,
			       .flows = flows};
	const json_t *recorders;

	rig_wire(r);
	n.netns = r->node;
	recorders = rig_add(r, &n);
	ck_assert(json_flag(recorders, "packets", false));
	ck_assert(json_flag(recorders, "changes", false));
}

static bool has_all(const json_t *event, json_t *pattern)
{
	const char *key;
	json_t *v;

	json_object_foreach (pattern, key, v)
		if (!json_equal(json_object_get(event, key), v))
			return false;
	return true;
}

static json_t *parse(const char *pattern)
{
	json_error_t e;
	json_t *j = json_loads(pattern, 0, &e);

	ck_assert_msg(j != NULL, "%s: %s", pattern, e.text);
	return j;
}

static const json_t *find(const struct rig *r, json_t *pattern, size_t *ret_count)
{
	const json_t *e, *first = NULL;
	size_t i;

	json_array_foreach (r->events, i, e) {
		if (!has_all(e, pattern))
			continue;
		first = first ? first : e;
		if (ret_count)
			++*ret_count;
	}
	return first;
}

size_t rig_count(const struct rig *r, const char *pattern)
{
	auto_json json_t *p = parse(pattern);
	size_t n = 0;

	find(r, p, &n);
	return n;
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000;
}

static void take_events(struct rig *r)
{
	struct err err = {0};
	json_t *batch;
	int rc;

	while ((rc = r->port.next(r->port.ctx, &batch, &err)) == 1) {
		json_array_extend(r->events, batch);
		json_decref(batch);
	}
	ck_assert_msg(rc == 0, "%s", err.msg);
}

const json_t *rig_expect(struct rig *r, const char *pattern)
{
	auto_json json_t *p = parse(pattern);
	long end = now_ms() + PATIENCE_MS;
	const json_t *e;

	while (!(e = find(r, p, NULL))) {
		struct pollfd pfd = {.fd = r->port.fd(r->port.ctx), .events = POLLIN};

		if (now_ms() >= end || poll(&pfd, 1, (int)(end - now_ms())) < 0) {
			auto_free char *all = json_dumps(r->events, JSON_INDENT(0));

			ck_abort_msg("No event %s among %.3000s", pattern, all);
		}
		take_events(r);
	}
	return e;
}

int rig_run(int netns, const char *const *argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (netns >= 0 && setns(netns, CLONE_NEWNET) < 0)
			_exit(126);
		dup2(null, 1);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_uname, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_listen, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog prog = {.len = ARRAY_SIZE(code), .filter = code};

	/* Without WAIT_KILLABLE_RECV: the harder case. */
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &prog);
}

struct filtered rig_filtered(int (*body)(void *arg), void *arg)
{
	struct filtered f;
	struct msg m = {0};
	int pair[2], go[2];

	ck_assert_int_eq(msg_pair(pair, NULL), 0);
	ck_assert_int_eq(pipe2(go, O_CLOEXEC), 0);
	f.pid = fork();
	if (f.pid == 0) {
		json_t *empty = json_object();
		int listener = install_filter();
		char c;

		close(go[1]);
		prctl(PR_SET_DUMPABLE, 1); /* as after an exec inside the lab */
		if (listener < 0 || msg_send(pair[1], empty, &listener, 1, NULL) < 0)
			_exit(125);
		close(listener);
		close(pair[0]);
		close(pair[1]);
		if (read(go[0], &c, 1) != 0)
			_exit(125);
		_exit(body(arg));
	}
	close(pair[1]);
	close(go[0]);
	f.go = go[1];
	ck_assert_int_eq(msg_recv(pair[0], &m, 0, NULL), 1);
	f.listener = msg_take_fd(&m, 0);
	msg_done(&m);
	close(pair[0]);
	return f;
}

int rig_finish(struct filtered *f)
{
	int status;

	fd_closep(&f->go);
	ck_assert_int_eq(waitpid(f->pid, &status, 0), f->pid);
	fd_closep(&f->listener);
	return status;
}
