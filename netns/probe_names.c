/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names looked up by a probe wait for answers alone. */
/*
 * Theory of operation. Where a name has several addresses, getaddrinfo() sorts them, and asks netlink for the node's own
 * addresses to do so (glibc's check_pf.c). That dump takes RTNL, which is one lock for all networks of the machine: other labs
 * that end hold it for seconds (cleanup_net, rcu_barrier in br_multicast_dev_del; 6 s seen on Linux 6.18), and a name that was
 * answered at once then counts as one that was not. Without netlink glibc sorts by what connect() chooses, which is all but the rules about
 * deprecated and temporary addresses.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "netns/probe.h"

/* The half of the first argument that holds an int. */
#define FIRST_ARG (offsetof(struct seccomp_data, args[0]) + (__BYTE_ORDER == __BIG_ENDIAN ? 4 : 0))

void probe_names(void)
{
	struct sock_filter ins[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST_ARG),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {.len = ARRAY_SIZE(ins), .filter = ins};

	/* Where it can't be had, names are looked up all the same. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}
