/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one seccomp filter of a node's process tree. */
#define _GNU_SOURCE
#include "netns/seccomp_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/seccomp_refused.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* linux/seccomp.h of 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#define X32_BIT	    0x40000000
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "Add this machine's AUDIT_ARCH_ value"
#endif

enum { FILTER_MAX = 256 };

struct program {
	struct sock_filter ins[FILTER_MAX];
	unsigned short n;
};

static void emit(struct program *p, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	if (p->n < FILTER_MAX)
		p->ins[p->n] = (struct sock_filter){code, jt, jf, k};
	p->n++; /* past the end too, for install() to see: a rule is never left out silently */
}

static void load(struct program *p, size_t offset)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void give(struct program *p, uint32_t action)
{
	emit(p, BPF_RET | BPF_K, action, 0, 0);
}

/* If the loaded word is k, end with action. */
static void give_if(struct program *p, uint32_t k, uint32_t action)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
	give(p, action);
}

static void give_each(struct program *p, const int *calls, size_t n, uint32_t action)
{
	for (size_t i = 0; i < n; i++)
		give_if(p, (uint32_t)calls[i], action);
}

/* What follows is for one system call; end_call() after its last word, which must give an action. */
static unsigned short begin_call(struct program *p, int nr)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 0);
	return p->n;
}

static void end_call(struct program *p, unsigned short begun)
{
	if (p->n <= FILTER_MAX)
		p->ins[begun - 1].jf = (uint8_t)(p->n - begun);
}

/*
 * A second ABI (i386, x32, arm) would be a way round the rest, its socketcall() can't even be looked into, so
 * it has no system calls at all: 32-bit programs don't run in a node.
 */
static void emit_abi(struct program *p)
{
	load(p, offsetof(struct seccomp_data, arch));
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
	give(p, SECCOMP_RET_ERRNO | ENOSYS);
	load(p, offsetof(struct seccomp_data, nr));
#ifdef X32_BIT
	emit(p, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
	give(p, SECCOMP_RET_ERRNO | ENOSYS);
#endif
}

/*
 * ioctls of a namespace's descriptor: those from 10 on walk from one mount namespace to the next (6.12), and init's,
 * with the host's tree, is one the node's root may enter. ENOTTY is what a kernel without them says.
 */
static void emit_ioctl(struct program *p)
{
	enum { NSFS = 0xb7, FIRST_WALK = 10 };
	unsigned short begun = begin_call(p, SYS_ioctl);

	load(p, offsetof(struct seccomp_data, args[1]));
	emit(p, BPF_ALU | BPF_AND | BPF_K, 0xffff, 0, 0); /* type and number */
	emit(p, BPF_JMP | BPF_JGE | BPF_K, NSFS << 8 | FIRST_WALK, 0, 2);
	emit(p, BPF_JMP | BPF_JGT | BPF_K, NSFS << 8 | 0xff, 1, 0);
	give(p, SECCOMP_RET_ERRNO | ENOTTY);
	give(p, SECCOMP_RET_ALLOW);
	end_call(p, begun);
}

/*
 * mount() only to say how mounts propagate, which unshare(1) -m does first. Whole words are compared: the kernel
 * drops MS_MGC_VAL, which has propagation's bits in it.
 */
static void emit_mount(struct program *p)
{
	static const int harmless[] = {MS_PRIVATE,	  MS_PRIVATE | MS_REC, MS_SLAVE,
				       MS_SLAVE | MS_REC, MS_SHARED,	       MS_SHARED | MS_REC};
	unsigned short begun = begin_call(p, SYS_mount);

	load(p, offsetof(struct seccomp_data, args[3]));
	give_each(p, harmless, ARRAY_SIZE(harmless), SECCOMP_RET_ALLOW);
	give(p, SECCOMP_RET_ERRNO | EPERM);
	end_call(p, begun);
}

/* socket() and socketpair(): only families that end inside the node's network namespace. */
static void emit_families(struct program *p)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET};

	emit(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 2, 0);
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_socketpair, 1, 0);
	give(p, SECCOMP_RET_ALLOW);
	/* the kernel takes the family as an int: the upper half is not looked at */
	load(p, offsetof(struct seccomp_data, args[0]));
	give_each(p, families, ARRAY_SIZE(families), SECCOMP_RET_ALLOW);
	give(p, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/* Shorter addresses are no internet ones: netlink's, which ip(8) and its like bind, is not asked about. */
static void emit_bind(struct program *p)
{
	unsigned short begun = begin_call(p, SYS_bind);

	load(p, offsetof(struct seccomp_data, args[2]));
	emit(p, BPF_JMP | BPF_JGE | BPF_K, sizeof(struct sockaddr_in), 0, 1);
	give(p, SECCOMP_RET_USER_NOTIF);
	give(p, SECCOMP_RET_ALLOW);
	end_call(p, begun);
}

static void build(struct program *p, const struct filter_setup *s, bool notify)
{
	static const int ids[] = {
		SYS_setuid,    SYS_setgid,    SYS_setreuid,  SYS_setregid,
		SYS_setresuid, SYS_setresgid, SYS_setgroups, SYS_setfsuid,
		SYS_setfsgid,  SYS_fchown,    SYS_fchownat,
#ifdef SYS_chown
		SYS_chown,     SYS_lchown,
#endif
	};

	emit_abi(p);
	for (size_t i = 0; i < n_refused_calls; i++)
		give_if(p, (uint32_t)refused_calls[i].nr,
			SECCOMP_RET_ERRNO | (uint32_t)refused_calls[i].code);
	emit_ioctl(p);
	emit_mount(p);
	if (s->fake_ids)
		give_each(p, ids, ARRAY_SIZE(ids), SECCOMP_RET_ERRNO | 0);
	if (notify) {
		if (s->tell_execs) {
			give_if(p, SYS_execve, SECCOMP_RET_USER_NOTIF);
			give_if(p, SYS_execveat, SECCOMP_RET_USER_NOTIF);
		}
		if (s->answer_uname)
			give_if(p, SYS_uname, SECCOMP_RET_USER_NOTIF);
		if (s->tell_sockets)
			give_if(p, SYS_listen, SECCOMP_RET_USER_NOTIF);
		if (s->ask_binds || s->tell_sockets)
			emit_bind(p);
	}
	emit_families(p);
}

static int install(const struct program *p, unsigned long flags)
{
	struct sock_fprog prog = {.len = p->n, .filter = (struct sock_filter *)p->ins};
	long rc;

	if (p->n > FILTER_MAX)
		return -E2BIG;
	rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	return rc < 0 ? -errno : (int)rc;
}

int filter_install(const struct filter_setup *s, int *ret_listener, struct err *err)
{
	const unsigned long listener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	struct program with = {.n = 0}, without = {.n = 0};
	int rc = -ENODATA; /* nothing to ask about */

	if (s->tell_execs || s->tell_sockets || s->answer_uname || s->ask_binds) {
		build(&with, s, true);
		rc = install(&with, listener | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	}
	if (rc == -EINVAL) /* before 5.19 */
		rc = install(&with, listener);
	if (rc >= 0) {
		*ret_listener = rc;
		return 0;
	}
	/* EBUSY: a listener is over us already (WSL's mirrored mode); EINVAL: none in this kernel */
	build(&without, s, false);
	rc = install(&without, 0);
	if (rc < 0)
		return err_sys(err, -rc, "Can't install the system call filter");
	*ret_listener = -1;
	return 0;
}
