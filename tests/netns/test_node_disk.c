/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks: what a node's next generation finds, what it must not follow, and that nothing else is left of the one before. */
#define _GNU_SOURCE
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "node_fixture.h"
#include "test_node.h"

static struct node with_disk(const char *disk)
{
	struct node n = lab_plain("wsl", ROLE_WSL);

	n.disk = (char *)disk;
	return n;
}

static void ok(struct lab_node *l, const char *user, const char *line)
{
	struct outcome *o = lab_sh(l, user, line);

	ck_assert_msg(o->status == 0, "%s: %d\n%s", line, o->status, o->out);
}

START_TEST(own_files_live_on)
{
	static const char *const writes[][2] = {
		{"learner", "echo mine > ~/a && echo alias x=y >> ~/.bashrc && rm ~/.profile"},
		{"root", "echo '10.0.0.1 nas' >> /etc/hosts && echo '[network]' > /etc/wsl.conf"},
		{"root", "rm /etc/networks; mkdir -p /etc/new/sub && echo x > /etc/new/sub/f"},
		{"root",
		 "echo v > /var/lib/v && echo o > /opt/o && echo s > /srv/s && echo r > ~/r"},
		{"root", "rmdir /var/tmp && ln -s /tmp /var/tmp && echo bob:x:1001:1001::/:/bin/sh "
			 ">> /etc/passwd"},
	};
	static const char *const there[] = {
		"test \"$(cat /home/learner/a)\" = mine",
		"test \"$(stat -c %a /home/learner)\" = 750",
		"grep -q 'alias x=y' /home/learner/.bashrc",
		"test ! -e /home/learner/.profile",
		"grep -q nas /etc/hosts && grep -q network /etc/wsl.conf",
		"test ! -e /etc/networks && test -f /etc/new/sub/f",
		"test -f /var/lib/v && test -f /opt/o && test -f /srv/s && test -f /root/r",
		"test -L /var/tmp",
		"test $(grep -c ^learner: /etc/passwd) = 1 && test $(grep -c ^learner: /etc/group) "
		"= 1",
		"grep -q ^bob: /etc/passwd",
		"echo more >> /etc/hosts && echo more >> /var/lib/v",
	};
	struct node n = with_disk("debian");
	struct lab_node l = lab_start(&n);

	for (size_t i = 0; i < ARRAY_SIZE(writes); i++)
		ok(&l, writes[i][0], writes[i][1]);
	for (int generation = 2; generation < 5; generation++) {
		lab_stop(&l);
		l = lab_start(&n);
		for (size_t i = 0; i < ARRAY_SIZE(there); i++)
			ok(&l, "root", there[i]);
		ok(&l, "learner",
		   "test -O ~ && echo again >> ~/a && head -n1 ~/a > ~/b && mv ~/b ~/a");
	}
	lab_stop(&l);
}
END_TEST

START_TEST(the_rest_is_new)
{
	struct file conf = {(char *)"/etc/resolv.conf", (char *)"nameserver 1.1.1.1\n", (char *)"",
			    0644, false};
	struct node n = with_disk("debian");
	struct lab_node l;

	n.files = &conf;
	n.n_files = 1;
	l = lab_start(&n);
	ok(&l, "root", "touch /tmp/x /run/x /mnt/wsl/x /x && echo changed > /etc/resolv.conf");
	lab_stop(&l);
	l = lab_start(&n);
	ok(&l, "root",
	   "test ! -e /tmp/x && test ! -e /run/x && test ! -e /mnt/wsl/x && test ! -e /x");
	ok(&l, "root", "grep -q 1.1.1.1 /etc/resolv.conf");
	ok(&l, "root", "test ! -e /mnt/c");
	ok(&l, "root", "ls -l /var/run | grep -q /run$");
	lab_stop(&l);
	/* a name of its own, and none at all */
	n = with_disk("ubuntu");
	l = lab_start(&n);
	ok(&l, "root", "test ! -e /etc/wsl.conf && ! grep -q 1.1.1.1 /etc/resolv.conf");
	ok(&l, "root", "touch /root/u");
	lab_stop(&l);
	n = with_disk("");
	l = lab_start(&n);
	ok(&l, "root", "test ! -e /root/u && touch /root/e");
	lab_stop(&l);
	l = lab_start(&n);
	ok(&l, "root", "test ! -e /root/e");
	lab_stop(&l);
}
END_TEST

static size_t entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Root of a node leaves links to a folder of the host's wherever the next generation's root is made. */
START_TEST(links_lead_nowhere)
{
	char victim[] = "/tmp/node-victim-XXXXXX", source[] = "/tmp/node-source-XXXXXX", line[512];
	struct tree tree = {source, (char *)"/opt/tool/sub"};
	struct volume volume = {(char *)"v", (char *)"/srv/share/v"};
	struct node n = with_disk("debian");
	struct lab_node l = lab_start(&n);
	size_t before;

	ck_assert_ptr_nonnull(mkdtemp(victim));
	ck_assert_ptr_nonnull(mkdtemp(source));
	ck_assert_int_eq(chmod(source, 0755), 0);
	before = entries(victim);
	snprintf(line, sizeof(line),
		 "rm -rf /home/learner /root/.bashrc /var/tmp /var/run /var/lib /etc/new; "
		 "V=%s; for i in /home/learner /var/tmp /var/run /var/lib /opt/tool /srv/share "
		 "/etc/ssl /etc/new; do rm -rf $i; ln -s $V $i || exit; done; "
		 "for i in /root/.bashrc /root/.profile /etc/passwd /etc/group /etc/hostname; do "
		 "ln -sf $V/${i##*/} $i || exit; done",
		 victim);
	ok(&l, "root", line);
	lab_stop(&l);
	n.trees = &tree;
	n.n_trees = 1;
	n.volumes = &volume;
	n.n_volumes = 1;
	l = lab_start(&n);
	ok(&l, "root", "touch /srv/share/v/x && test -d /opt/tool/sub");
	ck_assert_uint_eq(entries(victim), before);
	lab_stop(&l);
	rmdir(source);
	ck_assert_int_eq(rmdir(victim), 0);
}
END_TEST

static size_t lines_of(const char *path)
{
	auto_file f = fopen(path, "re");
	auto_free char *line = NULL;
	size_t size = 0, n = 0;

	while (f && getline(&line, &size, f) > 0)
		n++;
	return n;
}

/* Processes of this lab, as the fixture's init sees its own children. */
static bool no_children(void)
{
	for (int i = 0; i < 100; i++) {
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			return true;
		usleep(20000);
	}
	return false;
}

START_TEST(generations_leave_nothing)
{
	struct volume c = {(char *)"c", (char *)"/mnt/c"};
	struct node n = with_disk("debian");
	size_t mounts = 0, fds = 0;

	n.volumes = &c;
	n.n_volumes = 1;
	n.interop = true;
	for (int i = 0; i < 8; i++) {
		struct lab_node l = lab_start(&n);

		ok(&l, "learner", "echo $$ > ~/pid; sleep 100 >&- 2>&- & true");
		lab_stop(&l);
		ck_assert(no_children());
		if (!i) {
			/* the disk, the volume, and the pidfd of who is on the disk */
			mounts = lines_of("/proc/self/mountinfo");
			fds = entries("/proc/self/fd");
		}
		ck_assert_uint_eq(lines_of("/proc/self/mountinfo"), mounts);
		ck_assert_uint_eq(entries("/proc/self/fd"), fds);
	}
}
END_TEST

/* What root of a node may leave on its disk, and how often its next generation complains of it. */
static const struct {
	const char *line;
	size_t warnings;
	const char *then; /* what holds in the next generation, as its default user */
} wrecks[] = {
	{"cat /dev/zero > /home/learner/x; cat /dev/zero > /root/x; true", 0,
	 "grep -q 1.1.1.1 /etc/resolv.conf && test $(cat /etc/hostname) = wsl && test -d /mnt/c"},
	{"cat /dev/zero > /etc/x; true", 2, "test $(id -u) = 1000 && rm -f ~/nothing"},
	{"rm -f /etc/resolv.conf && mkdir -p /etc/resolv.conf/a", 1, "test -d /etc/resolv.conf"},
	{"rm -rf /etc/passwd", 0, "test $(id -u) = 0 && echo $PATH | grep -q Windows"},
	{"rm -rf /etc/passwd && mkdir /etc/passwd", 0, "test $(id -u) = 0"},
	{"sed -i /^learner/d /etc/passwd", 0, "test $(id -u) = 0 && test $HOME = /root"},
	{"rm -rf /home/learner; echo x > /home/learner", 0, "test $(pwd) = /"},
	{"echo x > /srv/share", 1, "test -f /srv/share && test -d /mnt/c"},
	{"rm -rf /etc/* /home/* /root/* /var/*; true", 0, "test $(id -u) = 0"},
	{"mkdir /etc/hostname.new~", 1, "test -d /etc/hostname.new~"},
};

/* Nobody could mend a node that can't be started: it is, and says what is amiss. */
START_TEST(any_disk_starts)
{
	struct file conf = {(char *)"/etc/resolv.conf", (char *)"nameserver 1.1.1.1\n", (char *)"",
			    0644, false};
	struct volume volumes[] = {{(char *)"v", (char *)"/srv/share/v"},
				   {(char *)"c", (char *)"/mnt/c"}};
	struct node n = with_disk("debian");
	struct lab_node l;
	struct outcome *o;

	n.files = &conf;
	n.n_files = 1;
	n.volumes = volumes;
	n.n_volumes = ARRAY_SIZE(volumes);
	if (wrecks[_i].warnings == 1 && strstr(wrecks[_i].line, "/srv"))
		n.n_volumes = 0; /* the first is without it, or nothing could be in its way */
	l = lab_start(&n);
	ck_assert_ptr_null(l.warnings);
	lab_sh(&l, "root", wrecks[_i].line);
	lab_stop(&l);
	n.n_volumes = ARRAY_SIZE(volumes);
	l = lab_start(&n);
	ck_assert_msg(json_array_size(l.warnings) == wrecks[_i].warnings, "%s: %zu warnings, %s",
		      wrecks[_i].line, json_array_size(l.warnings),
		      json_string_value(json_array_get(l.warnings, 0)));
	o = lab_sh(&l, "", wrecks[_i].then);
	ck_assert_msg(o->status == 0, "%s: %d\n%s", wrecks[_i].then, o->status, o->out);
	lab_stop(&l);
}
END_TEST

/* Only a default user is replaced. */
START_TEST(an_unknown_user_stays_unknown)
{
	struct node n = with_disk("debian");
	struct lab_node l = lab_start(&n);

	ck_assert_int_lt(lab_sh(&l, "nobody-here", "true")->status, 0);
	lab_stop(&l);
}
END_TEST

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A traced process is no more than a zombie until its tracer looks: its generation can't end. */
START_TEST(a_slow_end_keeps_only_the_next)
{
	const char *const argv[] = {"sleep", "100", NULL};
	struct proc_spawn s = {.argv = argv, .stdio = {-1, -1, -1}};
	struct node n = with_disk("debian"), other = with_disk("ubuntu");
	struct lab_node first = lab_start(&n), second, third, beside;
	struct proc_event e = lab_wait(&first, PROC_SPAWNED, lab_spawn(&first, &s));
	pid_t traced = e.pid;
	struct pollfd ready;
	double began;

	proc_event_done(&e);
	ck_assert_int_eq(ptrace(PTRACE_SEIZE, traced, NULL, NULL), 0);
	began = seconds();
	lab_stop(&first);
	second = lab_launch(&n, lab_netns());
	lab_stop(&second); /* its end does not make the disk free */
	third = lab_launch(&n, lab_netns());
	beside = lab_start(&other);
	ck_assert(seconds() - began < 2);
	ready = (struct pollfd){.fd = lab_port.fd(third.proc), .events = POLLIN};
	ck_assert_int_eq(poll(&ready, 1, 300), 0);
	ck_assert_int_eq(waitpid(traced, NULL, __WALL), traced);
	lab_ready(&third);
	ok(&third, "learner", "echo here > ~/x");
	lab_stop(&third);
	lab_stop(&beside);
}
END_TEST

static void open_plain(void)
{
	lab_open_as((struct node_setup){.no_overlay = true});
}

/* The disk is the same where /etc is a copy, not an overlay. */
TCase *node_disk_case(bool overlay)
{
	TCase *t = tcase_create(overlay ? "disk" : "copied");

	tcase_add_checked_fixture(t, overlay ? lab_open : open_plain, lab_close);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, own_files_live_on);
	tcase_add_test(t, the_rest_is_new);
	tcase_add_test(t, links_lead_nowhere);
	tcase_add_test(t, generations_leave_nothing);
	tcase_add_loop_test(t, any_disk_starts, 0, ARRAY_SIZE(wrecks));
	tcase_add_test(t, an_unknown_user_stays_unknown);
	tcase_add_test(t, a_slow_end_keeps_only_the_next);
	return t;
}
