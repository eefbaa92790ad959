/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last steps of a program's start, in the forked child: terminal, descriptors, limits,
 * identity, execve. */
#define _GNU_SOURCE
#include "netns/spawn.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/msg.h"

/* Limits of each program of a lab; 0 = leave. RLIM of the hard kind: what runs in a lab can't raise
 * it. */
static void set_limits(void)
{
	static const struct {
		int resource;
		rlim_t soft, hard;
	} limits[] = {
		/*
		 * 1, not 0: a core_pattern that is a pipe runs the host's helper even with 0, and 1
		 * is the value by which do_coredump() knows not to.
		 */
		{RLIMIT_CORE, 1, 1},
		{RLIMIT_NOFILE, 1024, 65536},
		/* counted for each user namespace since 5.14, so one lab's programs don't starve
		   another's */
		{RLIMIT_NPROC, 2048, 2048},
#ifndef __SANITIZE_ADDRESS__ /* whose own memory, until execve, would not fit */
		{RLIMIT_DATA, (rlim_t)4 << 30, (rlim_t)4 << 30},
#endif
		{RLIMIT_MSGQUEUE, 819200, 819200},
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit old, want = {limits[i].soft, limits[i].hard};

		if (getrlimit((__rlimit_resource_t)limits[i].resource, &old) < 0)
			continue;
		if (want.rlim_max > old.rlim_max)
			want.rlim_max = old.rlim_max;
		if (want.rlim_cur > want.rlim_max)
			want.rlim_cur = want.rlim_max;
		setrlimit((__rlimit_resource_t)limits[i].resource, &want);
	}
}

static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Puts three descriptors at 0, 1 and 2, whatever numbers they have now. */
static int place_stdio(const int fds[3])
{
	int high[3];

	for (int i = 0; i < 3; i++) {
		int src = fds[i];

		if (src < 0)
			src = open("/dev/null", (i ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
		high[i] = src < 0 ? -1 : fcntl(src, F_DUPFD_CLOEXEC, 10);
		if (high[i] < 0)
			return -errno;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(high[i], i) < 0)
			return -errno;
	return 0;
}

/* Everything but stdio goes at execve; the report goes with its success. */
static void close_rest(void)
{
	if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = 3; fd < 1024; fd++) /* before 5.11 */
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* A session of WSL's begins at home where its folder is not there, as when the drive could not be mounted. */
static int enter_cwd(const struct spawn_ctx *c, const char *cwd, const struct identity *id)
{
	if (cwd[0] && chdir(cwd) == 0)
		return 0;
	if (cwd[0] && !(id->session && c->node->role == ROLE_WSL))
		return -ENOTDIR; /* ENOENT and EACCES speak of the command */
	if (!id->home[0] || chdir(id->home) < 0)
		return chdir("/") < 0 ? -errno : 0;
	return 0;
}

static const char *path_of(char *const *env)
{
	for (; *env; env++)
		if (!strncmp(*env, "PATH=", 5))
			return *env + 5;
	return "/usr/bin:/bin";
}

/* A file that may be executed by the user we now are. 0, -ENOENT or -EACCES. */
static int executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

/*
 * Finds argv[0] as a shell would. Searching by stat leaves exactly one execve for the recorder to
 * see; execvp would try every folder of PATH.
 */
static int find_program(const char *name, const char *path, char ret[PATH_MAX])
{
	int rc = -ENOENT;

	if (strchr(name, '/'))
		return snprintf(ret, PATH_MAX, "%s", name) < PATH_MAX ? 0 : -ENAMETOOLONG;
	while (*path) {
		int len = (int)strcspn(path, ":");
		int found;

		if (snprintf(ret, PATH_MAX, "%.*s/%s", len, path, name) < PATH_MAX) {
			found = executable(ret);
			if (found == 0)
				return 0;
			if (found == -EACCES)
				rc = -EACCES;
		}
		path += len + (path[len] == ':');
	}
	return rc;
}

/* What will run, for the recorder: docs/protocol.md, "watch". */
static void tell_hint(int sock, const char *path, char *const *argv)
{
	auto_json json_t *args = json_array();
	auto_json json_t *body = NULL;

	if (sock < 0)
		return;
	for (; *argv; argv++)
		json_array_append_new(args, json_string(*argv));
	body = json_pack("{s:s, s:O}", "path", path, "argv", args);
	if (body)
		msg_send(sock, body, NULL, 0, NULL);
}

static int run(const struct spawn_ctx *c, const struct spawn_child *s, char **env)
{
	char path[PATH_MAX];
	char *sh[64];
	int rc = find_program(s->argv[0], path_of(env), path);

	if (rc < 0)
		return rc;
	tell_hint(c->hints, path, s->argv);
	execve(path, s->argv, env);
	if (errno != ENOEXEC)
		return -errno;
	/* a script without #!, as every shell and execvp run it */
	sh[0] = (char *)"/bin/sh";
	sh[1] = path;
	for (size_t i = 1; i < ARRAY_SIZE(sh) - 1; i++) {
		sh[i + 1] = s->argv[i];
		if (!s->argv[i])
			break;
	}
	sh[ARRAY_SIZE(sh) - 1] = NULL;
	tell_hint(c->hints, sh[0], sh);
	execve(sh[0], sh, env);
	return -errno;
}

static int start(const struct spawn_ctx *c, const struct spawn_child *s)
{
	struct identity id;
	char **env;
	int rc;

	reset_signals();
	setsid();
	if (s->ctty && ioctl(s->ctty_fd, TIOCSCTTY, 0) < 0)
		return -errno;
	rc = place_stdio(s->stdio);
	if (rc < 0)
		return rc;
	rc = identity_find(c, s->user, &id);
	if (rc < 0)
		return -ESRCH;
	env = spawn_env(c->node, &id, s->env);
	if (!env)
		return -ENOMEM;
	rc = identity_become(c, &id);
	if (rc == 0)
		rc = enter_cwd(c, s->cwd, &id);
	close_rest();
	if (rc < 0)
		return rc;
	set_limits();
	return run(c, s, env);
}

_Noreturn void spawn_exec(const struct spawn_ctx *c, const struct spawn_child *s, int report_fd)
{
	/* above the numbers stdio takes */
	int report = fcntl(report_fd, F_DUPFD_CLOEXEC, 64);
	int code = -start(c, s);

	if (write(report, &code, sizeof(code)) != sizeof(code))
		_exit(126);
	_exit(code == ENOENT ? 127 : 126);
}
