/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proc.h implemented: the life of nodes, as init sees it. */
#define _GNU_SOURCE
#include "netns/node_port.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns/agent.h"
#include "netns/node_proc.h"
#include "netns/rootfs.h"

struct node_lab {
	struct rootfs rootfs;
	int own_netns; /* init's own, to return to */
	bool quiet;    /* of the nodes to be started */
};

/* Both ends non-blocking would lose events; init's end alone is, since init never blocks. */
static int make_pair(int ret[2], struct err *err)
{
	int on = 1, rc = msg_pair(ret, err);

	if (rc < 0)
		return rc;
	if (fcntl(ret[0], F_SETFL, O_NONBLOCK) < 0 ||
	    setsockopt(ret[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		return err_sys(err, errno, "Can't set up a node's socket");
	return 0;
}

/*
 * clone() as fork() does it, with the namespaces: the agent starts in the node's network namespace
 * because we are in it for this one call. Returns a pidfd.
 */
static int clone_agent(const struct node_lab *lab, int netns_fd, const struct agent_start *s,
		       struct err *err)
{
	const unsigned long spaces =
		CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP;
	int pidfd = -1;
	long pid;

	if (setns(netns_fd, CLONE_NEWNET) < 0)
		return err_sys(err, errno, "Can't enter the network namespace");
	pid = syscall(SYS_clone, spaces | CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, NULL);
	if (pid == 0)
		agent_run(s);
	if (pid < 0)
		pidfd = err_sys(err, errno, "Can't make the namespaces");
	if (setns(lab->own_netns, CLONE_NEWNET) < 0)
		return err_sys(err, errno, "Can't return from a network namespace");
	return pidfd;
}

static int port_start(void *ctx, const struct node *node, int netns_fd, struct proc_node **ret,
		      struct err *err)
{
	struct node_lab *lab = ctx;
	nd_cleanup(proc_node_freep) struct proc_node *n = proc_node_new();
	auto_fd theirs = -1;
	int pair[2];
	int rc;

	if (!n)
		return err_sys(err, ENOMEM, "Node '%s'", node->name);
	rc = rootfs_stores(&lab->rootfs, node, err);
	if (rc == 0)
		rc = make_pair(pair, err);
	if (rc < 0)
		return err_wrap(err, "Node '%s'", node->name);
	n->sock = pair[0];
	theirs = pair[1];
	rc = clone_agent(lab, netns_fd,
			 &(struct agent_start){&lab->rootfs, node, theirs, lab->quiet}, err);
	if (rc < 0)
		return err_wrap(err, "Node '%s'", node->name);
	n->pidfd = rc;
	rootfs_hold(&lab->rootfs, node, n->pidfd);
	*ret = ptr_steal(n);
	return 0;
}

static void port_quiet(void *ctx)
{
	((struct node_lab *)ctx)->quiet = true;
}

static void port_stop(void *ctx, struct proc_node *n)
{
	(void)ctx;
	proc_node_free(n);
}

int node_port_open(const struct node_setup *s, struct proc_port *ret, struct err *err)
{
	struct node_lab *lab = calloc(1, sizeof(*lab));
	int rc;

	if (!lab)
		return err_sys(err, ENOMEM, "Nodes");
	lab->rootfs.range_map = s->range_map;
	lab->rootfs.no_binfmt = s->no_binfmt;
	lab->rootfs.no_overlay = s->no_overlay;
	lab->own_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (lab->own_netns < 0)
		rc = err_sys(err, errno, "Can't open the lab's own network namespace");
	else
		rc = rootfs_skeleton(&lab->rootfs, s->guest_dir, err);
	*ret = (struct proc_port){
		.ctx = lab,
		.start = port_start,
		.quiet = port_quiet,
		.stop = port_stop,
		.fd = proc_node_fd,
		.next = proc_node_next,
		.spawn = proc_node_spawn,
		.signal = proc_node_signal,
		.probe = proc_node_probe,
		.file = proc_node_file,
		.install = proc_node_install,
	};
	if (rc < 0)
		node_port_close(ret);
	return rc;
}

void node_port_close(struct proc_port *p)
{
	struct node_lab *lab = p->ctx;

	if (!lab)
		return;
	rootfs_done(&lab->rootfs);
	fd_closep(&lab->own_netns);
	free(lab);
	p->ctx = NULL;
}

int node_port_trust(void *ctx, const char *pem, struct err *err)
{
	const struct node_lab *lab = ctx;

	return rootfs_trust(&lab->rootfs, pem, err);
}

const char *node_port_usr(const struct proc_port *p)
{
	const struct node_lab *lab = p->ctx;

	return lab->rootfs.overlay ? "overlay" : "bind";
}
