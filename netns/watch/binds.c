/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a node's programs bind.
 *
 * Theory of operation. A node that shares its ports with another has them given out by init. Here bind(2) is looked at as it
 * is called: the socket itself, fetched from the caller, says whether it is TCP or UDP and of the node's own network (one in
 * a further network namespace has ports of its own), the caller's memory which address is meant. The caller stands still
 * until init has answered; other calls are served meanwhile. Whatever can't be found out, and whoever has waited
 * too long, is let go on: init then finds the port when it looks at the node's sockets.
 *
 * What the kernel then binds is read from the caller's memory once more, so a program that changes it meanwhile fools
 * itself, and init for half a second.
 */
#define _GNU_SOURCE
#include "netns/watch/binds.h"

#include <errno.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "netns/watch/fetch.h"
#include "netns/watch/listener.h"
#include "netns/watch/netopen.h"
#include "netns/watch/target.h"

enum {
	WAITING_MAX = 1024, /* a lab's process limit is lower */
	PATIENCE_S = 5,	    /* init answers in less than a millisecond, unless something is wrong */
};

struct asked {
	TAILQ_ENTRY(asked) link;
	struct binds *binds;
	unsigned n;
	uint64_t id;
	pid_t pid;
	struct event *late;
};

struct binds {
	struct wnode *node;
	uint64_t cookie; /* of the node's network namespace */
	unsigned last, waiting;
	TAILQ_HEAD(, asked) asked;
};

struct meant {
	const char *proto;
	char address[INET6_ADDRSTRLEN];
	uint16_t port;
};

int binds_new(struct wnode *n, int netns, struct binds **ret, struct err *err)
{
	auto_fd sock = net_open(n->watch, netns, AF_INET, SOCK_DGRAM, 0, err);
	struct binds *b;
	uint64_t cookie;

	if (sock < 0)
		return sock;
	if (fetch_netns(sock, &cookie) < 0)
		return err_sys(err, errno, "Can't tell network namespaces apart");
	b = calloc(1, sizeof(*b));
	if (!b)
		return err_sys(err, ENOMEM, "Can't ask about ports");
	b->node = n;
	b->cookie = cookie;
	TAILQ_INIT(&b->asked);
	*ret = b;
	return 0;
}

/* What the kernel will make of the address; false where it will refuse it, or choose the port itself. */
static bool read_address(int domain, const union any_addr *a, size_t len, struct meant *ret)
{
	if (domain == AF_INET && len >= sizeof(a->in)) {
		inet_ntop(AF_INET, &a->in.sin_addr, ret->address, sizeof(ret->address));
		ret->port = ntohs(a->in.sin_port);
	} else if (domain == AF_INET6 && len >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
		inet_ntop(AF_INET6, &a->in6.sin6_addr, ret->address, sizeof(ret->address));
		ret->port = ntohs(a->in6.sin6_port);
	} else {
		return false;
	}
	return ret->port != 0;
}

static bool is_inet(int family)
{
	return family == AF_INET || family == AF_INET6 ||
	       family == AF_UNSPEC; /* an old INADDR_ANY */
}

static bool look(const struct binds *b, const struct bind_call *c, struct meant *ret)
{
	union any_addr a = {0};
	size_t len = c->len < sizeof(a) ? (size_t)c->len : sizeof(a);
	auto_fd sock = -1;
	uint64_t cookie;

	if (target_read(c->pid, c->addr, &a, len) < 0 || !is_inet(a.sa.sa_family))
		return false;
	sock = fetch_fd(b->node->watch->proc, c->pid, c->fd);
	if (sock < 0)
		return false;
	ret->proto = fetch_proto(sock);
	return ret->proto && fetch_netns(sock, &cookie) == 0 && cookie == b->cookie &&
	       read_address(fetch_option(sock, SO_DOMAIN), &a, len, ret);
}

static void forget(struct asked *a)
{
	TAILQ_REMOVE(&a->binds->asked, a, link);
	a->binds->waiting--;
	if (a->late)
		event_free(a->late);
	free(a);
}

static void decide(struct asked *a, int error)
{
	struct listener *l = a->binds->node->listener;
	uint64_t id = a->id;
	pid_t pid = a->pid;

	forget(a);
	listener_decide(l, id, pid, error);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	decide(arg, 0);
}

static struct asked *asked_new(struct binds *b, const struct bind_call *c)
{
	static const struct timeval patience = {PATIENCE_S, 0};
	struct asked *a = b->waiting < WAITING_MAX ? calloc(1, sizeof(*a)) : NULL;

	if (!a)
		return NULL;
	*a = (struct asked){.binds = b, .n = ++b->last, .id = c->id, .pid = c->pid};
	TAILQ_INSERT_TAIL(&b->asked, a, link);
	b->waiting++;
	a->late = evtimer_new(b->node->watch->base, on_late, a);
	if (a->late && evtimer_add(a->late, &patience) == 0)
		return a;
	forget(a);
	return NULL;
}

/* A message of its own, at once: a batch may be dropped, and waits for the end of this turn. */
static void tell(const struct asked *a, const struct meant *m)
{
	const struct wnode *n = a->binds->node;

	out_message(n->watch->out,
		    json_pack("{s:[{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:i}]}", "events", "kind",
			      "lab", "what", "bind", "node", n->name, "gen",
			      (json_int_t)n->generation, "n", (json_int_t)a->n, "proto", m->proto,
			      "address", m->address, "port", (int)m->port));
	out_flush(n->watch->out);
}

bool binds_ask(struct binds *b, const struct bind_call *call)
{
	struct meant m;
	struct asked *a;

	if (!look(b, call, &m))
		return false;
	a = asked_new(b, call);
	if (!a)
		return false;
	tell(a, &m);
	return true;
}

void binds_answer(struct binds *b, unsigned n, int error)
{
	struct asked *a;

	if (!b)
		return;
	TAILQ_FOREACH(a, &b->asked, link)
	if (a->n == n) {
		decide(a, error);
		return;
	}
}

void binds_free(struct binds *b)
{
	if (!b)
		return;
	while (!TAILQ_EMPTY(&b->asked))
		decide(TAILQ_FIRST(&b->asked), 0);
	free(b);
}
