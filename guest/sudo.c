/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sudo inside a node. */
#define _GNU_SOURCE
#include "guest/sudo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stdio_fds.h"
#include "guest/talk.h"

struct terminals {
	bool tty[3];
	int any; /* one of 0-2 that is a terminal; -1 = none */
};

static struct terminals find_terminals(void)
{
	struct terminals t = {.any = -1};

	for (int i = 2; i >= 0; i--) {
		t.tty[i] = isatty(i);
		if (t.tty[i])
			t.any = i;
	}
	if (t.tty[STDERR_FILENO])
		t.any = STDERR_FILENO;
	if (t.tty[STDOUT_FILENO])
		t.any = STDOUT_FILENO;
	return t;
}

static json_t *request(const struct sudo_args *a, const struct terminals *t)
{
	auto_free char *cwd = a->login ? strdup("") : getcwd(NULL, 0);
	struct winsize ws = {0};

	if (t->any >= 0)
		ioctl(t->any, TIOCGWINSZ, &ws);
	return json_pack("{s:s, s:o, s:o, s:s, s:[b,b,b], s:i, s:i, s:s}", "do", "sudo", "argv",
			 sudo_argv(a), "env", sudo_env(a), "cwd", cwd ? cwd : "/", "tty", t->tty[0],
			 t->tty[1], t->tty[2], "rows", ws.ws_row, "cols", ws.ws_col, "user",
			 a->user);
}

/*
 * In a pipeline the terminal's keys may be the next program's (sudo dmesg | less), so they are left
 * alone; they are ours when the output goes to the terminal or to a file.
 */
static bool keys_are_ours(const struct terminals *t)
{
	struct stat st;

	if (!t->tty[0] || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return false;
	return t->tty[1] ||
	       (fstat(STDOUT_FILENO, &st) == 0 && !S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode));
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
	struct terminals t = find_terminals();
	auto_fd sock = -1;
	auto_msg m = {0};
	struct err err = {0};
	sigset_t signals;
	int fds[3];
	size_t n = 0;

	sock = talk_open(&err);
	if (sock < 0) {
		fprintf(stderr, "sudo: %s\n", err.msg);
		return 1;
	}
	for (int i = 0; i < 3; i++)
		if (!t.tty[i])
			fds[n++] = i;
	relay_prepare(&signals);
	if (talk_ask(sock, request(a, &t), fds, n, &m, &err) < 0)
		return refuse(a, &err);
	/* a pipe's other end must see its end when the command closes it, not when we do */
	for (int i = 0; i < 2; i++)
		if (!t.tty[i])
			close(i);
	struct relay r = {.sock = sock,
			  .exec = json_int(m.body, "exec", 0),
			  .master = msg_take_fd(&m, 0),
			  .terminal = t.any,
			  .reads = keys_are_ours(&t)};

	r.raw = r.reads && t.tty[1];
	n = (size_t)relay_run(&r, &signals);
	fd_closep(&r.master);
	return (int)n;
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
