/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries network namespaces and kinds of links. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netlink/route/link/vxlan.h>
#include <string.h>
#include <sys/ioctl.h>

#include "doctor.h"
#include "netns/netns.h"
#include "netns/nlaux.h"
#include "netns/rtsock.h"

enum { NODES_OF_A_LAB = 8 };

int try_netns(const struct check *c, struct err *err)
{
	int home = netns_current(err);

	(void)c;
	if (home < 0)
		return home;
	for (int i = 0; i < NODES_OF_A_LAB; i++) {
		int rc = netns_make(home, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* l, which may be NULL, under a name nobody has. */
static int add(struct rtnl_link *l, struct err *err)
{
	struct rtsock rt = {0};
	auto_nlmsg *msg = NULL;
	int rc = rtsock_open(&rt, err);

	if (rc < 0)
		return rc;
	if (!l)
		return err_sys(err, ENOMEM, "Can't describe a link");
	rtnl_link_set_name(l, "try0");
	rc = rtnl_link_build_add_request(l, NLM_F_CREATE | NLM_F_EXCL, &msg);
	return rc < 0 ? rtsock_nlerr(err, rc, "Can't describe a link") : rtsock_call(&rt, msg, err);
}

int try_link(const struct check *c, struct err *err)
{
	auto_link *l = rtnl_link_alloc();

	if (l && rtnl_link_set_type(l, c->arg) < 0)
		return err_sys(err, ENOMEM, "Can't describe a link");
	return add(l, err);
}

/* Either serves; the second one's failure is told. */
int try_carry(const struct check *c, struct err *err)
{
	const struct check wireguard = {.arg = "wireguard"};
	auto_link *l = rtnl_link_vxlan_alloc();
	int rc;

	if (try_link(&wireguard, NULL) == 0)
		return 0;
	if (l) {
		rtnl_link_vxlan_set_id(l, 1);
		rtnl_link_vxlan_set_port(l, 41641);
	}
	rc = add(l, err);
	return rc < 0 ? rc : try_mirred(c, err);
}

int try_tun(const struct check *c, struct err *err)
{
	struct ifreq ifr = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	auto_fd fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	(void)c;
	strcpy(ifr.ifr_name, "try0");
	if (fd < 0) {
		err_sys(err, errno, "/dev/net/tun");
		return errno == EACCES ? err_mend(err, "sudo chmod 0666 /dev/net/tun") : -errno;
	}
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		return err_sys(err, errno, "Can't make a tun interface");
	return 0;
}
