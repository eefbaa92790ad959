/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: TCP connect, to an address or to a name. */
#define _GNU_SOURCE
#include "netns/probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool address_text(const struct sockaddr *sa, char text[INET6_ADDRSTRLEN])
{
	const void *raw = sa->sa_family == AF_INET6
				  ? (const void *)&((const struct sockaddr_in6 *)sa)->sin6_addr
				  : (const void *)&((const struct sockaddr_in *)sa)->sin_addr;

	return inet_ntop(sa->sa_family, raw, text, INET6_ADDRSTRLEN) != NULL;
}

/* Says which addresses the connection has. */
static void tell_ends(struct probe *p, int fd, const struct sockaddr *to)
{
	struct sockaddr_storage own;
	socklen_t len = sizeof(own);
	char text[INET6_ADDRSTRLEN];

	if (address_text(to, text))
		probe_set(p, "address", json_string(text));
	if (getsockname(fd, (struct sockaddr *)&own, &len) == 0 &&
	    address_text((struct sockaddr *)&own, text))
		probe_set(p, "local", json_string(text));
}

/* 0 connected, else a positive errno. */
static int try_one(struct probe *p, const struct sockaddr *to, socklen_t len)
{
	auto_fd fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = 0;
	socklen_t n = sizeof(error);

	if (fd < 0)
		return errno;
	if (connect(fd, to, len) == 0) {
		tell_ends(p, fd, to);
		return 0;
	}
	if (errno != EINPROGRESS)
		return errno;
	tell_ends(p, fd, to);
	if (!probe_poll(p, fd, POLLOUT))
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
		return errno;
	/* Who refuses says ECONNREFUSED; reset is what was accepted first, and hung up on before we looked. */
	return error == ECONNRESET ? 0 : error;
}

static int try_name(struct probe *p, const char *name, uint16_t port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
	char service[8];
	int rc, error = ENOENT;

	snprintf(service, sizeof(service), "%u", port);
	probe_names();
	rc = getaddrinfo(name, service, &hints, &list);
	if (rc != 0) {
		probe_fail(p, "%s: %s", name, gai_strerror(rc));
		return -1;
	}
	for (struct addrinfo *a = list; a && error && probe_left(p) > 0; a = a->ai_next)
		error = try_one(p, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(list);
	return error;
}

void probe_connect(struct probe *p)
{
	const char *address = json_str(p->args, "address", NULL);
	const char *name = json_str(p->args, "name", address ? address : "");
	uint16_t port = (uint16_t)json_int(p->args, "port", 0);
	struct sockaddr_storage to;
	socklen_t len;
	int error;

	if (probe_address(address ? address : name, port, &to, &len) == 0)
		error = try_one(p, (struct sockaddr *)&to, len);
	else
		error = try_name(p, name, port);
	if (error > 0)
		probe_fail(p, "%s", strerror(error));
	probe_set(p, "refused", json_boolean(error == ECONNREFUSED));
	probe_set(p, "timed_out", json_boolean(error == ETIMEDOUT));
}
