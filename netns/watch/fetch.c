/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket of a process under observation. */
#define _GNU_SOURCE
#include "netns/watch/fetch.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/watch/target.h"

#ifndef SO_NETNS_COOKIE /* Linux 5.14 */
#define SO_NETNS_COOKIE 71
#endif
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef IPPROTO_MPTCP /* Linux 5.6; with TCP's ports */
#define IPPROTO_MPTCP 262
#endif

int fetch_fd(int proc, pid_t pid, int fd)
{
	auto_fd process = (int)syscall(SYS_pidfd_open, pid, 0);
	struct target_info info;

	/* a thread has no such descriptor, its process has, with the same files nearly always */
	if (process < 0 && target_info(proc, pid, &info) == 0)
		process = (int)syscall(SYS_pidfd_open, info.tgid, 0);
	return process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
}

int fetch_option(int sock, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(sock, SOL_SOCKET, name, &value, &len) < 0 ? -1 : value;
}

const char *fetch_proto(int sock)
{
	int domain = fetch_option(sock, SO_DOMAIN);

	if (domain != AF_INET && domain != AF_INET6)
		return NULL;
	switch (fetch_option(sock, SO_PROTOCOL)) {
	case IPPROTO_TCP:
	case IPPROTO_MPTCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	default:
		return NULL;
	}
}

int fetch_netns(int sock, uint64_t *ret)
{
	socklen_t len = sizeof(*ret);

	return getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, ret, &len) < 0 ? -errno : 0;
}

uint64_t fetch_cookie(int sock)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	return getsockopt(sock, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0 ? 0 : cookie;
}

bool fetch_text(const union any_addr *a, size_t len, char ret[INET6_ADDRSTRLEN], uint16_t *ret_port)
{
	if (a->sa.sa_family == AF_INET && len >= sizeof(a->in)) {
		inet_ntop(AF_INET, &a->in.sin_addr, ret, INET6_ADDRSTRLEN);
		*ret_port = ntohs(a->in.sin_port);
		return true;
	}
	if (a->sa.sa_family != AF_INET6 || len < offsetof(struct sockaddr_in6, sin6_scope_id))
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		inet_ntop(AF_INET, &a->in6.sin6_addr.s6_addr[12], ret, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &a->in6.sin6_addr, ret, INET6_ADDRSTRLEN);
	*ret_port = ntohs(a->in6.sin6_port);
	return true;
}
