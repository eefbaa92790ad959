/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One routing socket of one network namespace. */
#define _GNU_SOURCE
#include "netns/rtsock.h"

#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "netns/nlaux.h"

/* An answer to one of our requests is an acknowledgement with a sentence; far below this. */
enum { ANSWER_MAX = 8192 };

int rtsock_nlerr(struct err *err, int nlerr, const char *what)
{
	int code = nlerr == -NLE_NOMEM ? ENOMEM : EINVAL;

	return err_set(err, ERR_MACHINE, code, "%s: %s", what, nl_geterror(nlerr));
}

int rtsock_open(struct rtsock *ret, struct err *err)
{
	struct nl_sock *sk = nl_socket_alloc();
	int on = 1, fd, rc;

	if (!sk)
		return err_sys(err, ENOMEM, "Can't open a routing socket");
	rc = nl_connect(sk, NETLINK_ROUTE);
	if (rc < 0) {
		nl_socket_free(sk);
		return rtsock_nlerr(err, rc, "Can't open a routing socket");
	}
	fd = nl_socket_get_fd(sk);
	/* Both since 4.12; without them only the sentence is lost. CAP_ACK keeps our request out of
	 * the answer. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	ret->sk = sk;
	return 0;
}

void rtsock_close(struct rtsock *s)
{
	if (s->sk)
		nl_socket_free(s->sk);
	s->sk = NULL;
}

/* The kernel's sentence in an error message, or NULL. Borrowed from h. */
static const char *extack_text(const struct nlmsghdr *h)
{
	size_t off = sizeof(struct nlmsgerr);
	const struct nlattr *a;

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(h->nlmsg_flags & NLM_F_CAPPED)) {
		const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

		off += e->msg.nlmsg_len - sizeof(struct nlmsghdr);
	}
	mnl_attr_for_each(a, h, off)
	{
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(a, MNL_TYPE_NUL_STRING) == 0)
			return mnl_attr_get_str(a);
	}
	return NULL;
}

static int answer(const struct nlmsghdr *h, struct err *err)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);
	const char *text;

	if (!e->error)
		return 0;
	text = extack_text(h);
	return err_set(err, ERR_MACHINE, -e->error, "%s", text ? text : strerror(-e->error));
}

static ssize_t receive(int fd, char *buf, size_t size)
{
	ssize_t n;

	do
		n = recv(fd, buf, size, 0);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Reads until the acknowledgement of seq; answers to older requests (there are none) would be
 * passed over. */
static int await(int fd, uint32_t seq, struct err *err)
{
	char buf[ANSWER_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));

	for (;;) {
		ssize_t n = receive(fd, buf, sizeof(buf));
		const struct nlmsghdr *h = (const void *)buf;
		int left = (int)n;

		if (n < 0)
			return err_sys(err, errno, "Can't hear the kernel's answer");
		for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			if (h->nlmsg_seq == seq && h->nlmsg_type == NLMSG_ERROR)
				return answer(h, err);
		}
	}
}

int rtsock_call(struct rtsock *s, struct nl_msg *msg, struct err *err)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	int fd = nl_socket_get_fd(s->sk);

	nl_complete_msg(s->sk, msg); /* sequence, port, NLM_F_REQUEST and NLM_F_ACK */
	h->nlmsg_flags |= NLM_F_ACK;
	if (send(fd, h, h->nlmsg_len, 0) < 0)
		return err_sys(err, errno, "Can't ask the kernel");
	return await(fd, h->nlmsg_seq, err);
}

int rtsock_call_but(struct rtsock *s, struct nl_msg *msg, int fine, struct err *err)
{
	struct err why = {0};
	int rc = rtsock_call(s, msg, &why);

	if (rc == -fine)
		return 0;
	if (rc < 0 && err)
		*err = why;
	return rc;
}

void rtsock_settle(const struct rtsock *s, const char *ifname)
{
	struct ethtool_value link = {.cmd = ETHTOOL_GLINK};
	struct ifreq ifr = {.ifr_data = (char *)&link};

	if (strlen(ifname) >= IFNAMSIZ)
		return;
	strcpy(ifr.ifr_name, ifname);
	ioctl(nl_socket_get_fd(s->sk), SIOCETHTOOL, &ifr);
}

int rtsock_ioctl(const struct rtsock *s, unsigned long request, struct ifreq *ifr)
{
	return ioctl(nl_socket_get_fd(s->sk), request, ifr) < 0 ? -errno : 0;
}

unsigned int rtsock_ifindex(const struct rtsock *s, const char *ifname)
{
	struct ifreq ifr = {0};

	if (!ifname[0] || strlen(ifname) >= IFNAMSIZ)
		return 0;
	strcpy(ifr.ifr_name, ifname);
	/* A socket's ioctl looks in the socket's namespace, not the caller's. */
	return ioctl(nl_socket_get_fd(s->sk), SIOCGIFINDEX, &ifr) < 0 ? 0
								      : (unsigned)ifr.ifr_ifindex;
}

int rtsock_need_ifindex(const struct rtsock *s, const char *ifname, unsigned int *ret,
			struct err *err)
{
	unsigned int index = rtsock_ifindex(s, ifname);

	if (!index)
		return err_set(err, ERR_MACHINE, ENODEV, "No interface %s", ifname);
	*ret = index;
	return 0;
}
