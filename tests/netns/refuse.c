/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuse userns|power -- CMD: runs CMD where a filter refuses what a container or a security module
 * refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define DENY	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ALLOW	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Docker's default: clone with any CLONE_NEW* flag. */
static struct sock_filter no_userns[] = {
	LOAD(nr),      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
	LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
	DENY,	       ALLOW,
};

/* A security module that denies capabilities: what the first privileged call inside sees. */
static struct sock_filter no_power[] = {
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sethostname, 0, 1),
	DENY,
	ALLOW,
};

int main(int argc, char **argv)
{
	struct sock_fprog prog = {.len = 6, .filter = no_userns};

	if (argc < 4)
		return 2;
	if (!strcmp(argv[1], "power"))
		prog = (struct sock_fprog){.len = 4, .filter = no_power};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		return 2;
	execv(argv[3], argv + 3);
	return 127;
}
