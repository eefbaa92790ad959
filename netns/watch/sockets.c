/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs of a node listen on, and how their connections went.
 *
 * Theory of operation. listen(2) asks our listener; we fetch the caller's socket and listen on it ourselves, so the answer and
 * what is told are one thing, and a port that the kernel chose is known. A UDP socket is a server's from bind(2) on, which only
 * its caller may do (low ports need its capabilities): a copy of the socket is kept for some milliseconds and looked at again. The kernel's
 * sock_diag tells of each internet socket of the namespace when it is taken apart; the socket's cookie says whether it was one of
 * those, and a TCP socket that had a peer was a connection. connect(2) is not asked about: nothing waits for us on the data's way. So a
 * connection is told of when it ends, without its program; a connect that was refused while its caller waited has lost its address by
 * then, and is to be seen in the packets alone.
 */
#define _GNU_SOURCE
#include "netns/watch/sockets.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "netns/watch/fetch.h"
#include "netns/watch/netopen.h"
#include "netns/watch/rate.h"
#include "netns/watch/target.h"

enum {
	LISTENERS = 128,    /* remembered of one node; what is beyond has no end told */
	PENDING = 16,	    /* UDP binds looked at again at once */
	LOOK_FIRST_MS = 2,  /* after the bind went on */
	LOOK_LAST_MS = 32,  /* then it did not succeed */
	RATE_MAX = 100,	    /* events a second of one node */
	BURST = 64,	    /* messages read before others get their turn */
	MESSAGE_MAX = 8192, /* one socket's report is some 500 bytes */
};

/* A socket that was told of. */
struct listening {
	uint64_t cookie; /* 0 = free */
	json_t *keys;	 /* proto, address, port, pid, program; owned */
};

/* A UDP socket that may get a port. */
struct pending {
	struct sockets *set;
	int sock; /* -1 = free */
	pid_t pid;
	double mono;
	unsigned wait_ms;
	struct event *look;
};

struct sockets {
	struct wnode *node;
	uint64_t netns;
	int diag;
	struct event *readable;
	struct rate rate;
	struct listening list[LISTENERS];
	size_t oldest; /* the next to be forgotten when the list is full */
	struct pending pending[PENDING];
};

static struct listening *find(struct sockets *s, uint64_t cookie)
{
	for (size_t i = 0; i < LISTENERS; i++)
		if (s->list[i].cookie == cookie)
			return &s->list[i];
	return NULL;
}

static void forget(struct listening *l)
{
	json_decref(l->keys);
	*l = (struct listening){0};
}

static void tell(struct sockets *s, const char *what, const json_t *keys, double mono)
{
	json_t *e = wnode_event(s->node, "socket");

	json_object_set_new(e, "what", json_string(what));
	json_object_update(e, (json_t *)keys);
	if (mono > 0)
		json_object_set_new(e, "mono", json_real(mono));
	rate_emit(&s->rate, e);
}

/* Who listens where; NULL when the socket has no port. */
static json_t *describe(const struct sockets *s, int sock, pid_t pid)
{
	union any_addr a = {0};
	socklen_t len = sizeof(a);
	char address[INET6_ADDRSTRLEN], program[TARGET_ARG_MAX];
	struct target_info info;
	struct target_file file;
	uint16_t port;
	json_t *keys;

	if (getsockname(sock, &a.sa, &len) < 0 || !fetch_text(&a, len, address, &port) || !port)
		return NULL;
	keys = json_pack("{s:s, s:s, s:i}", "proto", fetch_proto(sock), "address", address, "port",
			 (int)port);
	if (target_info(s->node->watch->proc, pid, &info) == 0)
		json_object_set_new(keys, "pid", json_integer(info.tgid));
	if (target_exe(s->node->watch->proc, pid, program, sizeof(program), &file) == 0)
		json_object_set_new(keys, "program", json_text(program));
	return keys;
}

static void begun(struct sockets *s, int sock, pid_t pid, double mono)
{
	uint64_t cookie = fetch_cookie(sock);
	json_t *keys = cookie && !find(s, cookie) ? describe(s, sock, pid) : NULL;
	struct listening *l;

	if (!keys)
		return; /* told already: listen(2) may be called again for another backlog */
	tell(s, "listen", keys, mono);
	l = find(s, 0);
	if (!l) {
		l = &s->list[s->oldest++ % LISTENERS];
		forget(l);
	}
	*l = (struct listening){.cookie = cookie, .keys = keys};
}

static bool is_ours(const struct sockets *s, int sock)
{
	uint64_t netns;

	return fetch_netns(sock, &netns) == 0 && netns == s->netns;
}

int sockets_listen(struct sockets *s, pid_t pid, int fd, int backlog)
{
	auto_fd sock = fetch_fd(s->node->watch->proc, pid, fd);
	const char *proto = sock < 0 ? NULL : fetch_proto(sock);

	/* not of AF_UNIX: the peers of who listens there see whose it is */
	if (!proto || strcmp(proto, "tcp") != 0 || !is_ours(s, sock))
		return -EAGAIN;
	if (listen(sock, backlog) < 0)
		return -errno;
	begun(s, sock, pid, 0);
	return 0;
}

static void pending_end(struct pending *p)
{
	fd_closep(&p->sock);
	if (p->look)
		event_free(p->look);
	p->look = NULL;
}

static void look_in(struct pending *p, unsigned ms)
{
	const struct timeval tv = {.tv_usec = (suseconds_t)ms * 1000};

	p->wait_ms = ms;
	if (event_add(p->look, &tv) < 0)
		pending_end(p);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
	struct pending *p = arg;
	union any_addr a = {0};
	socklen_t len = sizeof(a);
	char address[INET6_ADDRSTRLEN];
	uint16_t port = 0;

	(void)fd;
	(void)what;
	if (getsockname(p->sock, &a.sa, &len) == 0 && fetch_text(&a, len, address, &port) && port)
		begun(p->set, p->sock, p->pid, p->mono);
	else if (p->wait_ms * 4 <= LOOK_LAST_MS) {
		look_in(p, p->wait_ms * 4);
		return;
	}
	pending_end(p);
}

/* Whether the address has a port of the program's own choice. */
static bool names_port(pid_t pid, uint64_t addr, size_t len)
{
	union any_addr a = {0};
	char address[INET6_ADDRSTRLEN];
	uint16_t port = 0;

	return target_read(pid, addr, &a, len < sizeof(a) ? len : sizeof(a)) == 0 &&
	       fetch_text(&a, len, address, &port) && port;
}

/* A copy of the thread's UDP socket; -1 when it is none. */
static int fetch_udp(const struct sockets *s, pid_t pid, int fd)
{
	auto_fd sock = fetch_fd(s->node->watch->proc, pid, fd);
	const char *proto = sock < 0 ? NULL : fetch_proto(sock);

	return proto && strcmp(proto, "udp") == 0 && is_ours(s, sock) ? fd_steal(&sock) : -1;
}

void sockets_bind(struct sockets *s, pid_t pid, int fd, uint64_t addr, size_t len)
{
	struct pending *p = NULL;
	struct timespec now;

	for (size_t i = 0; i < PENDING && !p; i++)
		if (s->pending[i].sock < 0)
			p = &s->pending[i];
	if (!p || !names_port(pid, addr, len))
		return;
	p->sock = fetch_udp(s, pid, fd);
	if (p->sock < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	p->set = s;
	p->pid = pid;
	p->mono = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	p->look = evtimer_new(s->node->watch->base, on_look, p);
	if (p->look)
		look_in(p, LOOK_FIRST_MS);
	else
		pending_end(p);
}

/* One end of a connection. */
struct side {
	const char *address, *port; /* keys */
};

static void set_side(json_t *keys, const struct side *s, int family, const void *address,
		     uint16_t port)
{
	union any_addr a = {0};
	char text[INET6_ADDRSTRLEN];
	uint16_t number = 0;

	a.sa.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		memcpy(&a.in.sin_addr, address, sizeof(a.in.sin_addr));
		a.in.sin_port = port;
	} else {
		memcpy(&a.in6.sin6_addr, address, sizeof(a.in6.sin6_addr));
		a.in6.sin6_port = port;
	}
	if (fetch_text(&a, sizeof(a), text, &number))
		json_object_set_new(keys, s->address, json_string(text));
	if (number)
		json_object_set_new(keys, s->port, json_integer(number));
}

/* A TCP socket's own account, as long as this kernel gives it; false: it is no TCP socket. */
static bool read_tcp_info(const struct nlmsghdr *h, struct tcp_info *ret)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, h, sizeof(struct inet_diag_msg))
	{
		size_t n = mnl_attr_get_payload_len(a);

		if (mnl_attr_get_type(a) != INET_DIAG_INFO || n == 0)
			continue;
		memcpy(ret, mnl_attr_get_payload(a), n < sizeof(*ret) ? n : sizeof(*ret));
		return true;
	}
	return false;
}

static void connection(struct sockets *s, const struct inet_diag_msg *m,
		       const struct tcp_info *info)
{
	static const struct side src = {"src", "sport"}, dst = {"dst", "dport"};
	auto_json json_t *keys = json_pack("{s:s}", "proto", "tcp");

	set_side(keys, &src, m->idiag_family, m->id.idiag_src, m->id.idiag_sport);
	set_side(keys, &dst, m->idiag_family, m->id.idiag_dst, m->id.idiag_dport);
	json_object_set_new(
		keys, "established",
		json_boolean(info->tcpi_bytes_acked > 0 || info->tcpi_bytes_received > 0));
	json_object_set_new(keys, "sent", json_integer((json_int_t)info->tcpi_bytes_acked));
	json_object_set_new(keys, "received", json_integer((json_int_t)info->tcpi_bytes_received));
	tell(s, "connection", keys, 0);
}

static void on_destroyed(struct sockets *s, const struct nlmsghdr *h)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);
	struct tcp_info info = {0};
	struct listening *l;
	uint64_t cookie;

	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY || mnl_nlmsg_get_payload_len(h) < sizeof(*m))
		return;
	cookie = m->id.idiag_cookie[0] | (uint64_t)m->id.idiag_cookie[1] << 32;
	l = cookie ? find(s, cookie) : NULL;
	if (l) {
		tell(s, "listen-end", l->keys, 0);
		forget(l);
	} else if (m->id.idiag_dport && read_tcp_info(h, &info)) {
		connection(s, m, &info);
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct sockets *s = arg;
	char buf[MESSAGE_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));

	(void)what;
	for (int i = 0; i < BURST; i++) {
		struct sockaddr_nl from = {0};
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &from_len);
		int left = (int)n;

		if (n < 0 && errno == ENOBUFS) {
			wnode_lost(s->node, "sockets", 1); /* how many, the kernel does not say */
			continue;
		}
		if (n < 0)
			return;
		for (const struct nlmsghdr *h = (void *)buf;
		     from.nl_pid == 0 && mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left))
			on_destroyed(s, h);
	}
}

static int open_diag(struct sockets *s, int netns, struct err *err)
{
	static const int groups[] = {SKNLGRP_INET_TCP_DESTROY, SKNLGRP_INET_UDP_DESTROY,
				     SKNLGRP_INET6_TCP_DESTROY, SKNLGRP_INET6_UDP_DESTROY};
	const struct sockaddr_nl any = {.nl_family = AF_NETLINK};

	s->diag = net_open(s->node->watch, netns, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG, err);
	if (s->diag < 0)
		return s->diag;
	if (bind(s->diag, (const struct sockaddr *)&any, sizeof(any)) < 0)
		return err_sys(err, errno, "Can't observe sockets");
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (setsockopt(s->diag, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			       sizeof(int)) < 0)
			return err_sys(err, errno, "Can't observe the end of sockets");
	s->readable =
		event_new(s->node->watch->base, s->diag, EV_READ | EV_PERSIST, on_readable, s);
	if (!s->readable || event_add(s->readable, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't observe sockets");
	return 0;
}

static int set_up(struct sockets *s, int netns, struct err *err)
{
	auto_fd sock = net_open(s->node->watch, netns, AF_INET, SOCK_DGRAM, 0, err);

	if (sock < 0)
		return sock;
	if (fetch_netns(sock, &s->netns) < 0)
		return err_set(err, ERR_MACHINE, ENOTSUP, "Can't tell network namespaces apart");
	if (rate_init(&s->rate, s->node, "socket", RATE_MAX) < 0)
		return err_sys(err, ENOMEM, "Can't observe sockets");
	return open_diag(s, netns, err);
}

int sockets_new(struct wnode *n, int netns, struct sockets **ret, struct err *err)
{
	struct sockets *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_sys(err, ENOMEM, "Can't observe sockets");
	s->node = n;
	s->diag = -1;
	for (size_t i = 0; i < PENDING; i++)
		s->pending[i].sock = -1;
	rc = set_up(s, netns, err);
	if (rc < 0) {
		sockets_free(s);
		return rc;
	}
	*ret = s;
	return 0;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < PENDING; i++)
		pending_end(&s->pending[i]);
	for (size_t i = 0; i < LISTENERS; i++)
		forget(&s->list[i]);
	if (s->readable)
		event_free(s->readable);
	rate_done(&s->rate);
	fd_closep(&s->diag);
	free(s);
}
