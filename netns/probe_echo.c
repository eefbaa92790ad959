/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ICMP echo at a time over a datagram socket. */
#define _GNU_SOURCE
#include "netns/probe_echo.h"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ECHO_MAX = 65000 };

int echo_open(struct echo *e, struct probe *p, int pmtudisc)
{
	const char *address = json_str(p->args, "address", "");
	int on = 1, rc;

	*e = (struct echo){.fd = -1, .type = -1, .code = -1, .ttl = -1};
	if (probe_address(address, 0, &e->to, &e->to_len) < 0)
		return probe_fail(p, "'%s' is no address", address);
	e->v6 = e->to.ss_family == AF_INET6;
	e->fd = socket(e->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       e->v6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP);
	if (e->fd < 0)
		return probe_fail(p, "can't open an ICMP socket: %s", strerror(errno));
	if (e->v6)
		rc = setsockopt(e->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on)) |
		     setsockopt(e->fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)) |
		     setsockopt(e->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &pmtudisc,
				sizeof(pmtudisc));
	else
		rc = setsockopt(e->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) |
		     setsockopt(e->fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on)) |
		     setsockopt(e->fd, IPPROTO_IP, IP_MTU_DISCOVER, &pmtudisc, sizeof(pmtudisc));
	return rc ? probe_fail(p, "can't set up an ICMP socket: %s", strerror(errno)) : 0;
}

int echo_ttl(struct echo *e, struct probe *p, int ttl)
{
	int rc = e->v6 ? setsockopt(e->fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof(ttl))
		       : setsockopt(e->fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));

	return rc ? probe_fail(p, "%d is no time to live", ttl) : 0;
}

void echo_close(struct echo *e)
{
	fd_closep(&e->fd);
}

static int send_echo(struct echo *e, size_t payload)
{
	static unsigned char buf[ECHO_MAX];
	struct icmphdr head = {.type = e->v6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO};

	if (payload > sizeof(buf) - sizeof(head))
		return -EMSGSIZE;
	head.un.echo.sequence = htons(++e->seq);
	memcpy(buf, &head, sizeof(head));
	for (size_t i = 0; i < payload; i++)
		buf[sizeof(head) + i] = (unsigned char)i;
	if (sendto(e->fd, buf, sizeof(head) + payload, 0, (struct sockaddr *)&e->to, e->to_len) < 0)
		return -errno;
	return 0;
}

static void tell_from(struct echo *e, const struct sockaddr *sa)
{
	const void *raw = sa->sa_family == AF_INET6
				  ? (const void *)&((const struct sockaddr_in6 *)sa)->sin6_addr
				  : (const void *)&((const struct sockaddr_in *)sa)->sin_addr;

	e->from[0] = '\0';
	if (sa->sa_family == AF_INET || sa->sa_family == AF_INET6)
		inet_ntop(sa->sa_family, raw, e->from, sizeof(e->from));
}

/* Takes one entry of the error queue: 1 an ICMP error, 0 something else or none. */
static int take_error(struct echo *e)
{
	char data[512], ctl[512];
	struct iovec iov = {data, sizeof(data)};
	struct msghdr mh = {.msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = ctl,
			    .msg_controllen = sizeof(ctl)};
	struct sock_extended_err ee;

	if (recvmsg(e->fd, &mh, MSG_ERRQUEUE) < 0)
		return 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&mh); c; c = CMSG_NXTHDR(&mh, c)) {
		bool v4 = c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR;
		bool v6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR;

		if (!v4 && !v6)
			continue;
		memcpy(&ee, CMSG_DATA(c), sizeof(ee));
		snprintf(e->error, sizeof(e->error), "%s", strerror((int)ee.ee_errno));
		if (ee.ee_origin != SO_EE_ORIGIN_ICMP && ee.ee_origin != SO_EE_ORIGIN_ICMP6)
			continue;
		tell_from(e, SO_EE_OFFENDER((struct sock_extended_err *)CMSG_DATA(c)));
		e->type = ee.ee_type;
		e->code = ee.ee_code;
		e->mtu = ee.ee_errno == EMSGSIZE ? ee.ee_info : 0;
		return 1;
	}
	return 0;
}

static void take_ttl(struct echo *e, struct msghdr *mh)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c))
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
			memcpy(&e->ttl, CMSG_DATA(c), sizeof(e->ttl));
}

/* 1 for the reply to the last request, 0 for any other packet or none. */
static int take_reply(struct echo *e)
{
	struct icmphdr head;
	static unsigned char buf[ECHO_MAX];
	unsigned char ctl[128];
	struct sockaddr_storage from = {0};
	struct iovec iov = {buf, sizeof(buf)};
	struct msghdr mh = {.msg_name = &from,
			    .msg_namelen = sizeof(from),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = ctl,
			    .msg_controllen = sizeof(ctl)};

	if (recvmsg(e->fd, &mh, 0) < (ssize_t)sizeof(head))
		return 0;
	memcpy(&head, buf, sizeof(head));
	take_ttl(e, &mh);
	tell_from(e, (struct sockaddr *)&from);
	return head.type == (e->v6 ? ICMPV6_ECHO_REPLY : ICMP_ECHOREPLY) &&
	       ntohs(head.un.echo.sequence) == e->seq;
}

static int wait_for(const struct echo *e, int64_t until)
{
	struct pollfd pfd = {.fd = e->fd, .events = POLLIN};
	int64_t left = until - probe_now();
	int n;

	do
		n = poll(&pfd, 1, left > 0 ? (int)((left + 999) / 1000) : 0);
	while (n < 0 && errno == EINTR);
	return n > 0 ? pfd.revents : 0;
}

enum echo_answer echo_once(struct echo *e, size_t payload, int64_t until)
{
	int rc = send_echo(e, payload);
	int got;

	e->error[0] = '\0';
	if (rc < 0) {
		snprintf(e->error, sizeof(e->error), "%s", strerror(-rc));
		/* an error that came for an earlier packet is reported by the next send */
		return take_error(e) ? ECHO_ERROR : ECHO_UNSENT;
	}
	while ((got = wait_for(e, until))) {
		if ((got & POLLERR) && take_error(e))
			return ECHO_ERROR;
		if ((got & POLLIN) && take_reply(e))
			return ECHO_REPLY;
		if (probe_now() >= until)
			break;
	}
	return ECHO_SILENT;
}
