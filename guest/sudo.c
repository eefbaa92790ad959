/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sudo inside a node. */
#define _GNU_SOURCE
#include "guest/sudo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/stdio_fds.h"
#include "guest/remote.h"

static json_t *request(const struct sudo_args *a)
{
	auto_free char *cwd = a->login ? strdup("") : getcwd(NULL, 0);

	return json_pack("{s:s, s:o, s:o, s:s, s:s}", "do", "sudo", "argv", sudo_argv(a), "env",
			 sudo_env(a), "cwd", cwd ? cwd : "/", "user", a->user);
}

static int refuse(const struct sudo_args *a, const struct err *err)
{
	const char *name = a->command[0] ? a->command[0] : "shell";

	if (err->code == ENOENT)
		fprintf(stderr, "sudo: %s: command not found\n", name);
	else if (err->code == EACCES)
		fprintf(stderr, "sudo: unable to execute %s: Permission denied\n", name);
	else
		fprintf(stderr, "sudo: %s\n", err->msg);
	return 1;
}

static int run(const struct sudo_args *a)
{
	struct err err = {0};
	int rc = remote_run(request(a), true, &err);

	return rc < 0 ? refuse(a, &err) : rc;
}

/* Root needs nobody's leave: the command just runs. */
static int run_directly(const struct sudo_args *a)
{
	static char *login[] = {(char *)"/bin/bash", (char *)"-l", NULL};
	static char *shell[] = {(char *)"/bin/bash", NULL};
	char **argv = a->command[0] ? a->command : a->login ? login : shell;

	for (int i = 0; i < a->n_assign; i++)
		putenv(a->assign[i]);
	setenv("SUDO_USER", "root", 1);
	setenv("SUDO_UID", "0", 1);
	setenv("SUDO_GID", "0", 1);
	execvp(argv[0], argv);
	if (errno == ENOENT)
		fprintf(stderr, "sudo: %s: command not found\n", argv[0]);
	else
		fprintf(stderr, "sudo: unable to execute %s: %s\n", argv[0], strerror(errno));
	return 1;
}

static int list(void)
{
	char host[65] = "";

	gethostname(host, sizeof(host) - 1);
	printf("User %s may run the following commands on %s:\n    (ALL : ALL) NOPASSWD: ALL\n",
	       getenv("USER") ? getenv("USER") : "learner", host);
	return 0;
}

static int wrong(const struct sudo_args *a)
{
	if (a->bad_word)
		fprintf(stderr, "sudo: unrecognized option '%s'\n", a->bad_word);
	else if (a->bad)
		fprintf(stderr, "sudo: invalid option -- '%c'\n", a->bad);
	fputs(sudo_usage, stderr);
	return 1;
}

int main(int argc, char **argv)
{
	struct sudo_args a;

	stdio_fds_fill();
	if (sudo_parse(argc, argv, &a) < 0)
		return wrong(&a);
	if (a.help) {
		fputs("sudo - execute a command as another user\n\n", stdout);
		fputs(sudo_usage, stdout);
		return 0;
	}
	if (a.version) {
		puts("Sudo version 1.9.15p5");
		return 0;
	}
	if (a.list && !a.command[0])
		return list();
	if (!a.command[0] && !a.login && !a.shell)
		return a.validate || a.forget ? 0 : wrong(&a);
	return getuid() == 0 && !strcmp(a.user, "root") ? run_directly(&a) : run(&a);
}
