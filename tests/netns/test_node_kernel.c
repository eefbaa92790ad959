/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways out of a node through the kernel: other mount namespaces, reboot, memory nobody bounds. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "node_fixture.h"
#include "test_node.h"

static struct lab_node wsl(void)
{
	struct node n = lab_plain("wsl", ROLE_WSL);

	return lab_start(&n);
}

static bool have_perl(void)
{
	return access("/usr/bin/perl", X_OK) == 0; /* perl-base is in every Debian and Ubuntu */
}

/* What root's perl ends with: $! of the expression, 0 where it succeeds. */
static int errno_of(struct lab_node *l, const char *expression)
{
	char line[512];
	struct outcome *o;

	snprintf(line, sizeof(line), "perl -e 'exit((%s) == -1 ? $!+0 : 0)'", expression);
	o = lab_sh(l, "root", line);
	ck_assert_msg(WIFEXITED(o->status), "%s: status %d", expression, o->status);
	return WEXITSTATUS(o->status);
}

static const struct {
	long nr;
	const char *args;
	int code;
} calls[] = {
	{457, "0, 0, 0, 0", ENOSYS}, /* statmount */
	{458, "0, 0, 0, 0", ENOSYS}, /* listmount */
	{470, "0, 0, 0, 0", ENOSYS}, /* listns */
	{SYS_open_by_handle_at, "0, 0, 0", EPERM},
	{SYS_umount2, "(my $s = q(/tmp)), 2", EPERM},
	{SYS_pivot_root, "(my $s = q(/)), (my $s = q(/))", EPERM},
	{SYS_fsopen, "(my $s = q(tmpfs)), 0", EPERM},
	{SYS_fsmount, "0, 0, 0", EPERM},
	{SYS_fspick, "0, (my $s = q(/)), 0", EPERM},
	{SYS_fsconfig, "0, 0, 0, 0, 0", EPERM},
	{SYS_open_tree, "-100, (my $s = q(/)), 1", EPERM},
	{467, "-100, (my $s = q(/)), 1, 0, 0", EPERM}, /* open_tree_attr */
	{SYS_move_mount, "0, (my $s = q()), 0, (my $s = q(/)), 0", EPERM},
	{SYS_mount_setattr, "-100, (my $s = q(/)), 0, 0, 0", EPERM},
	{SYS_shmget, "0, 4096, 512", ENOSYS},
	{SYS_msgget, "0, 512", ENOSYS},
	{SYS_kexec_load, "0, 0, 0, 0", EPERM},
	{SYS_finit_module, "0, (my $s = q()), 0", EPERM},
	{SYS_syslog, "10, 0, 0", EPERM},
	{SYS_bpf, "0, 0, 0", EPERM},
	{SYS_perf_event_open, "0, 0, 0, 0, 0", EPERM},
	{SYS_userfaultfd, "1", EPERM},
};

START_TEST(calls_are_refused)
{
	struct lab_node l = wsl();
	char line[160];

	for (size_t i = 0; have_perl() && i < ARRAY_SIZE(calls); i++) {
		snprintf(line, sizeof(line), "syscall(%ld, %s)", calls[i].nr, calls[i].args);
		ck_assert_msg(errno_of(&l, line) == calls[i].code, "%s: %d", line,
			      errno_of(&l, line));
	}
	lab_stop(&l);
}
END_TEST

/* From one's own mount namespace to the next and the one before, and its description. */
START_TEST(no_other_mount_namespace_is_found)
{
	struct lab_node l = wsl();
	char line[200];

	for (int nr = 10; have_perl() && nr <= 12; nr++) {
		snprintf(line, sizeof(line),
			 "open(F, \"<\", \"/proc/self/ns/mnt\") && syscall(%ld, fileno(F), "
			 "0x8010b7%02x, "
			 "my $b = pack(\"x64\"))",
			 (long)SYS_ioctl, nr);
		ck_assert_int_eq(errno_of(&l, line), ENOTTY);
	}
	/* NS_GET_NSTYPE answers still: lsns(8) and ip(8) ask it */
	snprintf(line, sizeof(line),
		 "open(F, \"<\", \"/proc/self/ns/mnt\") && (syscall(%ld, fileno(F), 0xb703, 0) == "
		 "0x20000 ? 0 : -1)",
		 (long)SYS_ioctl);
	if (have_perl())
		ck_assert_int_eq(errno_of(&l, line), 0);
	lab_stop(&l);
}
END_TEST

START_TEST(reboot_does_not_end_the_node)
{
	struct lab_node l = wsl();
	char line[160];

	/* LINUX_REBOOT_CMD_RESTART, from the root of the node's PID namespace */
	snprintf(line, sizeof(line), "syscall(%ld, 0xfee1dead, 672274793, 0x1234567, 0)",
		 (long)SYS_reboot);
	if (have_perl())
		ck_assert_int_eq(errno_of(&l, line), EPERM);
	ck_assert_int_eq(lab_sh(&l, "root", "true")->status, 0);
	lab_stop(&l);
}
END_TEST

START_TEST(memory_of_files_stays_bounded)
{
	static const char *const attempts[] = {
		"mount -o remount,size=1g /",
		"mount -t tmpfs tmpfs /mnt",
		"mount --bind /tmp /mnt",
		"unshare -m mount -t tmpfs tmpfs /mnt",
		"unshare -rm mount -t tmpfs tmpfs /mnt",
	};
	struct lab_node l = wsl();
	char line[200];

	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		ck_assert_msg(lab_sh(&l, "root", attempts[i])->status != 0, "%s", attempts[i]);
	ck_assert_int_ne(lab_sh(&l, "learner", "unshare -rm mount -t tmpfs t /mnt")->status, 0);
	/* the kernel drops 0xc0ed from the top of the flags, and with it what looks like MS_PRIVATE */
	snprintf(line, sizeof(line),
		 "syscall(%ld, my $t = q(tmpfs), my $m = q(/mnt), $t, 0xc0ed0000, 0)",
		 (long)SYS_mount);
	if (have_perl())
		ck_assert_int_eq(errno_of(&l, line), EPERM);
	ck_assert_int_eq(lab_sh(&l, "root", "unshare -m true && unshare -n true")->status, 0);
	ck_assert_int_eq(lab_sh(&l, "learner", "unshare -rmn true")->status, 0);
	lab_stop(&l);
}
END_TEST

TCase *node_kernel_case(void)
{
	TCase *t = tcase_create("kernel");

	tcase_add_test(t, calls_are_refused);
	tcase_add_test(t, no_other_mount_namespace_is_found);
	tcase_add_test(t, reboot_does_not_end_the_node);
	tcase_add_test(t, memory_of_files_stays_bounded);
	return t;
}
