/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries user namespaces: having one, having power in it, having ids in it. */
#define _GNU_SOURCE
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "doctor.h"
#include "netns/userns.h"

enum { LAB_INOTIFY = 4, MANY_LABS_INOTIFY = 8 };

int try_userns(const struct check *c, struct err *err)
{
	pid_t pid = (pid_t)syscall(SYS_clone,
				   CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
					   CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | SIGCHLD,
				   NULL, NULL, NULL, NULL);

	(void)c;
	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return userns_explain(USERNS_CLONE, errno, err);
	waitpid(pid, NULL, 0);
	return 0;
}

static int leave_at_once(enum idmap_kind map, void *arg)
{
	(void)arg;
	return map;
}

/* The lab's own way, to its own end. */
static int lab_map(enum idmap_kind *ret, struct err *err)
{
	pid_t pid;
	int rc = userns_clone(leave_at_once, NULL, &pid, ret, err);

	if (rc == 0)
		waitpid(pid, NULL, 0);
	return rc;
}

int try_power(const struct check *c, struct err *err)
{
	enum idmap_kind map;

	(void)c;
	return lab_map(&map, err);
}

int try_id_range(const struct check *c, struct err *err)
{
	const struct passwd *pw = getpwuid(getuid());
	enum idmap_kind map;
	int rc = lab_map(&map, err);

	(void)c;
	if (rc < 0)
		return rc;
	if (map == IDMAP_RANGE)
		return 0;
	err_set(err, ERR_MACHINE, ENOENT, "One id: file owners inside a lab are imitated");
	if (access("/usr/bin/newuidmap", X_OK) < 0)
		return err_mend(err, "sudo apt-get install uidmap");
	if (!pw)
		return err_mend(err, "Run netdojo as an ordinary user with a line in /etc/subuid");
	return err_mend(err,
			"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s",
			pw->pw_name);
}

int try_inotify(const struct check *c, struct err *err)
{
	(void)c;
	for (int i = 0; i < LAB_INOTIFY * MANY_LABS_INOTIFY; i++)
		if (inotify_init1(IN_CLOEXEC) < 0) {
			err_sys(err, errno, "Only %d watches of files at once", i);
			return err_mend(err, "sudo sysctl fs.inotify.max_user_instances=1024");
		}
	return 0;
}
