/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terminals of a node, and sudo on one and without one. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "node_fixture.h"
#include "test_node.h"

struct session {
	struct lab_node *node;
	uint64_t id;
	int master;
};

static struct session open_session(struct lab_node *l, const char *user, const char *const *argv)
{
	struct proc_spawn s = {.argv = argv,
			       .user = user,
			       .tty = true,
			       .rows = 30,
			       .cols = 100,
			       .stdio = {-1, -1, -1}};
	struct session out = {.node = l, .id = lab_spawn(l, &s)};
	struct proc_event e = lab_wait(l, PROC_SPAWNED, out.id);

	ck_assert_int_ge(e.pty, 0);
	out.master = e.pty;
	fcntl(out.master, F_SETFL, O_NONBLOCK);
	return out;
}

static void type(const struct session *s, const char *keys)
{
	ck_assert_int_eq((int)write(s->master, keys, strlen(keys)), (int)strlen(keys));
}

/* Reads until text was printed. */
static void await(const struct session *s, const char *text)
{
	char buf[8192];
	size_t len = 0;

	for (;;) {
		ssize_t n = read(s->master, buf + len, sizeof(buf) - 1 - len);

		len += n > 0 ? (size_t)n : 0;
		buf[len] = '\0';
		if (strstr(buf, text))
			return;
		lab_idle(s->node, s->master);
	}
}

static struct outcome *finish(struct session *s)
{
	struct outcome *o = lab_collect(s->node, s->id, s->master);

	close(s->master);
	return o;
}

START_TEST(the_terminal_is_ours)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);
	struct session s = open_session(&l, "learner",
					(const char *const[]){"sh", "-c",
							      "tty; stty size; ps -o tty= -p $$; "
							      "echo to-tty > /dev/tty",
							      NULL});
	struct outcome *o = finish(&s);

	ck_assert_msg(lab_starts(o, "/dev/pts/0\r\n30 100\r\npts/0"), "%s", o->out);
	ck_assert_ptr_nonnull(strstr(o->out, "to-tty"));
	ck_assert_int_eq(o->status, 0);
	lab_stop(&l);
}
END_TEST

START_TEST(ctrl_c_reaches_the_foreground)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);
	struct session s = open_session(&l, "learner", (const char *const[]){"cat", NULL});
	struct outcome *o;

	type(&s, "\003");
	o = finish(&s);
	ck_assert(WIFSIGNALED(o->status) && WTERMSIG(o->status) == SIGINT);
	lab_stop(&l);
}
END_TEST

START_TEST(job_control_in_a_shell)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);
	struct session s =
		open_session(&l, "learner", (const char *const[]){"bash", "--norc", "-i", NULL});
	struct outcome *o;

	type(&s, "sleep 1000 &\nkill %1; wait %1; echo was=$?\nexit 5\n");
	o = finish(&s);
	ck_assert_msg(strstr(o->out, "was=143"), "%s", o->out);
	ck_assert_ptr_null(strstr(o->out, "no job control"));
	ck_assert_int_eq(WEXITSTATUS(o->status), 5);
	lab_stop(&l);
}
END_TEST

START_TEST(sudo_without_a_terminal)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);
	struct outcome *o;

	o = lab_sh(&l, "learner",
		   "sudo id -u; sudo sh -c 'exit 7'; echo $?; sudo sh -c 'kill -9 $$'; echo $?");
	ck_assert_str_eq(o->out, "0\n7\n137\n");
	o = lab_sh(&l, "learner",
		   "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf; cat /etc/resolv.conf");
	ck_assert_str_eq(o->out, "nameserver 8.8.8.8\nnameserver 8.8.8.8\n");
	o = lab_sh(&l, "learner",
		   "sudo no-such-thing; echo $?; sudo -v; sudo -k; echo $?; sudo; echo $?");
	ck_assert(lab_starts(o, "sudo: no-such-thing: command not found\n1\n0\nusage: sudo -h"));
	o = lab_sh(
		&l, "learner",
		"cd /tmp; A=1 sudo B=2 sh -c 'pwd; echo $A.$B.$SUDO_USER.$HOME.$WSL_DISTRO_NAME'; "
		"A=1 sudo -E sh -c 'echo $A.$HOME'; sudo -nu learner id -un; sudo -i pwd; "
		"sudo -s echo 'a  b'; sudo -x; echo $?");
	ck_assert_msg(lab_starts(o, "/tmp\n.2.learner./root.\n1./root\nlearner\n/root\na  b\n"
				    "sudo: invalid option -- 'x'\n"),
		      "%s", o->out);
	o = lab_sh(&l, "learner", "sudo ip addr add 10.1.2.3/24 dev lo && ip -4 addr show lo");
	ck_assert_ptr_nonnull(strstr(o->out, "10.1.2.3/24"));
	o = lab_sh(&l, "root", "sudo id -u; sudo sh -c 'exit 4'; echo $?");
	ck_assert_str_eq(o->out, "0\n4\n");
	o = lab_sh(&l, "learner",
		   "wslinfo --networking-mode; wslinfo -n --version; wslinfo; echo $?");
	ck_assert(lab_starts(o, "nat\n2.5.9.0wslinfo usage"));
	lab_stop(&l);
}
END_TEST

START_TEST(sudo_on_a_terminal)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);
	struct session s = open_session(
		&l, "learner",
		(const char *const[]){"sh", "-c",
				      "sudo sh -c 'tty; stty size; read x; echo got=$x; "
				      "exit 9'; echo st=$?; stty -a",
				      NULL});
	struct outcome *o;

	type(&s, "typed\n");
	o = finish(&s);
	ck_assert_msg(strstr(o->out, "/dev/pts/1\r\n") && strstr(o->out, "30 100\r\n"), "%s",
		      o->out);
	ck_assert_ptr_nonnull(strstr(o->out, "got=typed"));
	ck_assert_ptr_nonnull(strstr(o->out, "st=9"));
	/* and the terminal is as it was */
	ck_assert_ptr_nonnull(strstr(o->out, " icanon"));
	ck_assert_ptr_nonnull(strstr(o->out, " echo "));
	lab_stop(&l);
}
END_TEST

/* tee's only descriptor on the terminal is stderr, which it closes before it exits. */
START_TEST(sudo_in_a_pipe_keeps_the_status)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);
	struct session s = open_session(
		&l, "learner",
		(const char *const[]){
			"sh", "-c",
			"for i in $(seq 50); do echo x | sudo tee /dev/null >/dev/null || "
			"echo bad=$?; done; echo x | sudo sh -c 'exec 2>&-; : </dev/tty; "
			"echo again >/dev/tty; exit 3' >/dev/null; echo st=$?",
			NULL});
	struct outcome *o = finish(&s);

	ck_assert_ptr_null(strstr(o->out, "bad="));
	ck_assert_msg(strstr(o->out, "again") && strstr(o->out, "st=3\r\n"), "%s", o->out);
	lab_stop(&l);
}
END_TEST

START_TEST(sudo_passes_ctrl_c)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);
	struct session s = open_session(
		&l, "learner",
		(const char *const[]){
			"sh", "-c",
			"trap '' INT; sudo sh -c \"echo rea''dy; exec cat\"; echo st=$?; stty -a",
			NULL});
	struct outcome *o;

	/* said by the command on its own terminal, so ours is raw by now */
	await(&s, "ready");
	type(&s, "\003");
	o = finish(&s);
	ck_assert_msg(strstr(o->out, "st=130"), "%s", o->out);
	ck_assert_ptr_nonnull(strstr(o->out, " icanon"));
	lab_stop(&l);
}
END_TEST

TCase *node_terminal_case(void)
{
	TCase *t = tcase_create("terminal");

	tcase_add_test(t, the_terminal_is_ours);
	tcase_add_test(t, ctrl_c_reaches_the_foreground);
	tcase_add_test(t, job_control_in_a_shell);
	tcase_add_test(t, sudo_without_a_terminal);
	tcase_add_test(t, sudo_on_a_terminal);
	tcase_add_test(t, sudo_in_a_pipe_keeps_the_status);
	tcase_add_test(t, sudo_passes_ctrl_c);
	return t;
}
