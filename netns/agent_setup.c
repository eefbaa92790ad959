/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a fresh clone of init to a node that can run programs. */
#define _GNU_SOURCE
#include "netns/agent.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "netns/rootfs_fs.h"
#include "netns/seccomp_filter.h"
#include "port/proc.h"

enum { NODE_SOCKET_BACKLOG = 16 };

/* Everything of init's but the socket: other nodes, the host's files, the learner's terminal. */
static int keep_only(int *sock, struct err *err)
{
	int fd = fcntl(*sock, F_DUPFD_CLOEXEC, 100);

	if (fd < 0 || dup3(fd, AGENT_SOCK, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't move the agent's socket");
	*sock = AGENT_SOCK;
	if (syscall(SYS_close_range, AGENT_SOCK + 1U, ~0U, 0) == 0)
		return 0;
	for (int i = AGENT_SOCK + 1; i < 4096; i++) /* before 5.9 */
		close(i);
	return 0;
}

static int null_stdio(struct err *err)
{
	auto_fd fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < 3; i++)
		if (fd < 0 || dup2(fd, i) < 0)
			return err_sys(err, errno, "Can't open /dev/null");
	return 0;
}

/* /proc/1/cmdline is readable by anybody: it says what a distribution's would. */
static void rename_self(void)
{
	char buf[4096];
	auto_fd fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, sizeof(buf));
	char *args = program_invocation_name; /* glibc: argv[0] itself */

	prctl(PR_SET_NAME, "init");
	if (n < (ssize_t)sizeof("/init") || memcmp(args, buf, strlen(buf) + 1) != 0)
		return;
	memset(args, 0, (size_t)n);
	strcpy(args, "/init");
}

static int children_signal(struct agent *a, struct err *err)
{
	sigset_t set;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	a->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return a->signals < 0 ? err_sys(err, errno, "Can't watch for children") : 0;
}

static bool write_sysctl(const char *path, const char *value)
{
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
}

/* The kernel's default "1 0" lets nobody ping without privilege; the range must be mapped here. */
static void allow_ping(bool range_map)
{
	static const char *const path = "/proc/sys/net/ipv4/ping_group_range";

	/* ids are compared as the host numbers them: root's may be above all others */
	if (range_map && (write_sysctl(path, "0 65534") || write_sysctl(path, "1 65534")))
		return;
	write_sysctl(path, "0 0");
}

/* Raised for all that will run here: when memory is short, a lab goes before the host's programs.
 */
static void expect_oom(void)
{
	auto_fd fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "500", 3) < 0)
		return;
}

/*
 * What needs /proc files of our own, which an undumpable process can't write. Nothing else runs in
 * the node yet, and no other node sees this one's processes.
 */
static int while_dumpable(const struct agent_start *s, struct agent *a, struct err *err)
{
	bool learner = rootfs_has_learner(s->node);
	auto_fd fd = -1;

	prctl(PR_SET_DUMPABLE, 1);
	expect_oom();
	fd = learner ? identity_userns(s->rootfs->range_map, err) : open("/", O_PATH | O_CLOEXEC);
	prctl(PR_SET_DUMPABLE, 0);
	if (fd < 0)
		return fd;
	/* the number is taken without a learner too, so nothing else is ever found there */
	if (fd != AGENT_USERNS && dup3(fd, AGENT_USERNS, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't keep the learner's user namespace");
	if (fd == AGENT_USERNS)
		fd_steal(&fd);
	a->spawn.learner_userns = learner ? AGENT_USERNS : -1;
	return 0;
}

static int write_files(const struct node *n, struct rootfs_made *made, struct err *err)
{
	struct file hostname = {.path = (char *)"/etc/hostname", .mode = 0644};
	char line[80];
	int rc;

	snprintf(line, sizeof(line), "%.64s\n", n->hostname);
	hostname.content = line;
	rc = rootfs_pass(made, rootfs_file(&hostname, false, err), err);
	for (size_t i = 0; i < n->n_files && rc == 0; i++)
		rc = rootfs_pass(made, rootfs_file(&n->files[i], n->files[i].remove, err), err);
	return rc;
}

static int listen_node(const struct node *n, struct err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	auto_fd fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s",
		 n->role == ROLE_WSL ? "/run/WSL/1_interop" : "/run/netdojo.sock");
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    chmod(addr.sun_path, 0666) < 0 || listen(fd, NODE_SOCKET_BACKLOG) < 0)
		return err_sys(err, errno, "Can't listen at '%s'", addr.sun_path);
	return fd_steal(&fd);
}

/*
 * Where each child says what it is about to run, with its pid vouched for by the kernel: this memory is the host's, so
 * the recorder can't read the arguments of a first exec. A child never waits for a reader. -1 where it can't be had.
 */
static int open_hints(struct agent *a)
{
	const int on = 1;
	int pair[2];

	if (msg_pair(pair, NULL) < 0)
		return -1;
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	fcntl(pair[1], F_SETFL, O_RDWR | O_NONBLOCK);
	a->spawn.hints = pair[1];
	return pair[0];
}

static void tell_ready(struct agent *a, int sock, int listener, const struct rootfs_made *made)
{
	static const char *const names[] = {"socket", "etc", "listener", "wsl", "hints"};
	auto_fd wsl = open("/mnt/wsl", O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd etc = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd hints = listener < 0 ? -1 : open_hints(a);
	int all[] = {sock, etc, listener, wsl, hints}, fds[5];
	auto_json json_t *have = json_array();
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] >= 0) {
			json_array_append_new(have, json_string(names[i]));
			fds[n++] = all[i];
		}
	agent_tell(a, "ready", 0, json_pack("{s:O, s:O*}", "fds", have, "warnings", made->warnings),
		   fds, n);
}

static int become_root(bool range_map, struct err *err)
{
	/* the lab's init may have come from any user of the host's: leave its groups too, where ids
	 * are real */
	if (range_map &&
	    (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0))
		return err_sys(err, errno, "Can't become the node's root");
	return 0;
}

static void made_done(struct rootfs_made *m)
{
	json_decref(m->warnings);
}

int agent_setup(const struct agent_start *s, struct agent *a, struct err *err)
{
	const struct node *n = s->node;
	struct filter_setup filter = {.tell_execs = !s->quiet,
				      .tell_sockets = !s->quiet && proc_tells_sockets(n),
				      .answer_uname = n->kernel[0] != '\0',
				      .ask_binds = proc_asks_binds(n),
				      .fake_ids = !s->rootfs->range_map};
	nd_cleanup(made_done) struct rootfs_made made = {0};
	auto_fd listener = -1, sock = -1;
	int rc;

	a->spawn = (struct spawn_ctx){n, s->rootfs->range_map, -1, -1};
	rc = rootfs_wait(s->rootfs, n, err);
	if (rc == 0)
		rc = keep_only(&a->sock, err);
	if (rc == 0)
		rc = become_root(s->rootfs->range_map, err);
	if (rc == 0)
		rc = rootfs_enter(s->rootfs, n, &made, err);
	if (rc == 0)
		rc = null_stdio(err);
	if (rc == 0 && sethostname(n->hostname, strlen(n->hostname)) < 0)
		rc = err_sys(err, errno, "Can't set the host name '%s'", n->hostname);
	if (rc == 0)
		rc = while_dumpable(s, a, err);
	if (rc < 0)
		return rc;
	rename_self();
	allow_ping(s->rootfs->range_map);
	rootfs_interop(s->rootfs, n);
	rc = write_files(n, &made, err);
	if (rc == 0)
		rc = children_signal(a, err);
	if (rc < 0)
		return rc;
	/* before the filter: until the watch has its listener nobody answers a bind */
	sock = listen_node(n, err);
	if (sock < 0)
		return sock;
	rc = filter_install(&filter, &listener, err);
	if (rc == 0)
		tell_ready(a, sock, listener, &made);
	return rc;
}
