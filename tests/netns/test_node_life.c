/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node's life: start, programs and their ends, files, the agent's death; and how long five nodes
 * take. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node_fixture.h"
#include "test_node.h"

START_TEST(ready_with_its_descriptors)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);

	ck_assert_int_ge(l.node_socket, 0);
	ck_assert_int_ge(l.etc_dir, 0);
	ck_assert_int_ge(l.wsl_dir, 0);
	ck_assert(l.listener);
	ck_assert_int_eq(faccessat(l.etc_dir, "passwd", F_OK, 0), 0);
	lab_stop(&l);
}
END_TEST

START_TEST(statuses)
{
	struct node n = lab_plain("phone", ROLE_LAN);
	struct lab_node l = lab_start(&n);
	struct outcome *o;

	o = lab_sh(&l, "root", "exit 3");
	ck_assert(WIFEXITED(o->status) && WEXITSTATUS(o->status) == 3);
	o = lab_sh(&l, "root", "kill -9 $$");
	ck_assert(WIFSIGNALED(o->status) && WTERMSIG(o->status) == SIGKILL);
	o = lab_run(&l, "root", (const char *const[]){"no-such-program", NULL});
	ck_assert_int_eq(o->status, -ENOENT);
	o = lab_run(&l, "root", (const char *const[]){"/etc/passwd", NULL});
	ck_assert_int_eq(o->status, -EACCES);
	o = lab_run(&l, "nobody-there", (const char *const[]){"true", NULL});
	ck_assert_int_eq(o->status, -ESRCH);
	lab_stop(&l);
}
END_TEST

START_TEST(identity_and_environment)
{
	struct env_var extra = {(char *)"http_proxy", (char *)"http://p:1"};
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;
	struct outcome *o;

	n.hostname = (char *)"DESKTOP-X";
	n.kernel = (char *)"6.6.87.2-microsoft-standard-WSL2";
	n.env = &extra;
	n.n_env = 1;
	l = lab_start(&n);
	o = lab_sh(&l, "",
		   "id -un; id -u; hostname; pwd; env; cat /proc/version; cat /etc/hostname");
	ck_assert_msg(lab_starts(o, "learner\n1000\nDESKTOP-X\n/home/learner\n"), "%s", o->out);
	ck_assert_ptr_nonnull(strstr(o->out, "WSL_DISTRO_NAME=Ubuntu-24.04\n"));
	ck_assert_ptr_nonnull(strstr(o->out, "WSL_INTEROP=/run/WSL/1_interop\n"));
	ck_assert_ptr_nonnull(strstr(o->out, "http_proxy=http://p:1\n"));
	ck_assert_ptr_nonnull(
		strstr(o->out, "Linux version 6.6.87.2-microsoft-standard-WSL2 (root@"));
	ck_assert_ptr_null(strstr(o->out, "NETDOJO_TEST_SECRET"));
	o = lab_sh(&l, "root", "id -u; env; cat /proc/sys/kernel/osrelease");
	ck_assert(lab_starts(o, "0\n"));
	ck_assert_ptr_null(strstr(o->out, "WSL_DISTRO_NAME"));
	ck_assert_ptr_nonnull(strstr(o->out, "6.6.87.2-microsoft-standard-WSL2\n"));
	lab_stop(&l);
}
END_TEST

START_TEST(the_pid_is_ours)
{
	struct node n = lab_plain("phone", ROLE_LAN);
	struct lab_node l = lab_start(&n);
	struct proc_spawn s = {.argv = (const char *const[]){"sleep", "1000", NULL},
			       .stdio = {-1, -1, -1}};
	uint64_t id = lab_spawn(&l, &s);
	struct proc_event e = lab_wait(&l, PROC_SPAWNED, id);

	ck_assert_int_gt(e.pid, 1);
	ck_assert_int_eq(kill(e.pid, 0), 0);
	ck_assert_int_eq(lab_port.signal(l.proc, id, SIGTERM, NULL), 0);
	e = lab_wait(&l, PROC_EXITED, id);
	ck_assert(WIFSIGNALED(e.status) && WTERMSIG(e.status) == SIGTERM);
	lab_stop(&l);
}
END_TEST

START_TEST(files_of_the_model)
{
	struct file files[] = {
		{(char *)"/mnt/wsl/resolv.conf", (char *)"nameserver 10.255.255.254\n", (char *)"",
		 0644, false},
		{(char *)"/etc/resolv.conf", (char *)"", (char *)"/mnt/wsl/resolv.conf", 0644,
		 false},
		{(char *)"/mnt/c/Users/learner/.wslconfig", (char *)"[wsl2]\n", (char *)"", 0644,
		 false},
		{(char *)"/etc/shells", (char *)"", (char *)"", 0644, true},
	};
	struct file later = {(char *)"/etc/wsl.conf", (char *)"[network]\n", (char *)"", 0600,
			     false};
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;
	struct outcome *o;

	n.files = files;
	n.n_files = 4;
	l = lab_start(&n);
	o = lab_sh(&l, "learner",
		   "readlink /etc/resolv.conf; cat /etc/resolv.conf; ls /etc/shells; "
		   "echo networkingMode=nat >> /mnt/c/Users/learner/.wslconfig && echo wrote");
	ck_assert_msg(lab_starts(o, "/mnt/wsl/resolv.conf\nnameserver 10.255.255.254\n"), "%s",
		      o->out);
	ck_assert_ptr_nonnull(strstr(o->out, "No such file"));
	ck_assert_ptr_nonnull(strstr(o->out, "wrote"));
	ck_assert_int_eq(lab_port.file(l.proc, &later, false, 77, NULL), 0);
	lab_wait(&l, PROC_RESULT, 77);
	o = lab_sh(&l, "root", "stat -c %a /etc/wsl.conf; cat /etc/wsl.conf");
	ck_assert_str_eq(o->out, "600\n[network]\n");
	ck_assert_int_eq(lab_port.file(l.proc, &later, true, 78, NULL), 0);
	lab_wait(&l, PROC_RESULT, 78);
	ck_assert_int_ne(lab_sh(&l, "root", "cat /etc/wsl.conf")->status, 0);
	lab_stop(&l);
}
END_TEST

/* A file of a megabyte with every byte in it, and one that is longer than what it replaces. */
START_TEST(a_program_is_installed)
{
	struct node n = lab_plain("windows", ROLE_WINDOWS);
	struct lab_node l = lab_start(&n);
	auto_fd self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	auto_fd small = memfd_create("small", MFD_CLOEXEC);
	struct stat st;
	char want[64];

	ck_assert_int_eq(fstat(self, &st), 0);
	snprintf(want, sizeof(want), "755 0 %lld\n", (long long)st.st_size);
	ck_assert_int_eq((int)write(small, "#!/bin/sh\necho \"$@\"\n", 21), 21);
	ck_assert_int_eq(lab_port.install(l.proc, small, "/init", 0755, 81, NULL), 0);
	lab_wait(&l, PROC_RESULT, 81);
	ck_assert_str_eq(lab_run(&l, "root", (const char *const[]){"/init", "a", NULL})->out,
			 "a\n");
	ck_assert_int_eq(lab_port.install(l.proc, self, "/init", 0755, 82, NULL), 0);
	lab_wait(&l, PROC_RESULT, 82);
	ck_assert_str_eq(lab_sh(&l, "root", "stat -c '%a %u %s' /init")->out, want);
	ck_assert_int_eq(lab_port.install(l.proc, self, "init", 0755, 83, NULL), 0);
	lab_wait(&l, PROC_FAILED, 83);
	ck_assert_int_ne(lab_sh(&l, "root", "ls -A / | grep new~")->status, 0);
	lab_stop(&l);
}
END_TEST

START_TEST(a_lab_authority_is_trusted)
{
	static const char before[] = "-----BEGIN before-----\n",
			  after[] = "-----BEGIN after-----\n";
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;
	struct outcome *o;

	ck_assert_int_eq(node_port_trust(lab_port.ctx, before, NULL), 0);
	l = lab_start(&n);
	o = lab_sh(&l, "learner", "tail -n1 /etc/ssl/certs/ca-certificates.crt");
	ck_assert_str_eq(o->out, before);
	ck_assert_int_eq(node_port_trust(lab_port.ctx, after, NULL), 0);
	o = lab_sh(&l, "learner",
		   "tail -n2 /etc/ssl/certs/ca-certificates.crt; ls /etc/ssl/certs | wc -l; "
		   "test ! -d /usr/lib/ssl || tail -n1 /usr/lib/ssl/cert.pem");
	ck_assert_msg(lab_starts(o, "-----BEGIN before-----\n-----BEGIN after-----\n1\n"), "%s",
		      o->out);
	if (access("/usr/lib/ssl", F_OK) == 0)
		ck_assert_ptr_nonnull(strstr(o->out, "1\n-----BEGIN after"));
	lab_stop(&l);
}
END_TEST

START_TEST(a_tree_is_shown_and_not_named)
{
	char dir[] = "/tmp/node-tree-XXXXXX", path[64];
	struct tree tree = {dir, (char *)"/opt/tool"};
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;
	struct outcome *o;
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0755), 0);
	snprintf(path, sizeof(path), "%s/hello", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_eq((int)write(fd, "hi\n", 3), 3);
	close(fd);
	n.trees = &tree;
	n.n_trees = 1;
	l = lab_start(&n);
	o = lab_sh(&l, "learner", "cat /opt/tool/hello; cat /proc/self/mountinfo");
	ck_assert(lab_starts(o, "hi\n"));
	ck_assert_msg(!strstr(o->out, "node-tree-"), "%s", o->out);
	ck_assert_int_ne(lab_sh(&l, "root", "echo x > /opt/tool/hello")->status, 0);
	lab_stop(&l);
	unlink(path);
	rmdir(dir);
}
END_TEST

START_TEST(the_agents_death_ends_all)
{
	struct node n = lab_plain("phone", ROLE_LAN);
	struct lab_node l = lab_start(&n);
	struct proc_spawn s = {.argv = (const char *const[]){"sleep", "1000", NULL},
			       .stdio = {-1, -1, -1}};
	struct proc_event e = lab_wait(&l, PROC_SPAWNED, lab_spawn(&l, &s));
	struct pollfd gone = {.fd = (int)syscall(SYS_pidfd_open, e.pid, 0), .events = POLLIN};

	ck_assert_int_ge(gone.fd, 0);
	ck_assert_int_eq(kill(l.agent, SIGKILL), 0);
	e = lab_wait(&l, PROC_GONE, 0);
	ck_assert_int_eq(poll(&gone, 1, 5000), 1);
	close(gone.fd);
	lab_stop(&l);
}
END_TEST

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* Not a bound (the machine may be busy), a number to read in the log. */
START_TEST(five_nodes)
{
	struct node n[5];
	struct lab_node l[5];
	int netns[5];
	double best = 1e9;

	for (int round = 0; round < 5; round++) {
		double from;

		for (int i = 0; i < 5; i++) {
			n[i] = lab_plain(i ? "other" : "wsl", i ? ROLE_OTHER : ROLE_WSL);
			netns[i] = lab_netns();
		}
		from = now_ms();
		for (int i = 0; i < 5; i++)
			l[i] = lab_launch(&n[i], netns[i]);
		for (int i = 0; i < 5; i++)
			lab_ready(&l[i]);
		if (now_ms() - from < best)
			best = now_ms() - from;
		for (int i = 0; i < 5; i++)
			lab_stop(&l[i]);
	}
	printf("five nodes ready in %.1f ms (best of 5)\n", best);
	fflush(stdout);
}
END_TEST

TCase *node_life_case(void)
{
	TCase *t = tcase_create("life");

	tcase_add_test(t, ready_with_its_descriptors);
	tcase_add_test(t, statuses);
	tcase_add_test(t, identity_and_environment);
	tcase_add_test(t, the_pid_is_ours);
	tcase_add_test(t, files_of_the_model);
	tcase_add_test(t, a_program_is_installed);
	tcase_add_test(t, a_lab_authority_is_trusted);
	tcase_add_test(t, a_tree_is_shown_and_not_named);
	tcase_add_test(t, the_agents_death_ends_all);
	tcase_add_test(t, five_nodes);
	return t;
}
