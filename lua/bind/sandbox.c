/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The script process's sandbox. Lua is already denied io, os, package and debug; this is the wall
 * behind it, for the day a scenario finds a hole in Lua itself. The filter is an allow-list. What
 * no netdojo code could want (opening, sockets, processes, tracing) kills; the rest answers EPERM,
 * so that a C library which tries something new still runs.
 */
#define _GNU_SOURCE
#include "bind/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/msg.h"

#if defined(__x86_64__)
#define ND_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ND_AUDIT_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ND_AUDIT_ARCH AUDIT_ARCH_RISCV64
#else
#error "Name this architecture's AUDIT_ARCH_ value"
#endif

#if defined(__SANITIZE_ADDRESS__)
/* The leak checker forks at exit, which the filter kills. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

enum {
	FD_MAX = 32, /* the peer, stderr, and descriptors that come with messages */
	SPACE_MAX = 512 * 1024 * 1024, /* bytes of address space: the heap, messages, libraries */
	STACK_MAX = 8 * 1024 * 1024,
};

#define NR_OFFSET   offsetof(struct seccomp_data, nr)
#define ARCH_OFFSET offsetof(struct seccomp_data, arch)
/* The low half of an argument; every value compared here fits it. Little-endian, as are the three
 * above. */
#define ARG_OFFSET(n) (offsetof(struct seccomp_data, args) + 8 * (n))

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define ALLOW(nr)    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), RETURN(SECCOMP_RET_ALLOW)
#define KILL(nr)     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), RETURN(SECCOMP_RET_KILL_PROCESS)
/* Allowed when argument n equals value, else EPERM. */
#define ALLOW_ARG(nr, n, value)                                                                    \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 4), LOAD(ARG_OFFSET(n)),                      \
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1), RETURN(SECCOMP_RET_ALLOW),     \
		RETURN(SECCOMP_RET_ERRNO | EPERM)
/* Allowed when argument n has none of the bits, else it kills. */
#define ALLOW_WITHOUT(nr, n, bits)                                                                 \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 4), LOAD(ARG_OFFSET(n)),                      \
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 1, 0), RETURN(SECCOMP_RET_ALLOW),     \
		RETURN(SECCOMP_RET_KILL_PROCESS)

static const struct sock_filter filter[] = {
	LOAD(ARCH_OFFSET),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_AUDIT_ARCH, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(NR_OFFSET),
	/* x32's numbers: another way to the same calls. */
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),

	ALLOW(__NR_read),
	ALLOW(__NR_write),
	ALLOW(__NR_close),
	ALLOW(__NR_lseek),
	ALLOW(__NR_brk),
	ALLOW(__NR_munmap),
	ALLOW(__NR_mremap),
	ALLOW(__NR_madvise),
	ALLOW(__NR_memfd_create),
	ALLOW(__NR_clock_gettime),
	ALLOW(__NR_setitimer),
	ALLOW(__NR_rt_sigreturn),
	ALLOW(__NR_restart_syscall),
	ALLOW(__NR_getrandom),
	ALLOW(__NR_exit),
	ALLOW(__NR_exit_group),
	ALLOW(__NR_ppoll),
#ifdef __NR_poll
	ALLOW(__NR_poll),
#endif
#if defined(__SANITIZE_ADDRESS__)
	ALLOW(__NR_sigaltstack), /* asked at every longjmp */
#endif
	ALLOW_WITHOUT(__NR_mmap, 2, PROT_EXEC),
	ALLOW_WITHOUT(__NR_mprotect, 2, PROT_EXEC),
	ALLOW_ARG(__NR_recvmsg, 0, SANDBOX_PEER),
	ALLOW_ARG(__NR_sendmsg, 0, SANDBOX_PEER),
	ALLOW_ARG(__NR_sendto, 0, SANDBOX_PEER),
	/* fcntl: the seals of a long message, nothing else. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fcntl, 0, 5),
	LOAD(ARG_OFFSET(1)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_ADD_SEALS, 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_GET_SEALS, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(SECCOMP_RET_ERRNO | EPERM),

	KILL(__NR_execve),
	KILL(__NR_execveat),
	KILL(__NR_clone),
	KILL(__NR_clone3),
#ifdef __NR_fork
	KILL(__NR_fork),
	KILL(__NR_vfork),
	KILL(__NR_open),
	KILL(__NR_creat),
#endif
	KILL(__NR_openat),
	KILL(__NR_openat2),
	KILL(__NR_open_by_handle_at),
	KILL(__NR_socket),
	KILL(__NR_socketpair),
	KILL(__NR_connect),
	KILL(__NR_bind),
	KILL(__NR_accept4),
	KILL(__NR_ptrace),
	KILL(__NR_process_vm_readv),
	KILL(__NR_process_vm_writev),
	KILL(__NR_pidfd_getfd),
	KILL(__NR_kill),
	KILL(__NR_unshare),
	KILL(__NR_setns),
	KILL(__NR_mount),
	KILL(__NR_bpf),
	KILL(__NR_io_uring_setup),
	KILL(__NR_userfaultfd),
	KILL(__NR_keyctl),
	RETURN(SECCOMP_RET_ERRNO | EPERM),
};

static int filter_load(struct err *err)
{
	struct sock_fprog prog = {.len = ARRAY_SIZE(filter),
				  .filter = (struct sock_filter *)filter};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		return err_sys(err, errno, "Can't load the script's system-call filter");
	return 0;
}

static int limits_set(struct err *err)
{
	const struct {
		int what;
		rlim_t limit;
		int skip;
	} limits[] = {
		{RLIMIT_NOFILE, FD_MAX, 0},
		{RLIMIT_FSIZE, MSG_TOTAL_MAX, 0},
		{RLIMIT_CORE, 0, 0},
		{RLIMIT_STACK, STACK_MAX, 0},
		{RLIMIT_AS, SPACE_MAX, SANITIZED}, /* shadow memory takes terabytes */
		{RLIMIT_MEMLOCK, 0, 0},
		{RLIMIT_MSGQUEUE, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit now, rl = {limits[i].limit, limits[i].limit};

		if (limits[i].skip || getrlimit(limits[i].what, &now) < 0)
			continue;
		if (now.rlim_max < rl.rlim_max)
			continue; /* already tighter */
		if (setrlimit(limits[i].what, &rl) < 0)
			return err_sys(err, errno, "Can't set resource limit %d", limits[i].what);
	}
	return 0;
}

int sandbox_enter(struct err *err)
{
	int rc;

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	if (close_range(SANDBOX_PEER + 1, ~0U, 0) < 0)
		return err_sys(err, errno, "Can't close descriptors");
	rc = limits_set(err);
	if (rc < 0)
		return rc;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, errno, "Can't give up privileges");
	return filter_load(err);
}
