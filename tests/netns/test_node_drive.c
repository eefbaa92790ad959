/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes, Windows' drive, and its programs as WSL runs them: by binfmt_misc and as scripts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "node_fixture.h"
#include "test_node.h"

static struct volume drive = {(char *)"c", (char *)"/mnt/c"};

static struct node wsl(void)
{
	struct node n = lab_plain("wsl", ROLE_WSL);

	n.volumes = &drive;
	n.n_volumes = 1;
	n.interop = true;
	n.disk = (char *)"debian";
	return n;
}

static struct node windows(void)
{
	struct node n = lab_plain("windows", ROLE_WINDOWS);

	n.volumes = &drive;
	n.n_volumes = 1;
	return n;
}

static void says(struct lab_node *l, const char *user, const char *line, const char *want)
{
	struct outcome *o = lab_sh(l, user, line);

	ck_assert_msg(!strcmp(o->out, want), "%s says\n%s\nnot\n%s", line, o->out, want);
}

START_TEST(a_volume_is_shared)
{
	struct node a = wsl(), b = windows();
	struct lab_node w = lab_start(&a), x = lab_start(&b);

	says(&w, "learner", "echo '[wsl2]' > /mnt/c/Users/learner/.wslconfig; echo $?", "0\n");
	says(&x, "root", "cat /mnt/c/Users/learner/.wslconfig", "[wsl2]\n");
	/* as Windows' programs write: for everybody */
	says(&x, "root", "umask 0; echo x > /mnt/c/Users/learner/Desktop/x; echo $?", "0\n");
	says(&w, "learner", "cd /mnt/c/Users/learner/Desktop; echo y >> x; cat x; rm x; ls",
	     "x\ny\n");
	lab_stop(&w);
	w = lab_start(&a);
	says(&w, "learner", "cat /mnt/c/Users/learner/.wslconfig", "[wsl2]\n");
	lab_stop(&w);
	lab_stop(&x);
	x = lab_start(&b);
	says(&x, "root", "cat /mnt/c/Users/learner/.wslconfig", "[wsl2]\n");
	lab_stop(&x);
}
END_TEST

START_TEST(a_volume_has_its_bounds)
{
	static const char *const refused[] = {
		"head -c 40000000 /dev/zero > big",
		"for i in $(seq 9000); do : > f$i || exit 1; done",
		"chmod u+s x && cp /usr/bin/id . && chown 0 id",
		"echo x > /mnt/c/Windows/System32/ipconfig.exe",
		"rm -f /mnt/c/Windows/System32/ipconfig.exe",
		"mv /mnt/c/Windows /mnt/c/w",
	};
	struct node n = wsl();
	struct lab_node l = lab_start(&n);
	char line[256];

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		snprintf(line, sizeof(line),
			 "mkdir -p ~c; cd /mnt/c/Users/learner; ( %s ) 2>/dev/null", refused[i]);
		/* one id: the learner is who owns everything */
		if (i < 3 || lab_is_range())
			ck_assert_msg(lab_sh(&l, "learner", line)->status != 0, "%s", refused[i]);
		lab_sh(&l, "root",
		       "cd /mnt/c/Users/learner; rm -f big id; find . -name 'f*' -delete");
	}
	says(&l, "learner", "echo x > /mnt/c/Users/learner/x; echo $?", "0\n");
	says(&l, "root",
	     "grep -o 'nosuid,nodev.*tmpfs C:.*' /proc/self/mountinfo | grep -c size=32768k",
	     "1\n");
	lab_stop(&l);
}
END_TEST

/* Every program of the table is a command for the learner, at its full path for root. */
START_TEST(the_drive_is_windows)
{
	static const char *const names[] = {
		"ipconfig",   "netsh",	  "route",    "ROUTE", "arp",	     "ARP",
		"netstat",    "NETSTAT",  "ping",     "PING",  "tracert",    "TRACERT",
		"pathping",   "PATHPING", "nslookup", "curl",  "hostname",   "HOSTNAME",
		"systeminfo", "getmac",	  "cmd",      "wsl",   "hnsdiag",    "notepad",
		"where",      "findstr",  "find",     "sc",    "net",	     "tasklist",
		"timeout",    "whoami",	  "more",     "sort",  "powershell", "explorer",
	};
	struct node n = wsl();
	struct lab_node l = lab_start(&n);
	char line[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *ext = names[i][0] >= 'a' ? "exe" : "EXE";

		snprintf(line, sizeof(line), "command -v %s.%s", names[i], ext);
		ck_assert_msg(lab_sh(&l, "learner", line)->status == 0, "%s", line);
	}
	says(&l, "learner", "ls /mnt/c",
	     "Program Files\nProgram Files (x86)\nProgramData\nUsers\nWindows\n");
	says(&l, "learner", "stat -c %U:%a /mnt/c/Users/learner /mnt/c/Users/learner/Documents",
	     "learner:777\nlearner:777\n");
	says(&l, "learner", "stat -c %a /mnt/c/Windows/System32/ipconfig.exe", "755\n");
	says(&l, "root",
	     "test /mnt/c/Windows/System32/PING.EXE -ef /mnt/c/Windows/explorer.exe; echo $?",
	     "0\n");
	says(&l, "root", "grep -c localhost /mnt/c/Windows/System32/drivers/etc/hosts", "3\n");
	lab_stop(&l);
}
END_TEST

/* Whether this kernel lets a user namespace have a binfmt_misc: asked as no code of ours asks it. */
static bool kernel_can(void)
{
	bool can;

	if (access("/proc/sys/fs/binfmt_misc", F_OK) < 0)
		return false;
	can = mount("none", "/tmp", "binfmt_misc", 0, NULL) == 0;
	if (can)
		umount("/tmp");
	return can;
}

static void run_as(struct lab_node *l, const char *how)
{
	char want[256];

	snprintf(want, sizeof(want), "%s|/init|/mnt/c/Windows/system32/ipconfig.exe|%s/all|a b\n",
		 how, !strcmp(how, "binfmt") ? "ipconfig.exe|" : "");
	says(l, "learner", "ipconfig.exe /all 'a b'", want);
	snprintf(want, sizeof(want), "%s|/init|/mnt/c/Windows/System32/cmd.exe%s\n", how,
		 !strcmp(how, "binfmt") ? "|/mnt/c/Windows/System32/cmd.exe" : "");
	says(l, "root", "/mnt/c/Windows/System32/cmd.exe", want);
	ck_assert_int_eq(WEXITSTATUS(lab_sh(l, "learner", "cmd.exe a")->status),
			 !strcmp(how, "binfmt") ? 4 : 3);
}

START_TEST(programs_run_by_binfmt)
{
	const char *how = kernel_can() ? "binfmt" : "plain";
	struct node n = wsl(), plain = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;

	for (int generation = 0; generation < 3; generation++) {
		l = lab_start(&n);
		run_as(&l, how);
		if (!strcmp(how, "binfmt")) {
			says(&l, "learner", "cat /proc/sys/fs/binfmt_misc/WSLInterop",
			     "enabled\ninterpreter /init\nflags: PF\noffset 0\nmagic 4d5a\n");
			says(&l, "root",
			     "echo -1 2>/dev/null > /proc/sys/fs/binfmt_misc/WSLInterop; "
			     "echo :x:M::ELF::/init: 2>/dev/null > "
			     "/proc/sys/fs/binfmt_misc/register; ls /proc/sys/fs/binfmt_misc",
			     "WSLInterop\nregister\nstatus\n");
		}
		says(&l, "root", "wslinfo -n", "plain|wslinfo|-n\n");
		says(&l, "root", "readlink /usr/bin/wslpath || readlink /usr/local/bin/wslpath",
		     "/init\n");
		lab_stop(&l);
	}
	/* without interop there is /init for wslinfo, and no way for it to be run by a name */
	l = lab_start(&plain);
	says(&l, "learner", "wslinfo; ls /proc/sys/fs/binfmt_misc", "plain|wslinfo\n");
	lab_stop(&l);
}
END_TEST

START_TEST(programs_run_as_scripts)
{
	struct node n = wsl();
	struct lab_node l = lab_start(&n);

	run_as(&l, "plain");
	says(&l, "learner", "head -n1 /mnt/c/Windows/explorer.exe; ls /proc/sys/fs/binfmt_misc",
	     "#!/init\n");
	lab_stop(&l);
}
END_TEST

static void open_binfmt(void)
{
	lab_open_as((struct node_setup){.guest_dir = INTERPRETER_DIR});
}

static void open_scripts(void)
{
	lab_open_as((struct node_setup){
		.guest_dir = INTERPRETER_DIR, .no_binfmt = true, .no_overlay = true});
}

TCase *node_drive_case(void)
{
	TCase *t = tcase_create("drive");

	tcase_add_test(t, a_volume_is_shared);
	tcase_add_test(t, a_volume_has_its_bounds);
	tcase_add_test(t, the_drive_is_windows);
	return t;
}

TCase *node_interop_case(bool scripts)
{
	TCase *t = tcase_create(scripts ? "scripts" : "binfmt");

	tcase_add_checked_fixture(t, scripts ? open_scripts : open_binfmt, lab_close);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, scripts ? programs_run_as_scripts : programs_run_by_binfmt);
	return t;
}
