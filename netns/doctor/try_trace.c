/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries what evidence is taken with: seccomp notification, packet capture, conntrack. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "doctor.h"
#include "netns/dump.h"
#include "netns/netns.h"
#include "netns/nlaux.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static int listen_with(unsigned long flags)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = {.len = 1, .filter = &allow};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, &prog);
}

int try_listener(const struct check *c, struct err *err)
{
	(void)c;
	if (listen_with(0) >= 0)
		return 0;
	if (errno != EBUSY)
		return err_sys(err, errno, "No notification of system calls");
	err_set(err, ERR_MACHINE, EBUSY,
		"Another program listens to this process's system calls already, as WSL does in "
		"mirrored mode");
	return err_mend(err,
			"Inside WSL: set networkingMode=nat in .wslconfig, then wsl --shutdown");
}

int try_killable(const struct check *c, struct err *err)
{
	(void)c;
	if (listen_with(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) < 0)
		return err_sys(err, errno, "No notification that waits out signals");
	return 0;
}

int try_capture(const struct check *c, struct err *err)
{
	auto_fd fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	(void)c;
	return fd < 0 ? err_sys(err, errno, "Can't open a capture socket") : 0;
}

static int pass(const struct nlmsghdr *h, void *arg)
{
	(void)h, (void)arg;
	return MNL_CB_OK;
}

static int subscribe(struct err *err)
{
	auto_mnl *s = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	int group = NFNLGRP_CONNTRACK_NEW;

	if (!s || mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(s, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return err_sys(err, errno, "Can't hear of connections");
	return 0;
}

int try_conntrack(const struct check *c, struct err *err)
{
	struct nfgenmsg nf = {.version = NFNETLINK_V0};
	struct dump_ask ask = {NETLINK_NETFILTER, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
			       &nf, sizeof(nf)};
	auto_fd home = netns_current(err);
	int rc;

	(void)c;
	if (home < 0)
		return home;
	rc = dump_run(home, home, &ask, pass, NULL, err);
	return rc < 0 ? rc : subscribe(err);
}
