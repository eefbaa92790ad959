/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script's system-call filter, tried call by call in a child: what kills, what is refused, what
 * works. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "bind/sandbox.h"

enum { WORKS = 0, REFUSED = 1, OTHER = 2, KILLED = 1000 };

static int verdict(long rc)
{
	return rc >= 0 ? WORKS : errno == EPERM ? REFUSED : OTHER;
}

static int try_openat(void)
{
	return verdict(syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY));
}
static int try_socket(void)
{
	return verdict(socket(AF_INET, SOCK_STREAM, 0));
}
static int try_fork(void)
{
	return verdict(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}
static int try_exec(void)
{
	return verdict(execl("/bin/true", "true", NULL));
}
static int try_kill(void)
{
	return verdict(kill(getppid(), 0));
}
static int try_ptrace(void)
{
	return verdict(ptrace(PTRACE_TRACEME, 0, 0, 0));
}
static int try_unshare(void)
{
	return verdict(syscall(SYS_unshare, 0));
}
static int try_stat(void)
{
	struct stat st;

	return verdict(syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", &st, 0));
}
static int try_readlink(void)
{
	char buf[64];

	return verdict(syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", buf, sizeof(buf)));
}
static int try_dup(void)
{
	return verdict(fcntl(SANDBOX_PEER, F_DUPFD, 10));
}
static int try_prctl(void)
{
	return verdict(syscall(SYS_prctl, 4, 1, 0, 0, 0));
}
static int try_rlimit(void)
{
	return verdict(syscall(SYS_prlimit64, 0, 0, NULL, NULL));
}
static int try_exec_page(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return verdict(p == MAP_FAILED ? -1 : 0);
}
static int try_page(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return verdict(p == MAP_FAILED ? -1 : 0);
}
static int try_send_elsewhere(void)
{
	struct msghdr mh = {0};

	return verdict(sendmsg(2, &mh, 0));
}
/* A document that needs a memfd, through the real code. */
static int try_long_message(void)
{
	auto_free char *text = calloc(1, 200 * 1024 + 1);
	auto_json json_t *j = NULL;

	for (int i = 0; i < 200 * 1024; i++)
		text[i] = 'x';
	j = json_pack("{s:s}", "text", text);
	return msg_send(SANDBOX_PEER, j, NULL, 0, NULL) == 0 ? WORKS : OTHER;
}

static const struct {
	const char *name;
	int (*fn)(void);
	int want;
} tries[] = {
	{"openat", try_openat, KILLED + SIGSYS},
	{"socket", try_socket, KILLED + SIGSYS},
	{"clone", try_fork, KILLED + SIGSYS},
	{"execve", try_exec, KILLED + SIGSYS},
	{"kill", try_kill, KILLED + SIGSYS},
	{"ptrace", try_ptrace, KILLED + SIGSYS},
	{"unshare", try_unshare, KILLED + SIGSYS},
	{"mmap for execution", try_exec_page, KILLED + SIGSYS},
	{"stat of a path", try_stat, REFUSED},
	{"readlink", try_readlink, REFUSED},
	{"dup", try_dup, REFUSED},
	{"prctl", try_prctl, REFUSED},
	{"prlimit", try_rlimit, REFUSED},
	{"send on another descriptor", try_send_elsewhere, REFUSED},
	{"mmap", try_page, WORKS},
	{"a long message", try_long_message, WORKS},
};

static int run(int (*fn)(void))
{
	int pair[2], status;
	pid_t pid;

	ck_assert_int_eq(msg_pair(pair, NULL), 0);
	pid = fork();
	if (pid == 0) {
		if (dup2(pair[1], SANDBOX_PEER) < 0 || sandbox_enter(NULL) < 0)
			_exit(100);
		_exit(fn());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(pair[0]);
	close(pair[1]);
	return WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(each_call)
{
	int got = run(tries[_i].fn);

	ck_assert_msg(got == tries[_i].want, "%s: got %d, not %d", tries[_i].name, got,
		      tries[_i].want);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sandbox");
	TCase *c = tcase_create("calls");
	SRunner *r = srunner_create(s);
	int failed;

	json_object_seed(0); /* as netdojo-script does, since it opens a file */

	tcase_add_loop_test(c, each_call, 0, ARRAY_SIZE(tries));
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
