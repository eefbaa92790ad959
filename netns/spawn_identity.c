/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who a node's programs run as; the learner's user namespace. */
#define _GNU_SOURCE
#include "netns/spawn.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/rootfs.h"

static int write_proc(pid_t pid, const char *name, const char *text, struct err *err)
{
	char path[64];
	auto_fd fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return err_sys(err, errno, "Can't write the learner's %s", name);
	return 0;
}

/*
 * Our own map as an identity: a line may not span two of the parent's, so each of ours becomes one.
 * An identity map gives no capability outside its own namespace.
 */
static int identity_map(const char *name, char *buf, size_t size)
{
	char path[64];
	auto_file f = NULL;
	unsigned inside, outside, count;
	size_t len = 0;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	f = fopen(path, "re");
	buf[0] = '\0';
	while (f && len < size && fscanf(f, "%u %u %u", &inside, &outside, &count) == 3)
		len += (size_t)snprintf(buf + len, size - len, "%u %u %u\n", inside, inside, count);
	return len > 0 && len < size ? 0 : -EINVAL;
}

/* Identity where ids are real, the learner's id over root's where there is one. */
static int write_map(pid_t pid, const char *name, bool range_map, struct err *err)
{
	char map[1024] = "1000 0 1\n";

	if (range_map && identity_map(name, map, sizeof(map)) < 0)
		return err_set(err, ERR_MACHINE, EINVAL, "Can't read the lab's %s", name);
	return write_proc(pid, name, map, err);
}

/* setgroups needs no deny where ids are real: the writer has CAP_SETGID over the parent. */
static int write_maps(pid_t pid, bool range_map, struct err *err)
{
	int rc = range_map ? 0 : write_proc(pid, "setgroups", "deny", err);

	if (rc == 0)
		rc = write_map(pid, "gid_map", range_map, err);
	return rc == 0 ? write_map(pid, "uid_map", range_map, err) : rc;
}

/* The holder of the new namespace: waits for the end of its pipe, then is gone. */
_Noreturn static void hold(int until)
{
	char c;

	/* an undumpable process has no /proc files its parent could open */
	prctl(PR_SET_DUMPABLE, 1);
	while (read(until, &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

int identity_userns(bool range_map, struct err *err)
{
	int go[2];
	auto_fd rd = -1, wr = -1, ns = -1;
	char path[64];
	pid_t pid;
	int rc;

	if (pipe2(go, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	rd = go[0];
	wr = go[1];
	pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		return err_sys(err, errno, "Can't make the learner's user namespace");
	if (pid == 0) {
		close(wr);
		hold(rd);
	}
	rc = write_maps(pid, range_map, err);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	if (rc == 0 && (ns = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		rc = err_sys(err, errno, "Can't open the learner's user namespace");
	fd_closep(&wr);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return rc < 0 ? rc : fd_steal(&ns);
}

/* A node whose passwd was broken still has a root. */
static void broken_root(struct identity *ret)
{
	snprintf(ret->home, sizeof(ret->home), "/root");
	snprintf(ret->shell, sizeof(ret->shell), "/bin/sh");
}

static int look_up(const char *name, struct identity *ret)
{
	struct passwd pw, *found = NULL;
	auto_file f = fopen("/etc/passwd", "re");
	char buf[2048];

	memset(ret, 0, sizeof(*ret));
	while (f && fgetpwent_r(f, &pw, buf, sizeof(buf), &found) == 0 && strcmp(pw.pw_name, name))
		found = NULL;
	if (found) {
		ret->uid = pw.pw_uid;
		ret->gid = pw.pw_gid;
		snprintf(ret->home, sizeof(ret->home), "%s", pw.pw_dir);
		snprintf(ret->shell, sizeof(ret->shell), "%s", pw.pw_shell);
	} else if (!strcmp(name, "root")) {
		broken_root(ret);
	} else {
		return -ENOENT;
	}
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	return 0;
}

int identity_find(const struct spawn_ctx *c, const char *user, struct identity *ret)
{
	bool own = !user[0] || !strcmp(user, c->node->user);
	int rc = look_up(own ? c->node->user : user, ret);

	/* as WSL starts a distribution whose default user is gone: who could else mend it? */
	if (rc < 0 && own && c->node->role == ROLE_WSL)
		rc = look_up("root", ret);
	ret->session = rc == 0 && own;
	return rc;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return -errno;
	return syscall(SYS_capset, &head, none) < 0 ? -errno : 0;
}

/* Real ids: groups first, while we may. */
static int take_ids(const struct identity *id)
{
	gid_t groups[32];
	int n = ARRAY_SIZE(groups);

	if (getgrouplist(id->name, id->gid, groups, &n) < 0)
		n = ARRAY_SIZE(groups);
	if (setgroups((size_t)n, groups) < 0 || setresgid(id->gid, id->gid, id->gid) < 0 ||
	    setresuid(id->uid, id->uid, id->uid) < 0)
		return -errno;
	return 0;
}

int identity_become(const struct spawn_ctx *c, const struct identity *id)
{
	bool learner = id->uid == LEARNER_UID;
	int rc = 0;

	if (id->uid == 0)
		return 0;
	if (learner && (c->learner_userns < 0 || setns(c->learner_userns, CLONE_NEWUSER) < 0))
		return c->learner_userns < 0 ? -ENOENT : -errno;
	/* in a one-uid map there is only the id we have; the learner's namespace calls it 1000 */
	if (c->range_map)
		rc = take_ids(id);
	if (rc == 0)
		rc = drop_capabilities();
	if (rc == 0 && learner && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		rc = -errno;
	return rc;
}
