/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of a node. */
#define _GNU_SOURCE
#include "netns/socket.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "netns/netns.h"

enum { BACKLOG = 128 };

union any_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static int parse(const char *text, uint16_t port, union any_addr *ret, socklen_t *ret_len,
		 struct err *err)
{
	union any_addr a = {.in = {.sin_family = AF_INET, .sin_port = htons(port)}};

	*ret_len = sizeof(a.in);
	if (text[0] && inet_pton(AF_INET, text, &a.in.sin_addr) != 1) {
		a = (union any_addr){.in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
		*ret_len = sizeof(a.in6);
		if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) != 1)
			return err_set(err, ERR_USAGE, EINVAL, "'%s' is no address", text);
	}
	*ret = a;
	return 0;
}

static int open_in(int ns, int home, int family, int type, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	int fd, rc = netns_enter(&v, ns, home, err);

	if (rc < 0)
		return rc;
	fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd < 0 ? err_sys(err, errno, "Can't open a socket") : fd;
}

/* Returns what failed, or NULL; errno says why. */
static const char *settle(int fd, int type, const union any_addr *a, socklen_t len)
{
	int on = 1;

	/* A service restarted while old connections linger binds again; one of ours on every
	 * address and one on 127.0.0.1 are both had, as on Windows; :: never takes the IPv4 port as
	 * well. */
	if (type == SOCK_STREAM) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	}
	if (a->sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &a->sa, len) < 0)
		return "bind";
	if (type == SOCK_STREAM && listen(fd, BACKLOG) < 0)
		return "listen on";
	return NULL;
}

int socket_open(struct build *b, struct build_node *n, int type, const char *address, uint16_t port,
		struct err *err)
{
	union any_addr a;
	socklen_t len;
	auto_fd fd = -1;
	const char *failed;
	int rc = parse(address, port, &a, &len, err);

	if (rc < 0)
		return rc;
	fd = open_in(n->netns, b->home, a.sa.sa_family, type, err);
	if (fd < 0)
		return fd;
	if (!port && (!address[0] || strcmp(address, "::") == 0))
		return fd_steal(&fd);
	failed = settle(fd, type, &a, len);
	if (failed)
		return err_sys(err, errno, "Can't %s %s:%u/%s", failed, address[0] ? address : "*",
			       port, type == SOCK_STREAM ? "tcp" : "udp");
	return fd_steal(&fd);
}
