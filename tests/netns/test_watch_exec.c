/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Execs, exits and uname of a process tree under the listener. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "test_watch.h"
#include "watch_rig.h"

#define RELEASE "6.6.87.2-microsoft-standard-WSL2"

static struct rig rig;

static void setup(void)
{
	rig_start(&rig);
}

static void teardown(void)
{
	rig_stop(&rig);
}

static int run_shell(void *script)
{
	setenv("PATH", "/nowhere:/neither:/usr/bin:/bin", 1);
	execl("/bin/sh", "sh", "-c", (char *)script, (char *)NULL);
	return 127;
}

/* As where a lab's init was made by a privileged process: the memory before the first exec is
 * closed to the watch. */
static int run_shell_closed(void *script)
{
	prctl(PR_SET_DUMPABLE, 0);
	return run_shell(script);
}

/* The body under the listener, to its end; returns the status. */
static int watched(int (*body)(void *), const char *arg)
{
	struct filtered f = rig_filtered(body, (void *)arg);
	struct watch_node n = {.name = "wsl",
			       .generation = 1,
			       .netns = -1,
			       .listener = f.listener,
			       .etc_dir = -1,
			       .wsl_dir = -1,
			       .kernel = RELEASE,
			       .hostname = "unused"};

	ck_assert(json_flag(rig_add(&rig, &n), "exec", false));
	return rig_finish(&f);
}

static void write_text(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(a_path_search_is_one_start)
{
	int status = watched(run_shell, "id -u >/dev/null; nosuchprogram 2>/dev/null; exit 3");

	ck_assert_int_eq(WEXITSTATUS(status), 3);
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":768}");
	rig_expect(&rig, "{\"kind\":\"exec\",\"path\":\"/bin/sh\",\"argv\":[\"sh\",\"-c\","
			 "\"id -u >/dev/null; nosuchprogram 2>/dev/null; exit 3\"]}");
	rig_expect(&rig,
		   "{\"kind\":\"exec\",\"path\":\"/usr/bin/id\",\"argv\":[\"id\",\"-u\"],\"uid\":0,"
		   "\"node\":\"wsl\",\"gen\":1,\"by\":\"learner\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 4); /* two starts, two ends */
}
END_TEST

START_TEST(an_unreadable_first_exec_is_seen_afterwards)
{
	struct filtered f = rig_filtered(run_shell_closed,
					 (char[]){"id -u >/dev/null; read go </mnt/go; exit 3"});
	struct watch_node n = {.name = "wsl",
			       .generation = 1,
			       .netns = -1,
			       .listener = f.listener,
			       .etc_dir = -1,
			       .wsl_dir = -1};
	const json_t *sh;
	FILE *go;

	ck_assert_int_eq(mkfifo("/mnt/go", 0600), 0);
	rig_add(&rig, &n);
	fd_closep(&f.go);
	/* It must live until it was looked at: nothing else remembers its arguments. */
	sh = rig_expect(&rig, "{\"kind\":\"exec\",\"argv\":[\"sh\",\"-c\","
			      "\"id -u >/dev/null; read go </mnt/go; exit 3\"]}");
	/* The path comes from the running program then, links resolved. */
	ck_assert_ptr_nonnull(strstr(json_str(sh, "path", ""), "bin/"));
	go = fopen("/mnt/go", "w");
	fputs("go\n", go);
	fclose(go);
	rig_finish(&f);
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":768}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 4);
}
END_TEST

/* As a node's agent's children do. */
static int run_true_hinted(void *arg)
{
	auto_json json_t *said =
		json_pack("{s:s, s:[s, s]}", "path", "/usr/bin/true", "argv", "true", "said");

	prctl(PR_SET_DUMPABLE, 0);
	if (msg_send(*(int *)arg, said, NULL, 0, NULL) < 0)
		return 1;
	execl("/usr/bin/true", "true", "said", (char *)NULL);
	return 127;
}

START_TEST(an_unreadable_exec_may_tell_itself)
{
	struct watch_node n = {
		.name = "wsl", .generation = 1, .netns = -1, .etc_dir = -1, .wsl_dir = -1};
	struct filtered f;
	const int on = 1;
	int pair[2];

	ck_assert_int_eq(msg_pair(pair, NULL), 0);
	ck_assert_int_eq(setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
	f = rig_filtered(run_true_hinted, &pair[1]);
	n.listener = f.listener;
	n.hints = pair[0];
	rig_add(&rig, &n);
	rig_finish(&f);
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":0}");
	rig_expect(&rig,
		   "{\"kind\":\"exec\",\"path\":\"/usr/bin/true\",\"argv\":[\"true\",\"said\"]}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 2);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(exec_in_place_keeps_the_pid)
{
	const json_t *cat;

	watched(run_shell, "exec cat /dev/null");
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":0}");
	cat = rig_expect(&rig, "{\"kind\":\"exec\",\"argv\":[\"cat\",\"/dev/null\"]}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 3);
	ck_assert_int_eq(json_int(cat, "pid", 0),
			 json_int(rig_expect(&rig, "{\"what\":\"exit\"}"), "pid", 1));
}
END_TEST

START_TEST(a_script_keeps_its_own_name)
{
	write_text("/mnt/hello", "#!/bin/sh\nexit 5\n", 0755);
	watched(run_shell, "cd /mnt; ./hello world; exit 0");
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":0}");
	rig_expect(&rig,
		   "{\"kind\":\"exec\",\"path\":\"./hello\",\"argv\":[\"./hello\",\"world\"]}");
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":1280}");
}
END_TEST

START_TEST(a_refused_exec_is_no_start)
{
	/* Executable by its mode, but of no format: execve fails, and the shell starts another one
	 * to read it. */
	write_text("/mnt/odd", "exit 4\n", 0755);
	write_text("/mnt/plain", "exit 4\n", 0644);
	watched(run_shell, "/mnt/odd; /mnt/plain 2>/dev/null; exit 0");
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":0}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\",\"path\":\"/mnt/odd\"}"), 0);
	rig_expect(&rig, "{\"kind\":\"exec\",\"argv\":[\"/bin/sh\",\"/mnt/odd\"]}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 4);
}
END_TEST

START_TEST(long_arguments_are_cut)
{
	const json_t *argv;

	watched(run_shell, "id $(printf '%05000d' 7) $(seq 100) >/dev/null 2>&1; exit 0");
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":0}");
	argv = json_object_get(rig_expect(&rig, "{\"kind\":\"exec\",\"path\":\"/usr/bin/id\"}"),
			       "argv");
	ck_assert_uint_eq(json_array_size(argv), 64);
	ck_assert_uint_eq(json_string_length(json_array_get(argv, 1)), 4096);
	ck_assert_str_eq(json_string_value(json_array_get(argv, 2)), "1");
}
END_TEST

START_TEST(many_short_programs_are_all_seen)
{
	watched(run_shell, "i=0; while [ $i -lt 100 ]; do /usr/bin/true; i=$((i+1)); done; exit 9");
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":2304}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\",\"path\":\"/usr/bin/true\","
					  "\"argv\":[\"/usr/bin/true\"]}"),
			  100);
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\",\"what\":\"exit\"}"), 101);
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 202);
}
END_TEST

static void on_signal(int sig)
{
	(void)sig;
}

/* Signals every 100 us while calls are being answered. */
static int hammered(void *arg)
{
	struct itimerval often = {.it_interval.tv_usec = 100, .it_value.tv_usec = 100}, off = {0};
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct utsname u;
	int wrong = 0;

	(void)arg;
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 500; i++)
		wrong += uname(&u) < 0 || u.release[0] == '\0';
	setitimer(ITIMER_REAL, &off, NULL);
	return wrong ? 1 : 0;
}

/* A process that another one hammers while it starts a program. */
static int hammered_exec(void *arg)
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	pid_t me = getpid();

	(void)arg;
	sigaction(SIGURG, &act, NULL);
	if (fork() == 0) {
		while (kill(me, SIGURG) == 0 && getppid() == me)
			usleep(100);
		_exit(0);
	}
	execl("/usr/bin/id", "id", (char *)NULL);
	return 127;
}

START_TEST(signals_do_not_livelock)
{
	ck_assert_int_eq(WEXITSTATUS(watched(hammered, NULL)), 0);
}
END_TEST

START_TEST(signals_do_not_hide_an_exec)
{
	ck_assert_int_eq(WEXITSTATUS(watched(hammered_exec, NULL)), 0);
	rig_expect(&rig, "{\"kind\":\"exec\",\"argv\":[\"id\"]}");
	rig_expect(&rig, "{\"kind\":\"exec\",\"what\":\"exit\",\"status\":0}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 2);
}
END_TEST

/* Children killed at any moment of their exec. */
static int dying(void *arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			execl("/usr/bin/sleep", "sleep", "100", (char *)NULL);
			_exit(127);
		}
		for (volatile int spin = 0; spin < i * 2000; spin++)
			;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	execl("/usr/bin/id", "id", "-u", (char *)NULL);
	return 127;
}

START_TEST(death_in_an_exec_is_no_error)
{
	watched(dying, NULL);
	rig_expect(&rig, "{\"kind\":\"exec\",\"argv\":[\"id\",\"-u\"]}");
}
END_TEST

static int check_uname(void *arg)
{
	struct utsname u;

	(void)arg;
	if (uname(&u) < 0 || strcmp(u.sysname, "Linux") || strcmp(u.release, RELEASE))
		return 1;
	if (strncmp(u.version, "#1 SMP PREEMPT_DYNAMIC", 22) || strcmp(u.domainname, "(none)"))
		return 2;
	if (strcmp(u.nodename, "DESKTOP-1"))
		return 3;
	/* A node's own later name. */
	if (sethostname("renamed", 7) < 0 || uname(&u) < 0 || strcmp(u.nodename, "renamed"))
		return 4;
	return 0;
}

static int check_uname_after_exec(void *arg)
{
	(void)arg;
	execl("/bin/sh", "sh", "-c", "test $(uname -r) = " RELEASE, (char *)NULL);
	return 127;
}

START_TEST(uname_tells_of_wsl)
{
	ck_assert_int_eq(WEXITSTATUS(watched(check_uname_after_exec, NULL)), 0);
}
END_TEST

/* An answer needs writable memory; a fork of the rig, which began outside the user namespace, gives
 * leave by hand. */
static int check_uname_dumpable(void *arg)
{
	prctl(PR_SET_DUMPABLE, 1);
	return check_uname(arg);
}

START_TEST(uname_has_every_field)
{
	ck_assert_int_eq(WEXITSTATUS(watched(check_uname_dumpable, NULL)), 0);
}
END_TEST

START_TEST(a_sync_comes_behind_everything)
{
	const json_t *last;

	watched(run_shell, "i=0; while [ $i -lt 50 ]; do /usr/bin/true; i=$((i+1)); done; exit 9");
	ck_assert_int_eq(rig.port.sync(rig.port.ctx, 7, NULL), 0);
	rig_expect(&rig, "{\"kind\":\"lab\",\"what\":\"synced\",\"n\":7}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"exec\"}"), 102);
	last = json_array_get(rig.events, json_array_size(rig.events) - 1);
	ck_assert_str_eq(json_str(last, "what", ""), "synced");
}
END_TEST

START_TEST(a_dead_watch_is_noticed)
{
	struct err err = {0};
	json_t *batch = NULL;
	int status;

	kill(rig.watch, SIGKILL);
	waitpid(rig.watch, &status, 0);
	ck_assert_int_eq(rig.port.next(rig.port.ctx, &batch, &err), -EPIPE);
	ck_assert_str_ne(err.msg, "");
	watch_port_done(&rig.port);
	json_decref(rig.events);
	rig_start(&rig); /* for teardown */
}
END_TEST

TCase *watch_exec_case(void)
{
	TCase *c = tcase_create("exec");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, a_path_search_is_one_start);
	tcase_add_test(c, an_unreadable_first_exec_is_seen_afterwards);
	tcase_add_test(c, an_unreadable_exec_may_tell_itself);
	tcase_add_test(c, exec_in_place_keeps_the_pid);
	tcase_add_test(c, a_script_keeps_its_own_name);
	tcase_add_test(c, a_refused_exec_is_no_start);
	tcase_add_test(c, long_arguments_are_cut);
	tcase_add_test(c, many_short_programs_are_all_seen);
	tcase_add_test(c, signals_do_not_livelock);
	tcase_add_test(c, signals_do_not_hide_an_exec);
	tcase_add_test(c, death_in_an_exec_is_no_error);
	tcase_add_test(c, uname_tells_of_wsl);
	tcase_add_test(c, uname_has_every_field);
	tcase_add_test(c, a_sync_comes_behind_everything);
	tcase_add_test(c, a_dead_watch_is_noticed);
	return c;
}
