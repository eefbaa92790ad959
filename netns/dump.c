/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps. */
#define _GNU_SOURCE
#include "netns/dump.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "netns/netns.h"
#include "netns/nlaux.h"

/* The kernel fills a dump's messages up to the reader's buffer, 32 KiB at most. */
enum { DUMP_BUF = 32768, HEAD_MAX = 256 };

static struct mnl_socket *open_in(int ns, int home, int bus, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	struct mnl_socket *s;

	if (netns_enter(&v, ns, home, err) < 0)
		return NULL;
	s = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!s)
		err_sys(err, errno, "Can't open a netlink socket");
	return s;
}

static int ask(struct mnl_socket *s, const struct dump_ask *a, struct err *err)
{
	char buf[MNL_NLMSG_HDRLEN + HEAD_MAX] = {0};
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);

	h->nlmsg_type = a->type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	h->nlmsg_seq = 1;
	memcpy(mnl_nlmsg_put_extra_header(h, a->head_len), a->head, a->head_len);
	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(s, h, h->nlmsg_len) < 0)
		return err_sys(err, errno, "Can't ask the kernel");
	return 0;
}

static int is_interrupted(const void *buf, ssize_t n)
{
	const struct nlmsghdr *h = buf;

	return n >= (ssize_t)sizeof(*h) && (h->nlmsg_flags & NLM_F_DUMP_INTR);
}

/* libmnl 1.0.4 answers EINTR for a dump marked as interrupted and drops the rest of the buffer:
 * take the mark off. */
static void unmark(void *buf, ssize_t n)
{
	struct nlmsghdr *h = buf;
	int left = (int)n;

	for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left))
		h->nlmsg_flags &= (uint16_t)~NLM_F_DUMP_INTR;
}

static int read_all(struct mnl_socket *s, dump_fn fn, void *arg, struct err *err)
{
	auto_free char *buf = malloc(DUMP_BUF);

	if (!buf)
		return err_sys(err, ENOMEM, "Can't read a dump");
	for (;;) {
		ssize_t n = mnl_socket_recvfrom(s, buf, DUMP_BUF);
		int rc;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "Can't read a dump");
		if (is_interrupted(buf, n))
			unmark(buf, n);
		rc = mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(s), fn, arg);
		if (rc < 0)
			return err_sys(err, errno, "Can't read a dump");
		if (rc == MNL_CB_STOP)
			return 0;
	}
}

int dump_run(int ns, int home, const struct dump_ask *a, dump_fn fn, void *arg, struct err *err)
{
	auto_mnl *s = open_in(ns, home, a->bus, err);
	int rc;

	if (!s)
		return -errno;
	rc = ask(s, a, err);
	return rc < 0 ? rc : read_all(s, fn, arg, err);
}

int dump_links(int ns, int home, dump_fn fn, void *arg, struct err *err)
{
	struct ifinfomsg ifi = {.ifi_family = AF_UNSPEC};
	struct dump_ask a = {NETLINK_ROUTE, RTM_GETLINK, &ifi, sizeof(ifi)};

	return dump_run(ns, home, &a, fn, arg, err);
}
