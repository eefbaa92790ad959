/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The typist between two windows, one of which shuts the other's node down: made-up shells on real PTYs. */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>

#include "term/shells.h"
#include "term/typist.h"

#define NONCE	   "n0"
#define MARK(what) "\033]133;" what ";aid=" NONCE "\a"

enum { OPEN_MAX_SHELLS = 8 };

/* What the lab would be: numbers its shells, and says when a node was shut down. */
struct lab {
	struct shells shells;
	json_int_t last;
	pid_t pids[OPEN_MAX_SHELLS];
	bool dying; /* the next shell of WSL's: it reads a line and dies of being shut down */
	char opened[128], commands[512];
};

/* Reads lines and runs none of them. */
static void shell(bool dying)
{
	char line[128];

	fputs(MARK("A") "$ " MARK("B"), stdout);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		printf("\033]633;E;%s;" NONCE "\a" MARK("C"), line);
		fflush(stdout);
		if (dying)
			_exit(1);
		printf(MARK("D;0") MARK("A") "$ " MARK("B"));
		fflush(stdout);
	}
	_exit(0);
}

static int open_shell(void *arg, const char *node, struct err *err)
{
	struct lab *l = arg;
	bool dying = l->dying && strcmp(node, "wsl") == 0;
	struct termios raw = {
		.c_iflag = ICRNL, .c_oflag = 0, .c_cflag = CS8 | CREAD, .c_lflag = ICANON};
	int pty = -1;

	(void)err;
	ck_assert_int_lt(l->last, OPEN_MAX_SHELLS);
	l->pids[l->last] = forkpty(&pty, NULL, &raw, NULL);
	ck_assert_int_ge(l->pids[l->last], 0);
	if (l->pids[l->last] == 0)
		shell(dying);
	if (dying)
		l->dying = false;
	fcntl(pty, F_SETFL, O_NONBLOCK);
	shells_opened(&l->shells, node, ++l->last);
	strcat(strcat(l->opened, node), " ");
	return pty;
}

/* Told before the prompt stands again, as the lab tells it; WSL's shell is the first. */
static int on_command(void *arg, json_t *event, struct err *err)
{
	struct lab *l = arg;
	size_t at = strlen(l->commands);

	(void)err;
	snprintf(l->commands + at, sizeof(l->commands) - at, "%s:%s=%d ",
		 json_str(event, "node", "?"), json_str(event, "text", "?"),
		 (int)json_int(event, "exit", -9));
	if (strcmp(json_str(event, "text", ""), "wsl --shutdown") == 0) {
		auto_json json_t *notice =
			json_pack("{s:i, s:i, s:b}", "exited", 1, "status", SIGKILL, "stopped", 1);

		shells_heard(&l->shells, notice);
	}
	return 0;
}

static bool node_stopped(void *arg, const char *node)
{
	return shells_stopped(&((struct lab *)arg)->shells, node);
}

static void type(struct lab *l, json_t *lines)
{
	struct err err = {0};
	int pty = open_shell(l, "wsl", &err);
	struct typist t = {.pty = pty,
			   .node = "wsl",
			   .lines = lines,
			   .nonce = NONCE,
			   .echo = -1,
			   .arg = l,
			   .open = open_shell,
			   .stopped = node_stopped,
			   .command = on_command};
	int rc = typist_run(&t, NULL, &err);

	ck_assert_msg(rc == 0, "%s", err.msg);
	close(pty);
	for (json_int_t i = 0; i < l->last; i++)
		waitpid(l->pids[i], NULL, 0); /* their terminals are closed */
	json_decref(lines);
}

/* The old shell lives on, and would take the line with it; no time makes it a shell to type into. */
START_TEST(no_line_goes_to_a_shell_that_is_shut_down)
{
	struct lab l = {.dying = true};

	type(&l, json_pack("[{s:s}, s, s]", "windows", "wsl --shutdown", "dojo diagnose", "id"));
	ck_assert_str_eq(l.commands, "windows:wsl --shutdown=0 wsl:dojo diagnose=0 wsl:id=0 ");
	ck_assert_str_eq(l.opened, "wsl windows wsl ");
}
END_TEST

/* One that shut nothing down changes nothing. */
START_TEST(the_windows_stay_open)
{
	struct lab l = {0};

	type(&l, json_pack("[s, {s:s}, s, {s:s}]", "id", "windows", "ipconfig", "pwd", "windows",
			   "ver"));
	ck_assert_str_eq(l.commands, "wsl:id=0 windows:ipconfig=0 wsl:pwd=0 windows:ver=0 ");
	ck_assert_str_eq(l.opened, "wsl windows ");
}
END_TEST

/* A notice is about one shell, by its number: a new one of the same node is none of it. */
START_TEST(notices)
{
	struct shells s = {0};
	auto_json json_t *first = json_pack("{s:i, s:b}", "exited", 1, "stopped", 1);
	auto_json json_t *ended = json_pack("{s:i, s:i}", "exited", 2, "status", 0);
	auto_json json_t *other = json_pack("{s:s}", "session", "grade");

	shells_opened(&s, "wsl", 1);
	shells_opened(&s, "windows", 2);
	shells_heard(&s, other);
	shells_heard(&s, ended);
	ck_assert(!shells_stopped(&s, "wsl") && !shells_stopped(&s, "windows"));
	shells_heard(&s, first);
	ck_assert(shells_stopped(&s, "wsl") && !shells_stopped(&s, "windows"));
	shells_opened(&s, "wsl", 3);
	shells_heard(&s, first);
	ck_assert(!shells_stopped(&s, "wsl") && !shells_stopped(&s, "router"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("typist");
	TCase *c = tcase_create("typist");
	SRunner *r;
	int failed;

	tcase_add_test(c, no_line_goes_to_a_shell_that_is_shut_down);
	tcase_add_test(c, the_windows_stay_open);
	tcase_add_test(c, notices);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
