/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-only trees of the host's inside a node: nothing can be changed or reached through one. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "node_fixture.h"
#include "test_node.h"

/* A folder with a file, a listening socket and an empty folder. */
struct sample {
	char dir[64], file[96], sock[96], sub[96];
	int listener;
	struct tree tree;
};

static void sample_make(struct sample *s)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

	strcpy(s->dir, "/tmp/node-tree-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->dir));
	ck_assert_int_eq(chmod(s->dir, 0755), 0);
	snprintf(s->file, sizeof(s->file), "%s/hello", s->dir);
	snprintf(s->sock, sizeof(s->sock), "%s/sock", s->dir);
	snprintf(s->sub, sizeof(s->sub), "%s/sub", s->dir);
	fd = open(s->file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	ck_assert_int_eq((int)write(fd, "hi\n", 3), 3);
	ck_assert_int_eq(fchmod(fd, 0666), 0);
	close(fd);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", s->sock);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(s->listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(chmod(s->sock, 0777), 0);
	ck_assert_int_eq(listen(s->listener, 4), 0);
	ck_assert_int_eq(mkdir(s->sub, 0755), 0);
	s->tree = (struct tree){s->dir, (char *)"/opt/tool"};
}

static void sample_gone(struct sample *s)
{
	close(s->listener);
	unlink(s->file);
	unlink(s->sock);
	rmdir(s->sub);
	rmdir(s->dir);
}

static struct node with_tree(struct sample *s)
{
	struct node n = lab_plain("wsl", ROLE_WSL);

	n.trees = &s->tree;
	n.n_trees = 1;
	return n;
}

START_TEST(a_tree_stays_read_only)
{
	static const char *const attempts[] = {
		"echo x > /opt/tool/hello",
		"rm /opt/tool/hello",
		"touch /opt/tool/new",
		"mount -o remount,rw /opt/tool",
		"mount -o remount,bind,rw /opt/tool",
		"mount -o remount,bind,rw /opt/tool; echo x > /opt/tool/hello",
		"umount /opt/tool",
	};
	struct sample s;
	struct node n;
	struct lab_node l;

	sample_make(&s);
	n = with_tree(&s);
	l = lab_start(&n);
	ck_assert_str_eq(lab_sh(&l, "root", "cat /opt/tool/hello")->out, "hi\n");
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		ck_assert_msg(lab_sh(&l, "root", attempts[i])->status != 0, "%s", attempts[i]);
	ck_assert_str_eq(lab_sh(&l, "root", "cat /opt/tool/hello")->out, "hi\n");
	lab_stop(&l);
	sample_gone(&s);
}
END_TEST

START_TEST(a_trees_socket_is_not_reached)
{
	static const char connect_to[] =
		"perl -e 'socket(S, 1, 1, 0) or exit 1; connect(S, pack(\"S a108\", 1, $ARGV[0])) "
		"and exit 2; exit($!+0)' /opt/tool/sock";
	struct sample s;
	struct node n;
	struct lab_node l;

	sample_make(&s);
	n = with_tree(&s);
	l = lab_start(&n);
	ck_assert_int_eq(lab_sh(&l, "root", "test -S /opt/tool/sock")->status, 0);
	if (access("/usr/bin/perl", X_OK) ==
	    0) /* 111: ECONNREFUSED, nobody listens at this inode */
		ck_assert_int_eq(WEXITSTATUS(lab_sh(&l, "root", connect_to)->status), 111);
	lab_stop(&l);
	sample_gone(&s);
}
END_TEST

START_TEST(a_tree_with_mounts_inside_is_an_error)
{
	struct sample s;
	struct node n;
	struct lab_node l;
	struct proc_event e;

	sample_make(&s);
	ck_assert_int_eq(mount("tmpfs", s.sub, "tmpfs", 0, "size=64k"), 0);
	n = with_tree(&s);
	l = lab_launch(&n, lab_netns());
	e = lab_wait(&l, PROC_GONE, 0);
	ck_assert_ptr_nonnull(strstr(e.err.msg, "another file system is mounted inside it"));
	ck_assert_msg(strstr(e.err.msg, s.sub) != NULL, "%s", e.err.msg);
	ck_assert_ptr_nonnull(strstr(e.err.mend, "unmount"));
	proc_event_done(&e);
	lab_stop(&l);
	umount2(s.sub, MNT_DETACH);
	sample_gone(&s);
}
END_TEST

TCase *node_trees_case(void)
{
	TCase *t = tcase_create("trees");

	tcase_add_test(t, a_tree_stays_read_only);
	tcase_add_test(t, a_trees_socket_is_not_reached);
	tcase_add_test(t, a_tree_with_mounts_inside_is_an_error);
	return t;
}
