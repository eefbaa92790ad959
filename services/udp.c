/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams answered from the very address they were sent to. */
#include "services/udp.h"

#include <errno.h>
#include <event2/util.h>
#include <string.h>

union udp_control {
	char buf[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
	struct cmsghdr align;
};

int udp_prepare(int fd, struct err *err)
{
	int family = 0, on = 1;
	socklen_t len = sizeof(family);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
		return err_sys(err, errno, "Not a socket");
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	else
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	if (evutil_make_socket_nonblocking(fd) < 0)
		return err_sys(err, errno, "Can't make a socket non-blocking");
	return 0;
}

static void note_destination(struct msghdr *mh, struct udp_peer *peer)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&peer->to.v4, CMSG_DATA(c), sizeof(peer->to.v4));
			peer->to.v4.ipi_ifindex = 0; /* the route back is the kernel's choice */
			peer->to_family = AF_INET;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&peer->to.v6, CMSG_DATA(c), sizeof(peer->to.v6));
			peer->to_family = AF_INET6;
		}
	}
}

ssize_t udp_recv(int fd, void *buf, size_t size, struct udp_peer *ret)
{
	struct udp_peer peer = {0};
	union udp_control ctl = {0};
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	struct msghdr mh = {.msg_name = &peer.from.sa,
			    .msg_namelen = sizeof(peer.from.in6),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = ctl.buf,
			    .msg_controllen = sizeof(ctl.buf)};
	ssize_t n = recvmsg(fd, &mh, 0);

	if (n < 0)
		return n;
	peer.from.len = mh.msg_namelen;
	note_destination(&mh, &peer);
	*ret = peer;
	return n;
}

static void put_source(struct msghdr *mh, union udp_control *ctl, const struct udp_peer *peer)
{
	bool v6 = peer->to_family == AF_INET6;
	size_t size = v6 ? sizeof(peer->to.v6) : sizeof(peer->to.v4);
	struct cmsghdr *c = &ctl->align;

	if (peer->to_family == AF_UNSPEC)
		return;
	mh->msg_control = ctl->buf;
	mh->msg_controllen = CMSG_SPACE(size);
	c->cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(c), &peer->to, size);
}

void udp_send(int fd, const void *buf, size_t len, const struct udp_peer *peer)
{
	union udp_control ctl = {0};
	struct iovec iov = {.iov_base = (void *)buf, .iov_len = len};
	struct msghdr mh = {.msg_name = (void *)&peer->from.sa,
			    .msg_namelen = peer->from.len,
			    .msg_iov = &iov,
			    .msg_iovlen = 1};

	put_source(&mh, &ctl, peer);
	if (sendmsg(fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}
