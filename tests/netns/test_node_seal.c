/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node must not let out or in: the agent's memory, the host's files and kernel, other socket
 * families. */
#define _GNU_SOURCE
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node_fixture.h"
#include "test_node.h"

#define HAVE(program)                                                                              \
	(access("/usr/bin/" program, X_OK) == 0 || access("/usr/sbin/" program, X_OK) == 0)

static struct lab_node wsl(void)
{
	struct node n = lab_plain("wsl", ROLE_WSL);

	return lab_start(&n);
}

static void refused(struct lab_node *l, const char *user, const char *line)
{
	struct outcome *o = lab_sh(l, user, line);

	ck_assert_msg(o->status != 0, "as %s, this was let through: %s\n%s", user, line, o->out);
}

START_TEST(the_agent_is_closed)
{
	static const char *const users[] = {"root", "learner"};
	struct lab_node l = wsl();

	for (size_t i = 0; i < ARRAY_SIZE(users); i++) {
		refused(&l, users[i], "cat /proc/1/environ");
		refused(&l, users[i], "head -c1 /proc/1/mem");
		refused(&l, users[i], "cat /proc/1/maps");
		refused(&l, users[i], "readlink /proc/1/exe");
		refused(&l, users[i], "readlink /proc/1/cwd");
		refused(&l, users[i], "ls /proc/1/fd");
		refused(&l, users[i], "ls /proc/1/root/");
		refused(&l, users[i], "nsenter -t 1 -m true");
		refused(&l, users[i], "kill -0 1 && kill -9 1 && ! kill -0 1");
#ifdef __x86_64__
		/* PTRACE_ATTACH and PTRACE_SEIZE; perl-base is in every Debian and Ubuntu */
		if (HAVE("perl")) {
			refused(&l, users[i], "perl -e 'exit(syscall(101, 16, 1, 0, 0) == -1)'");
			refused(&l, users[i],
				"perl -e 'exit(syscall(101, 0x4206, 1, 0, 0) == -1)'");
		}
#endif
	}
	ck_assert_int_eq(lab_sh(&l, "root", "true")->status, 0);
	lab_stop(&l);
}
END_TEST

START_TEST(the_hosts_kernel_is_closed)
{
	struct lab_node l = wsl();

	refused(&l, "root", "echo '|/tmp/x' > /proc/sys/kernel/core_pattern");
	refused(&l, "root", "echo 1 > /proc/sys/vm/drop_caches");
	refused(&l, "root", "echo b > /proc/sysrq-trigger");
	refused(&l, "root", "echo x > /usr/bin/x");
	refused(&l, "root", "mount -o remount,rw /usr");
	refused(&l, "root", "mount -o remount,bind,rw /usr && echo x > /usr/bin/x");
	refused(&l, "root", "echo x > /sys/kernel/uevent_helper");
	refused(&l, "root", "mknod /tmp/mem c 1 1");
	refused(&l, "root", "hwclock --set --date '2000-01-01' || date -s 2000-01-01");
	refused(&l, "learner", "ip link add d0 type dummy");
	refused(&l, "learner", "ip addr add 10.0.0.1/8 dev lo");
	refused(&l, "learner", "echo 1 > /proc/sys/net/ipv4/ip_forward");
	refused(&l, "learner", "unshare -r ip link set lo up");
	ck_assert_int_eq(
		lab_sh(&l, "root",
		       "ip addr add 10.0.0.1/8 dev lo && echo 1 > /proc/sys/net/ipv4/ip_forward")
			->status,
		0);
	if (lab_is_range()) {
		refused(&l, "learner", "echo x > /etc/resolv.conf");
		refused(&l, "learner", "cat /root/.bashrc");
	}
	lab_stop(&l);
}
END_TEST

START_TEST(only_inside_families)
{
	static const int inside[] = {1, 2, 10, 16}; /* unix, inet, inet6, netlink */
	static const int outside[] = {3, 4, 5, 9, 15, 21, 24, 29, 30, 31, 38, 40, 41, 44};
	struct lab_node l = wsl();
	char line[128];

	if (!HAVE("perl")) {
		lab_stop(&l);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(inside); i++) {
		snprintf(line, sizeof(line), "perl -e 'exit(!socket(S, %d, 2, 0))'", inside[i]);
		ck_assert_msg(lab_sh(&l, "root", line)->status == 0, "family %d", inside[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		/* 97: EAFNOSUPPORT */
		snprintf(line, sizeof(line), "perl -e 'socket(S, %d, 1, 0); exit($!+0)'",
			 outside[i]);
		ck_assert_msg(WEXITSTATUS(lab_sh(&l, "root", line)->status) == 97, "family %d",
			      outside[i]);
	}
	ck_assert_int_eq(lab_sh(&l, "root", "perl -e 'exit(!socket(S, 17, 3, 768))'")->status, 0);
#ifdef __x86_64__
	/* io_uring_setup: ENOSYS; it would open sockets past the filter */
	ck_assert_int_eq(
		WEXITSTATUS(lab_sh(&l, "root", "perl -e 'syscall(425, 1, 0); exit($!+0)'")->status),
		38);
	/* the x32 socket() */
	ck_assert_int_eq(WEXITSTATUS(lab_sh(&l, "root",
					    "perl -e 'syscall(0x40000029, 40, 1, 0); exit($!+0)'")
					     ->status),
			 38);
#endif
	lab_stop(&l);
}
END_TEST

/* The whole view: mounts, arguments, environments, and the names of all files that are not the
 * host's /usr. */
static const char view[] = "cat /proc/self/mountinfo /proc/mounts; cat /proc/[0-9]*/cmdline "
			   "/proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; "
			   "find / -xdev -path /proc -prune -o -print 2>/dev/null; find /etc /run "
			   "/mnt /dev 2>/dev/null; "
			   "grep -rs . /etc/hostname /etc/hosts /root /home /run /tmp /var "
			   "2>/dev/null; ls -la /usr/local /opt /mnt; "
			   "strings -a /usr/bin/sudo /usr/bin/dojo /usr/bin/wslinfo 2>/dev/null || "
			   "cat /usr/bin/sudo /usr/bin/dojo | tr -c '[:print:]' '\\n'";

START_TEST(nothing_names_the_host)
{
	struct passwd *pw = getpwuid(getuid() ? getuid() : 0);
	const char *home = getenv("HOME");
#ifndef __SANITIZE_ADDRESS__ /* it puts source paths into the guest programs */
	const char *source = getenv("NETDOJO_SOURCE");
#endif
	char exe[PATH_MAX] = "";
	struct lab_node l = wsl();
	struct outcome *o;

	(void)pw;
	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0)
		dirname(exe);
	for (int root = 0; root < 2; root++) {
		o = lab_sh(&l, root ? "root" : "learner", view);
		ck_assert_ptr_nonnull(strstr(o->out, "/etc/passwd"));
#ifndef __SANITIZE_ADDRESS__
		if (exe[0])
			ck_assert_msg(!strstr(o->out, exe), "the view names %s", exe);
		if (source)
			ck_assert_msg(!strstr(o->out, source), "the view names %s", source);
#endif
		/* root's home is /root in every system */
		if (home && strcmp(home, "/root") && strcmp(home, "/"))
			ck_assert_msg(!strstr(o->out, home), "the view names %s", home);
		ck_assert_ptr_null(strstr(o->out, "NETDOJO_TEST_SECRET"));
	}
	lab_stop(&l);
}
END_TEST

START_TEST(limits_hold)
{
	struct lab_node l = wsl();
	struct outcome *o;

	refused(&l, "root", "head -c 100000000 /dev/zero > /tmp/fill");
	ck_assert_int_eq(lab_sh(&l, "root", "rm /tmp/fill")->status, 0);
	refused(&l, "root", "mkdir /tmp/i && cd /tmp/i && seq 20000 | xargs touch 2>/dev/null");
	o = lab_sh(&l, "learner", "cat /proc/self/oom_score_adj; ulimit -Hc; ulimit -u");
	ck_assert_msg(lab_starts(o, "500\n"), "%s", o->out);
	refused(&l, "learner", "ulimit -c unlimited");
	lab_stop(&l);
}
END_TEST

START_TEST(the_learner_stays_one)
{
	struct lab_node l = wsl();
	struct outcome *o =
		lab_sh(&l, "learner", "grep -E '^(CapPrm|CapEff|NoNewPrivs)' /proc/self/status");

	ck_assert_str_eq(o->out,
			 "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
	lab_stop(&l);
}
END_TEST

TCase *node_seal_case(void)
{
	TCase *t = tcase_create("seal");

	tcase_add_test(t, the_agent_is_closed);
	tcase_add_test(t, the_hosts_kernel_is_closed);
	tcase_add_test(t, only_inside_families);
	tcase_add_test(t, nothing_names_the_host);
	tcase_add_test(t, limits_hold);
	tcase_add_test(t, the_learner_stays_one);
	return t;
}
