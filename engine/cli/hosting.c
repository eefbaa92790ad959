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

int hosting_run(char *const *argv, int fd, struct err *err)
{
	struct termios before;
	int status, tty = tcgetattr(STDIN_FILENO, &before) == 0;
	pid_t parent = getpid(), pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return err_sys(err, errno, "Can't start the terminal");
	if (pid == 0)
		child(argv, fd, parent);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "Can't wait for the terminal");
	/* It restores the terminal itself, but for SIGKILL. */
	if (tty && WIFSIGNALED(status))
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
