/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of system calls no program of a node has, and why. */
#define _GNU_SOURCE
#include "netns/seccomp_refused.h"

#include <errno.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

/* Newer than Debian 12's headers; numbers from 424 on are the same on every machine but alpha. */
#ifndef SYS_statmount
#define SYS_statmount 457 /* 6.8 */
#define SYS_listmount 458
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467 /* 6.15 */
#endif
#ifndef SYS_listns
#define SYS_listns 470 /* 6.19 */
#endif

const struct refused_call refused_calls[] = {
	/* opens sockets without socket() */
	{SYS_io_uring_setup, ENOSYS},
	{SYS_io_uring_enter, ENOSYS},
	{SYS_io_uring_register, ENOSYS},
	/* keyrings are the host user's, in no namespace */
	{SYS_add_key, ENOSYS},
	{SYS_request_key, ENOSYS},
	{SYS_keyctl, ENOSYS},
	/*
	 * Init's mount namespace is the host's tree and owned by the user namespace the node's root has
	 * power over: these would list it, and a handle of nsfs (6.18) would open it.
	 */
	{SYS_statmount, ENOSYS},
	{SYS_listmount, ENOSYS},
	{SYS_listns, ENOSYS},
	{SYS_open_by_handle_at, EPERM},
	/* new file systems are memory nothing bounds; mount(2) itself is looked into */
	{SYS_umount2, EPERM},
	{SYS_pivot_root, EPERM},
	{SYS_fsopen, EPERM},
	{SYS_fsconfig, EPERM},
	{SYS_fsmount, EPERM},
	{SYS_fspick, EPERM},
	{SYS_move_mount, EPERM},
	{SYS_open_tree, EPERM},
	{SYS_open_tree_attr, EPERM},
	{SYS_mount_setattr, EPERM},
	/* memory that outlives the program that filled it, so that ending programs does not free it */
	{SYS_shmget, ENOSYS},
	{SYS_msgget, ENOSYS},
	/* from the root of a PID namespace it ends the whole of it, and the attempt with it */
	{SYS_reboot, EPERM},
	/* the machine's own: refused by the kernel too, for want of the host's capabilities */
	{SYS_kexec_load, EPERM},
#ifdef SYS_kexec_file_load
	{SYS_kexec_file_load, EPERM},
#endif
	{SYS_init_module, EPERM},
	{SYS_finit_module, EPERM},
	{SYS_delete_module, EPERM},
	/* the host's kernel log, where kernel.dmesg_restrict is 0 */
	{SYS_syslog, EPERM},
	/* ways into the kernel that no tool of a network needs; as with the sysctls that close them */
	{SYS_bpf, EPERM},
	{SYS_perf_event_open, EPERM},
	{SYS_userfaultfd, EPERM},
};
const size_t n_refused_calls = ARRAY_SIZE(refused_calls);
