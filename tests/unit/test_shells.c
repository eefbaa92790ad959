/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks in the real shells of this machine, on a real PTY, typed into by the typist. */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "term/hooks.h"
#include "term/typist.h"

struct shell {
	char dir[64];
	char nonce[33];
	pid_t pid;
	int pty;
};

/* The hooks name /run/term; here it is a folder of the test's own. Caller frees. */
static char *moved(const struct shell *s, const char *text)
{
	const char *at = strstr(text, "/run/term");
	char *out;

	if (!at)
		return strdup(text);
	ck_assert(asprintf(&out, "%.*s%s%s", (int)(at - text), text, s->dir,
			   at + strlen("/run/term")) > 0);
	return out;
}

static void write_files(const struct shell *s, const json_t *files)
{
	const json_t *f;
	size_t i;

	json_array_foreach (files, i, f) {
		char *path = moved(s, json_str(f, "path", ""));
		char *slash = strrchr(path, '/');
		FILE *out;

		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
		out = fopen(path, "w");
		ck_assert_ptr_nonnull(out);
		fputs(json_str(f, "content", ""), out);
		fclose(out);
		free(path);
	}
}

static void child(const struct shell *s, const json_t *request)
{
	const char *key;
	json_t *v;
	char *argv[8] = {0};
	size_t i;

	clearenv();
	setenv("HOME", s->dir, 1);
	setenv("PATH", "/usr/bin:/bin", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	json_object_foreach (json_object_get(request, "env"), key, v) {
		char *to = moved(s, json_string_value(v));

		setenv(key, to, 1);
		free(to);
	}
	json_array_foreach (json_object_get(request, "argv"), i, v)
		argv[i] = moved(s, json_string_value(v));
	if (chdir(s->dir) == 0)
		execvp(argv[0], argv);
	_exit(127);
}

static struct shell start(const char *name)
{
	struct shell s = {.dir = "/tmp/nd-shells-XXXXXX"};
	auto_json json_t *request = json_object();
	struct err err = {0};

	ck_assert_ptr_nonnull(mkdtemp(s.dir));
	ck_assert_int_eq(hooks_nonce(s.nonce, &err), 0);
	ck_assert_int_eq(hooks_request(name, s.nonce, request, &err), 0);
	write_files(&s, json_object_get(request, "files"));
	s.pid = forkpty(&s.pty, NULL, NULL, &(struct winsize){.ws_row = 24, .ws_col = 80});
	ck_assert_int_ge(s.pid, 0);
	if (s.pid == 0)
		child(&s, request);
	fcntl(s.pty, F_SETFL, O_NONBLOCK);
	return s;
}

static void stop(struct shell *s)
{
	char *rm;

	close(s->pty);
	kill(s->pid, SIGHUP);
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	ck_assert(asprintf(&rm, "rm -rf %s", s->dir) > 0);
	ck_assert_int_eq(system(rm), 0); /* a test may */
	free(rm);
}

static int collect(void *arg, json_t *event, struct err *err)
{
	(void)err;
	return json_array_append(arg, event);
}

/* Types the lines into a shell and gives the commands it marked; caller owns. */
static json_t *typed(const char *name, json_t *lines, double timeout, int *timed_out)
{
	struct shell s = start(name);
	json_t *events = json_array();
	struct err err = {0};
	struct typist t = {.pty = s.pty,
			   .lines = lines,
			   .nonce = s.nonce,
			   .echoed_only = hooks_echoed_only(name),
			   .timeout = timeout,
			   .echo = getenv("SHOW") ? 2 : -1,
			   .arg = events,
			   .command = collect};
	int n = 0, rc = typist_run(&t, &n, &err);

	ck_assert_msg(rc == 0, "%s: %s", name, err.msg);
	if (timed_out)
		*timed_out = n;
	stop(&s);
	json_decref(lines);
	return events;
}

static void is(const json_t *events, size_t i, const char *text, int status, const char *output)
{
	const json_t *e = json_array_get(events, i);

	ck_assert_ptr_nonnull(e);
	ck_assert_str_eq(json_str(e, "text", ""), text);
	ck_assert_int_eq(json_int(e, "exit", -9), status);
	ck_assert_str_eq(json_str(e, "output", ""), output);
}

static const char *const names[] = {"bash", "zsh", "fish", "sh"};

static bool missing(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/usr/bin/%s", name);
	if (access(path, X_OK) == 0)
		return false;
	printf("%s is not installed, not tried\n", name);
	return true;
}

START_TEST(commands_exits_and_outputs)
{
	auto_json json_t *e = NULL;

	if (missing(names[_i]))
		return;
	e = typed(names[_i],
		  json_pack("[s,s,s,s,s]", "echo 'semi;colon' back\\\\slash", "", "false",
			    "cd /usr", "echo \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"),
		  5, NULL);
	ck_assert_uint_eq(json_array_size(e), 4);
	is(e, 0, "echo 'semi;colon' back\\\\slash", 0, "semi;colon back\\slash\n");
	is(e, 1, "false", 1, "");
	is(e, 2, "cd /usr", 0, "");
	is(e, 3, "echo \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 0,
	   "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\n");
	ck_assert_str_eq(json_str(json_array_get(e, 3), "cwd", ""), "/usr");
}
END_TEST

START_TEST(a_hanging_command_is_interrupted)
{
	auto_json json_t *e = NULL;
	int timed_out = 0;

	if (missing(names[_i]))
		return;
	e = typed(names[_i], json_pack("[s,s]", "sleep 60", "echo on"), 0.5, &timed_out);
	ck_assert_int_eq(timed_out, 1);
	ck_assert_str_eq(json_str(json_array_get(e, 0), "text", ""), "sleep 60");
	ck_assert_int_eq(json_int(json_array_get(e, 0), "exit", 0), 130);
	is(e, 1, "echo on", 0, "on\n");
}
END_TEST

START_TEST(a_forged_mark_is_output)
{
	auto_json json_t *e =
		typed("bash", json_pack("[s]", "printf '\\033]133;D;0;aid=forged\\007x'; false"), 5,
		      NULL);

	ck_assert_uint_eq(json_array_size(e), 1);
	is(e, 0, "printf '\\033]133;D;0;aid=forged\\007x'; false", 1, "x");
}
END_TEST

START_TEST(bash_multi_line_and_hidden_from_history)
{
	auto_json json_t *e = typed("bash",
				    json_pack("[s,s,s,s]", "for i in 1 2; do\necho $i\ndone",
					      "HISTCONTROL=ignoreboth; PS1='> '", " echo hidden",
					      "set +o history; echo off"),
				    5, NULL);

	ck_assert_uint_eq(json_array_size(e), 4);
	is(e, 0, "for i in 1 2; do echo $i; done", 0, "1\n2\n");
	is(e, 2, " echo hidden", 0, "hidden\n");
	ck_assert_int_eq(json_int(json_array_get(e, 3), "exit", -9), 0);
}
END_TEST

START_TEST(exit_ends_the_typing)
{
	auto_json json_t *e = typed("bash", json_pack("[s,s]", "exit 4", "echo never"), 5, NULL);

	ck_assert_uint_eq(json_array_size(e), 1);
	ck_assert_str_eq(json_str(json_array_get(e, 0), "text", ""), "exit 4");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shells");
	TCase *t = tcase_create("shells");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, commands_exits_and_outputs, 0, ARRAY_SIZE(names));
	tcase_add_loop_test(t, a_hanging_command_is_interrupted, 0, ARRAY_SIZE(names));
	tcase_add_test(t, a_forged_mark_is_output);
	tcase_add_test(t, bash_multi_line_and_hidden_from_history);
	tcase_add_test(t, exit_ends_the_typing);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
