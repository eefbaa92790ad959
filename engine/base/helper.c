/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting netdojo's other programs. */
#define _GNU_SOURCE
#include "base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include "base/cleanup.h"
#include "base/paths.h"

static int not_there(const char *name, const char *path, int code, struct err *err)
{
	err_sys(err, code, "Can't start %s", path ? path : name);
	return err_mend(err, "netdojo is installed in part; build or install it again");
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

pid_t helper_start(const char *name, int fd, char *const *env, struct err *err)
{
	auto_free char *path = path_libexec(name);
	char *const argv[] = {(char *)name, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	pid_t pid;
	int rc;

	if (!path)
		return not_there(name, path, ENOMEM, err);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_adddup2(&actions, fd, HELPER_FD);
	/* A lab outlives its `up`: whoever reads that one's output must see its end. */
	for (int std = 0; std < 3; std++)
		posix_spawn_file_actions_addopen(&actions, std, "/dev/null", O_RDWR, 0);
	fresh(&attr);
	rc = posix_spawn(&pid, path, &actions, &attr, argv, env ? env : environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return rc ? not_there(name, path, rc, err) : pid;
}

int helper_exec(char *const *argv, struct err *err)
{
	auto_free char *path = path_libexec(argv[0]);

	if (path)
		execv(path, argv);
	return not_there(argv[0], path, path ? errno : ENOMEM, err);
}
