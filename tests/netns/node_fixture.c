/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A throw-away lab for tests of nodes. */
#define _GNU_SOURCE
#include "node_fixture.h"

#include "base/msg.h"

#include <check.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 10000 };

struct proc_port lab_port;
static bool range_map;
static uint64_t next_id;

bool lab_is_range(void)
{
	return range_map;
}

/* The name and first id of a line of /etc/subuid, for this uid or (uid 0) for anybody who has a
 * range. */
static bool find_range(uid_t *uid, unsigned *first)
{
	auto_file f = fopen("/etc/subuid", "re");
	char line[256], name[128];
	unsigned count;

	while (f && fgets(line, sizeof(line), f)) {
		struct passwd *pw;

		if (sscanf(line, "%127[^:]:%u:%u", name, first, &count) != 3 || count < 65535)
			continue;
		pw = getpwnam(name);
		if (pw && pw->pw_uid && (*uid == 0 || pw->pw_uid == *uid)) {
			*uid = pw->pw_uid;
			return true;
		}
	}
	return false;
}

static int write_text(const char *path, const char *text)
{
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

static int map_tool(const char *tool, pid_t pid, uid_t own, unsigned first)
{
	char p[16], u[16], f[16];
	int status;
	pid_t child;

	snprintf(p, sizeof(p), "%d", pid);
	snprintf(u, sizeof(u), "%u", own);
	snprintf(f, sizeof(f), "%u", first);
	child = fork();
	if (child == 0) {
		execlp(tool, tool, p, "0", u, "1", "1", f, "65535", NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static int map_one(pid_t pid, uid_t uid, gid_t gid)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
	if (write_text(path, "deny") < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	snprintf(text, sizeof(text), "0 %u 1\n", gid);
	if (write_text(path, text) < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	snprintf(text, sizeof(text), "0 %u 1\n", uid);
	return write_text(path, text);
}

static int skip(const char *why)
{
	printf("SKIP: %s\n", why);
	fflush(stdout);
	return 77;
}

/* Host root is never mapped: as root the test becomes somebody else first. */
static int leave_root(bool range, unsigned *first)
{
	const char *sudo = getenv("SUDO_UID");
	uid_t uid = geteuid() ? geteuid() : sudo ? (uid_t)atoi(sudo) : 0;
	struct passwd *pw;
	bool found = find_range(&uid, first);

	if (range && !found)
		return skip("nobody suitable has a range in /etc/subuid");
	if (geteuid() != 0)
		return 0;
	if (!uid)
		uid = 64321;
	pw = getpwuid(uid);
	if (setgroups(0, NULL) < 0 || setgid(pw ? pw->pw_gid : (gid_t)uid) < 0 || setuid(uid) < 0)
		return skip("can't leave root");
	prctl(PR_SET_DUMPABLE, 1);
	return 0;
}

_Noreturn static void become_init(int go, int (*body)(void))
{
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(go, &c, 1) != 1)
		_exit(77);
	close(go);
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		_exit(99);
	prctl(PR_SET_DUMPABLE, 0);
	exit(body());
}

int lab_enter(bool range, int (*body)(void))
{
	const unsigned long spaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
				     CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
	unsigned first = 0;
	int go[2], status, rc = leave_root(range, &first);
	pid_t pid;

	if (rc)
		return rc;
	range_map = range;
	if (pipe2(go, O_CLOEXEC) < 0)
		return 99;
	fflush(NULL);
	pid = (pid_t)syscall(SYS_clone, spaces | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0) {
		close(go[1]);
		become_init(go[0], body);
	}
	close(go[0]);
	if (pid < 0)
		return skip("no user namespaces here");
	if (range)
		rc = map_tool("newuidmap", pid, getuid(), first) |
		     map_tool("newgidmap", pid, getgid(), first);
	else
		rc = map_one(pid, getuid(), getgid());
	if (rc == 0 && write(go[1], "x", 1) != 1)
		rc = -1;
	close(go[1]);
	waitpid(pid, &status, 0);
	if (rc < 0)
		return skip("the id map can't be written");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

void lab_open(void)
{
	lab_open_as((struct node_setup){0});
}

void lab_open_as(struct node_setup s)
{
	const char *guests = getenv("NETDOJO_GUEST_DIR");
	struct err err = {0};

	s.range_map = range_map;
	if (!s.guest_dir)
		s.guest_dir = guests ? guests : NODE_GUEST_DIR;
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_msg(node_port_open(&s, &lab_port, &err) == 0, "%s", err.msg);
}

void lab_close(void)
{
	node_port_close(&lab_port);
}

/* Says "continue" to every notification, as the watch does, until the node is gone. */
_Noreturn static void answer(int listener)
{
	struct seccomp_notif req;
	struct seccomp_notif_resp resp;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		memset(&req, 0, sizeof(req));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &req) < 0) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			_exit(0);
		}
		resp = (struct seccomp_notif_resp){.id = req.id,
						   .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp) < 0 && errno != ENOENT)
			_exit(0);
	}
}

struct node lab_plain(const char *name, enum node_role role)
{
	char *none = (char *)"";

	return (struct node){.name = (char *)name,
			     .role = role,
			     .hostname = (char *)name,
			     .user = (char *)(role == ROLE_WSL ? "learner" : "root"),
			     .kernel = none,
			     .ruleset = none};
}

int lab_netns(void)
{
	auto_fd own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int fd;

	ck_assert_int_ge(own, 0);
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setns(own, CLONE_NEWNET), 0);
	return fd;
}

struct lab_node lab_launch(const struct node *n, int netns)
{
	struct lab_node out = {.netns = netns, .node_socket = -1, .etc_dir = -1, .wsl_dir = -1};
	struct err err = {0};

	ck_assert_msg(lab_port.start(lab_port.ctx, n, netns, &out.proc, &err) == 0, "%s", err.msg);
	return out;
}

void lab_ready(struct lab_node *n)
{
	struct proc_event e = lab_wait(n, PROC_READY, 0);

	n->agent = e.pid;
	n->node_socket = fd_steal(&e.node_socket);
	n->etc_dir = fd_steal(&e.etc_dir);
	n->wsl_dir = fd_steal(&e.wsl_dir);
	n->listener = e.listener >= 0;
	n->warnings = json_incref(e.warnings);
	if (n->listener) {
		n->answerer = fork();
		if (n->answerer == 0)
			answer(e.listener);
	}
	proc_event_done(&e);
}

struct lab_node lab_start(const struct node *n)
{
	struct lab_node out = lab_launch(n, lab_netns());

	lab_ready(&out);
	return out;
}

void lab_stop(struct lab_node *n)
{
	lab_port.stop(lab_port.ctx, n->proc);
	if (n->answerer > 0) {
		kill(n->answerer, SIGKILL);
		waitpid(n->answerer, NULL, 0);
	}
	fd_closep(&n->netns);
	fd_closep(&n->node_socket);
	fd_closep(&n->etc_dir);
	fd_closep(&n->wsl_dir);
	json_decref(n->warnings);
	n->warnings = NULL;
}

/* --- the part of init that serves the node socket: sudo and mode, one message a connection --- */

enum { SUDO_BASE = 1000000, MAX_CLIENTS = 8 };

static struct client {
	int fd;
	uint64_t request, spawn;
} clients[MAX_CLIENTS];
static size_t n_clients;

static const char **strings(const json_t *array)
{
	const char **v = calloc(json_array_size(array) + 1, sizeof(*v));

	for (size_t i = 0; i < json_array_size(array); i++)
		v[i] = json_string_value(json_array_get(array, i));
	return v;
}

static const char **env_strings(json_t *object)
{
	const char **v = calloc(json_object_size(object) + 1, sizeof(*v));
	const char *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach (object, key, value) {
		char *entry;

		if (asprintf(&entry, "%s=%s", key, json_string_value(value)) > 0)
			v[n++] = entry;
	}
	return v;
}

static void on_sudo(struct lab_node *n, struct client *c, struct msg *m)
{
	const json_t *tty = json_object_get(m->body, "tty");
	struct proc_spawn s = {.argv = strings(json_object_get(m->body, "argv")),
			       .env = env_strings(json_object_get(m->body, "env")),
			       .cwd = json_str(m->body, "cwd", ""),
			       .user = json_str(m->body, "user", "root"),
			       .rows = (unsigned)json_int(m->body, "rows", 0),
			       .cols = (unsigned)json_int(m->body, "cols", 0)};

	for (size_t i = 0, next = 0; i < 3; i++) {
		bool is_tty = json_is_true(json_array_get(tty, i));

		s.tty = s.tty || is_tty;
		s.stdio[i] = is_tty || next >= m->n_fds ? -1 : m->fds[next++];
	}
	c->spawn = SUDO_BASE + ++next_id;
	ck_assert_int_eq(lab_port.spawn(n->proc, &s, c->spawn, NULL), 0);
	free((void *)s.argv);
	free((void *)s.env);
}

static void send_json(struct client *c, json_t *body, int fd)
{
	msg_send(c->fd, body, &fd, fd >= 0 ? 1 : 0, NULL);
	json_decref(body);
}

json_t *lab_answers, *lab_asked;

/* What dojo asks: answered from lab_answers by verb; the request is kept in lab_asked. */
static void on_other(struct client *c, struct msg *m)
{
	json_t *answer = json_deep_copy(json_object_get(lab_answers, json_str(m->body, "do", "")));

	json_decref(lab_asked);
	lab_asked = json_incref(m->body);
	if (!answer)
		answer = json_pack("{s:{s:s, s:s, s:i, s:i}}", "error", "message", "No such thing",
				   "mend", "Try another", "code", 2, "kind", 2);
	json_object_set_new(answer, "re", json_integer((json_int_t)c->request));
	send_json(c, answer, -1);
}

static void on_client(struct lab_node *n, struct client *c)
{
	auto_msg m = {0};

	if (msg_recv(c->fd, &m, 0, NULL) <= 0) {
		close(c->fd);
		*c = clients[--n_clients];
		return;
	}
	c->request = (uint64_t)json_int(m.body, "id", 0);
	if (!strcmp(json_str(m.body, "do", ""), "sudo"))
		on_sudo(n, c, &m);
	else if (!strcmp(json_str(m.body, "do", ""), "signal"))
		lab_port.signal(n->proc, c->spawn, (int)json_int(m.body, "signal", 0), NULL);
	else if (!strcmp(json_str(m.body, "do", ""), "mode"))
		send_json(c,
			  json_pack("{s:I, s:s, s:s}", "re", (json_int_t)c->request,
				    "networking_mode", "nat", "version", "2.5.9.0"),
			  -1);
	else
		on_other(c, &m);
}

static void on_sudo_event(struct proc_event *e)
{
	for (size_t i = 0; i < n_clients; i++) {
		struct client *c = &clients[i];
		json_int_t re = (json_int_t)c->request, id = (json_int_t)e->id;

		if (c->spawn != e->id)
			continue;
		if (e->kind == PROC_SPAWNED)
			send_json(c, json_pack("{s:I, s:I}", "re", re, "exec", id), e->pty);
		else if (e->kind == PROC_EXITED)
			send_json(c, json_pack("{s:I, s:i}", "exited", id, "status", e->status),
				  -1);
		else if (e->kind == PROC_FAILED)
			send_json(c,
				  json_pack("{s:I, s:o}", "re", re, "error", err_to_json(&e->err)),
				  -1);
	}
}

static void accept_client(struct lab_node *n)
{
	int fd = accept4(n->node_socket, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0 && n_clients < MAX_CLIENTS)
		clients[n_clients++] = (struct client){.fd = fd};
}

/* Waits for anything to happen; capture (or -1) is readable or at its end when it returns true. */
static bool pump(struct lab_node *n, int capture)
{
	struct pollfd fds[3 + MAX_CLIENTS] = {{.fd = lab_port.fd(n->proc), .events = POLLIN},
					      {.fd = n->node_socket, .events = POLLIN},
					      {.fd = capture, .events = POLLIN}};
	size_t had = n_clients;

	for (size_t i = 0; i < had; i++)
		fds[3 + i] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
	ck_assert_msg(poll(fds, (nfds_t)(3 + had), WAIT_MS) > 0, "nothing came in time");
	for (size_t i = had; i-- > 0;)
		if (fds[3 + i].revents)
			on_client(n, &clients[i]);
	if (fds[1].revents)
		accept_client(n);
	return fds[2].revents != 0;
}

/* The next event that is not sudo's; false when none waits. */
static bool next_event(struct lab_node *n, struct proc_event *ret)
{
	struct err err = {0};

	for (;;) {
		int rc = lab_port.next(n->proc, ret, &err);

		ck_assert_msg(rc >= 0, "%s", err.msg);
		if (rc == 0)
			return false;
		if (ret->id < SUDO_BASE)
			return true;
		on_sudo_event(ret);
		proc_event_done(ret);
	}
}

struct proc_event lab_wait(struct lab_node *n, enum proc_event_kind kind, uint64_t id)
{
	struct proc_event e;

	for (;;) {
		if (!next_event(n, &e)) {
			pump(n, -1);
			continue;
		}
		if (e.kind == kind && e.id == id)
			return e;
		ck_assert_msg((e.id != id && e.kind != PROC_GONE) || e.kind == PROC_SPAWNED,
			      "event %d instead of %d: %s", (int)e.kind, (int)kind, e.err.msg);
		proc_event_done(&e);
	}
}

void lab_idle(struct lab_node *n, int fd)
{
	struct proc_event e;

	if (!next_event(n, &e)) {
		pump(n, fd);
		return;
	}
	ck_assert_msg(e.kind != PROC_EXITED && e.kind != PROC_GONE, "it ended early");
	proc_event_done(&e);
}

uint64_t lab_spawn(struct lab_node *n, struct proc_spawn *s)
{
	struct err err = {0};

	s->cwd = s->cwd ? s->cwd : "";
	s->user = s->user ? s->user : "";
	ck_assert_msg(lab_port.spawn(n->proc, s, ++next_id, &err) == 0, "%s", err.msg);
	return next_id;
}

/* Reads what there is; false at the end. What does not fit is dropped, so that nobody waits for us.
 */
static bool capture_some(int fd, struct outcome *o, size_t *len)
{
	size_t room = sizeof(o->out) - 1 - *len;
	char drop[4096];
	ssize_t n = read(fd, room ? o->out + *len : drop, room ? room : sizeof(drop));

	if (n > 0 && room)
		*len += (size_t)n;
	o->out[*len] = '\0';
	return n > 0 || (n < 0 && errno == EAGAIN);
}

struct outcome *lab_collect(struct lab_node *n, uint64_t id, int fd)
{
	static struct outcome o;
	size_t len = 0;
	bool ended = false;
	struct proc_event e;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (!ended) {
		if (!next_event(n, &e)) {
			if (pump(n, fd) && !capture_some(fd, &o, &len))
				fd = -1;
			continue;
		}
		if (e.id == id && (e.kind == PROC_EXITED || e.kind == PROC_FAILED)) {
			ended = true;
			o.status = e.kind == PROC_EXITED ? e.status : -e.err.code;
		}
		proc_event_done(&e);
	}
	while (fd >= 0 && len < sizeof(o.out) - 1) {
		size_t before = len;

		capture_some(fd, &o, &len);
		if (len == before)
			break;
	}
	o.out[len] = '\0';
	return &o;
}

struct outcome *lab_run(struct lab_node *n, const char *user, const char *const *argv)
{
	auto_fd rd = -1, wr = -1;
	int fds[2];
	struct proc_spawn s = {.argv = argv, .user = user};
	uint64_t id;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	rd = fds[0];
	wr = fds[1];
	s.stdio[0] = -1;
	s.stdio[1] = s.stdio[2] = wr;
	id = lab_spawn(n, &s);
	fd_closep(&wr);
	return lab_collect(n, id, rd);
}

bool lab_starts(const struct outcome *o, const char *text)
{
	return !strncmp(o->out, text, strlen(text));
}

struct outcome *lab_sh(struct lab_node *n, const char *user, const char *line)
{
	return lab_run(n, user, (const char *const[]){"sh", "-c", line, NULL});
}

json_t *lab_probe(struct lab_node *n, const char *kind, json_t *args)
{
	uint64_t id = ++next_id;
	struct err err = {0};
	struct proc_event e;

	ck_assert_msg(lab_port.probe(n->proc, kind, args, id, &err) == 0, "%s", err.msg);
	json_decref(args);
	e = lab_wait(n, PROC_RESULT, id);
	return e.result;
}
