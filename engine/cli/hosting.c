/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running the terminal host as a child. */
#define _GNU_SOURCE
#include "cli/hosting.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/helper.h"

int hosting_learners_node(struct client *lab, char *buf, size_t size, struct err *err)
{
	auto_json json_t *info = NULL;
	const json_t *n;
	size_t i;
	int rc = client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);

	snprintf(buf, size, "wsl");
	json_array_foreach (json_object_get(info, "nodes"), i, n)
		if (strcmp(json_str(n, "role", ""), "wsl") == 0)
			snprintf(buf, size, "%s", json_str(n, "name", "wsl"));
	return rc;
}

static void child(char *const *argv, int fd, pid_t parent)
{
	struct err err = {0};

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(128 + SIGTERM);
	fcntl(fd, F_SETFD, 0);
	helper_exec(argv, &err);
	fprintf(stderr, "netdojo: %s\n", err.msg);
	_exit(ERR_MACHINE);
}

/* What would end us ends our terminal host first, which knows how to leave a terminal. */
static void held(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGHUP);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGCHLD);
}

/* Waits for the child; a signal for us alone is passed on, one from the terminal it has got itself. */
static int await(pid_t pid, const sigset_t *told, int *ret_status)
{
	for (;;) {
		pid_t done = waitpid(pid, ret_status, WNOHANG);
		siginfo_t info;

		if (done == pid)
			return 0;
		if (done < 0 && errno != EINTR)
			return -errno;
		if (sigwaitinfo(told, &info) > 0 && info.si_signo != SIGCHLD &&
		    info.si_code != SI_KERNEL)
			kill(pid, info.si_signo);
	}
}

int hosting_run(char *const *argv, int fd, struct err *err)
{
	struct termios before;
	int rc, status = 0, tty = tcgetattr(STDIN_FILENO, &before) == 0;
	pid_t parent = getpid(), pid;
	sigset_t told, mask;

	fflush(NULL);
	held(&told);
	sigprocmask(SIG_BLOCK, &told, &mask);
	pid = fork();
	if (pid < 0) {
		sigprocmask(SIG_SETMASK, &mask, NULL);
		return err_sys(err, errno, "Can't start the terminal");
	}
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &mask, NULL);
		child(argv, fd, parent);
	}
	rc = await(pid, &told, &status);
	/* Where its end was a signal's, ours waits until the attempt is put away. */
	if (rc == 0 && WIFEXITED(status) && WEXITSTATUS(status) < 128)
		sigprocmask(SIG_SETMASK, &mask, NULL);
	if (rc < 0)
		return err_sys(err, -rc, "Can't wait for the terminal");
	/* It restores the terminal itself, but for SIGKILL. */
	if (tty && WIFSIGNALED(status))
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
