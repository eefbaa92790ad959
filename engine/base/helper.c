/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting netdojo's other programs. */
#define _GNU_SOURCE
#include "base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/paths.h"

/* What a start failed of, and the limit it met: -1 where none has a number. */
static const struct obstacle {
	int code, limit;
	const char *what, *mend;
} obstacles[] = {
	{ENOENT, -1, NULL, "netdojo is installed in part; build or install it again"},
	{EACCES, -1, NULL, "netdojo is installed in part; build or install it again"},
	{EAGAIN, RLIMIT_NPROC, "the limit on processes is reached (ulimit -u)",
	 "End programs you don't need, or raise the limit: ulimit -u, /etc/security/limits.conf, a "
	 "service's TasksMax"},
	{EMFILE, RLIMIT_NOFILE, "the limit on open files is reached (ulimit -n)",
	 "Raise the limit and try again: ulimit -n 4096"},
	{ENFILE, -1, "this machine's limit on open files is reached (fs.file-max)",
	 "End programs you don't need, or: sudo sysctl fs.file-max=1000000"},
	{ENOMEM, -1, NULL, "End programs you don't need: memory is short"},
};

static const struct obstacle *find_obstacle(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(obstacles); i++)
		if (obstacles[i].code == code)
			return &obstacles[i];
	return NULL;
}

/* ": the limit on processes is reached (ulimit -u): 512" */
static void describe(const struct obstacle *o, char *buf, size_t size)
{
	struct rlimit now;

	buf[0] = '\0';
	if (!o || !o->what)
		return;
	if (o->limit >= 0 && getrlimit((__rlimit_resource_t)o->limit, &now) == 0 &&
	    now.rlim_cur != RLIM_INFINITY)
		snprintf(buf, size, ": %s: %llu", o->what, (unsigned long long)now.rlim_cur);
	else
		snprintf(buf, size, ": %s", o->what);
}

static int not_started(const char *name, const char *path, int code, struct err *err)
{
	const struct obstacle *o = find_obstacle(code);
	char why[160];

	describe(o, why, sizeof(why));
	err_sys(err, code, "Can't start %s%s", path ? path : name, why);
	if (o)
		err_mend(err, "%s", o->mend);
	return -code;
}

/* A fresh start: a session of its own; no signal blocked or ignored because its starter does. */
static void fresh(posix_spawnattr_t *attr)
{
	sigset_t none, dflt;

	sigemptyset(&none);
	sigemptyset(&dflt);
	for (int sig = 1; sig < SIGSYS; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			sigaddset(&dflt, sig);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &dflt);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
					       POSIX_SPAWN_SETSIGDEF);
}

/* glibc refuses a descriptor above the limit here already, as EBADF. */
static int place_files(posix_spawn_file_actions_t *actions, int fd)
{
	int rc = posix_spawn_file_actions_adddup2(actions, fd, HELPER_FD);

	/* A lab outlives its `up`: whoever reads that one's output must see its end. */
	for (int std = 0; std < 3 && rc == 0; std++)
		rc = posix_spawn_file_actions_addopen(actions, std, "/dev/null", O_RDWR, 0);
	return rc == EBADF ? EMFILE : rc;
}

pid_t helper_start(const char *name, int fd, char *const *env, struct err *err)
{
	auto_free char *path = path_libexec(name);
	char *const argv[] = {(char *)name, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	pid_t pid;
	int rc;

	if (!path)
		return not_started(name, path, ENOMEM, err);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	fresh(&attr);
	rc = place_files(&actions, fd);
	if (rc == 0)
		rc = posix_spawn(&pid, path, &actions, &attr, argv, env ? env : environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return rc ? not_started(name, path, rc, err) : pid;
}

int helper_exec(char *const *argv, struct err *err)
{
	auto_free char *path = path_libexec(argv[0]);

	if (path)
		execv(path, argv);
	return not_started(argv[0], path, path ? errno : ENOMEM, err);
}
