/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's user namespace. */
/*
 * Theory of operation. Two pipes join parent and child. The child reads "mapped": a byte, the kind
 * of map; at EOF (the parent was killed, or could not map) it exits, so a kill -9 at any instant
 * leaves nothing. Then it tries one privileged call and writes its errno to "proved". After that
 * the two are on their own.
 */
#define _GNU_SOURCE
#include "netns/userns.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/cleanup.h"

enum {
	NAMESPACES = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
		     CLONE_NEWUTS | CLONE_NEWCGROUP
};

struct pipes {
	int mapped[2], proved[2];
};

static void pipes_close(struct pipes *p)
{
	fd_closep(&p->mapped[0]);
	fd_closep(&p->mapped[1]);
	fd_closep(&p->proved[0]);
	fd_closep(&p->proved[1]);
}
#define auto_pipes nd_cleanup(pipes_close) struct pipes

static ssize_t read_byte(int fd, unsigned char *ret)
{
	ssize_t n;

	do
		n = read(fd, ret, 1);
	while (n < 0 && errno == EINTR);
	return n;
}

/*
 * Ubuntu's AppArmor lets an unprivileged program have a user namespace but denies every capability
 * in it; the credentials look whole, so only a call that needs one tells.
 */
static int prove_power(void)
{
	return sethostname("lab", 3) < 0 ? errno : 0;
}

static int child(struct pipes *p, userns_main init_main, void *arg)
{
	unsigned char kind, code;

	fd_closep(&p->mapped[1]);
	fd_closep(&p->proved[0]);
	if (read_byte(p->mapped[0], &kind) != 1)
		return 1;
	code = (unsigned char)prove_power();
	if (write(p->proved[1], &code, 1) != 1 || code)
		return 1;
	pipes_close(p);
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return 1;
	return init_main((enum idmap_kind)kind, arg);
}

/* Maps, says so, and hears whether init has power. */
static int bring_up(struct pipes *p, pid_t pid, enum idmap_kind *ret_map, struct err *err)
{
	unsigned char byte, code = EIO;
	enum idmap_kind map;
	int rc = idmap_write(pid, &map, err);

	if (rc < 0)
		return userns_explain(USERNS_MAP, -rc, err);
	byte = (unsigned char)map;
	if (write(p->mapped[1], &byte, 1) != 1)
		return err_sys(err, errno, "Can't reach the lab's init");
	if (read_byte(p->proved[0], &code) != 1)
		return err_set(err, ERR_MACHINE, EIO, "The lab's init died at birth");
	if (code)
		return userns_explain(USERNS_POWER, code, err);
	if (ret_map)
		*ret_map = map;
	return 0;
}

static int open_pipes(struct pipes *p, struct err *err)
{
	if (pipe2(p->mapped, O_CLOEXEC) < 0 || pipe2(p->proved, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	return 0;
}

int userns_clone(userns_main init_main, void *arg, pid_t *ret_pid, enum idmap_kind *ret_map,
		 struct err *err)
{
	auto_pipes p = {{-1, -1}, {-1, -1}};
	pid_t pid;
	int rc = open_pipes(&p, err);

	if (rc < 0)
		return rc;
	/* Not unshare: with it this process's memory would come to belong to the lab's user
	 * namespace. */
	pid = (pid_t)syscall(SYS_clone, NAMESPACES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		return userns_explain(USERNS_CLONE, errno, err);
	if (!pid)
		_exit(child(&p, init_main, arg));
	fd_closep(&p.mapped[0]);
	fd_closep(&p.proved[1]);
	rc = bring_up(&p, pid, ret_map, err);
	if (rc < 0) {
		pipes_close(&p);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return rc;
	}
	*ret_pid = pid;
	return 0;
}
