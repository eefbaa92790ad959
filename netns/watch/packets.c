/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of a node, from one packet socket over all its interfaces. The kernel's filter leaves
 * only what may become an event. The first of several identical packets is told at once, the others
 * as one event with their count when the second is over; SYNs are never merged, because a hang is
 * proved by how they repeat. A flood is cut off at RATE_MAX events a second and its size told.
 */
#include "netns/watch/packets.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "netns/watch/linger.h"
#include "netns/watch/netopen.h"
#include "netns/watch/packet_parse.h"
#include "packet_filter.inc"

enum {
	RATE_MAX = 200,	  /* events a second of one node */
	RECENT = 16,	  /* shapes remembered for merging */
	BURST = 64,	  /* packets read before others get their turn */
	SNAPLEN = 2048,	  /* as filter_gen.c; a DNS answer over plain Ethernet fits */
	RING = 64 * 1024, /* bytes of receive buffer: about 80 packets waiting */
};

/* A packet just told, and how often it came again. */
struct shape {
	json_t *event;	    /* without the common keys; owned; NULL = free */
	double since, last; /* when it passed first, and last */
	unsigned again;
};

struct packets {
	struct wnode *node;
	int sock;
	struct event *readable, *second;
	struct shape recent[RECENT];
	size_t oldest;
	unsigned told; /* events in this second */
	unsigned cut;  /* and packets beyond RATE_MAX */
	double second_began;
	bool ticking;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/*
 * CLOCK_MONOTONIC of a packet the kernel stamped by its wall clock: this process may come to read
 * it late, when somebody else is at work already.
 */
static double stamped(struct msghdr *mh, double read_at)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		struct timespec at, wall;
		double ago;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&at, CMSG_DATA(c), sizeof(at));
		clock_gettime(CLOCK_REALTIME, &wall);
		ago = (double)(wall.tv_sec - at.tv_sec) + (double)(wall.tv_nsec - at.tv_nsec) / 1e9;
		/* A wall clock that was set meanwhile says nothing. */
		return ago > 0 && ago < 10 ? read_at - ago : read_at;
	}
	return read_at;
}

/* t: when the packet passed. */
static void tell(struct packets *p, const json_t *keys, unsigned count, double t)
{
	json_t *e = wnode_event(p->node, "packet");

	json_object_update(e, (json_t *)keys);
	json_object_set_new(e, "mono", json_real(t));
	if (count)
		json_object_set_new(e, "count", json_integer(count));
	wnode_emit(p->node, e);
}

static void tell_again(struct packets *p, struct shape *s)
{
	if (s->again)
		tell(p, s->event, s->again, s->last);
	s->again = 0;
}

static void shape_clear(struct packets *p, struct shape *s)
{
	tell_again(p, s);
	json_decref(s->event);
	*s = (struct shape){0};
}

static void report_cut(struct packets *p)
{
	json_t *e;

	if (!p->cut)
		return;
	e = wnode_event(p->node, "packet");
	json_object_set_new(e, "what", json_string("more"));
	json_object_set_new(e, "count", json_integer(p->cut));
	wnode_emit(p->node, e);
	p->cut = 0;
}

static void report_drops(struct packets *p)
{
	struct tpacket_stats st;
	socklen_t len = sizeof(st);

	if (getsockopt(p->sock, SOL_PACKET, PACKET_STATISTICS, &st, &len) == 0 && st.tp_drops)
		wnode_lost(p->node, "packets", st.tp_drops);
}

/* A second is over: what repeated is told, and the rate begins anew. Not armed while nothing waits.
 */
static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct packets *p = arg;
	double t = now();

	(void)fd;
	(void)what;
	p->ticking = false;
	for (size_t i = 0; i < RECENT; i++)
		if (p->recent[i].event && t - p->recent[i].since >= 1)
			shape_clear(p, &p->recent[i]);
	report_cut(p);
	report_drops(p);
}

static void want_second(struct packets *p)
{
	const struct timeval tv = {.tv_sec = 1, .tv_usec = 1000};

	if (p->ticking)
		return;
	p->ticking = true;
	event_add(p->second, &tv);
}

static bool within_rate(struct packets *p, double t)
{
	if (t - p->second_began >= 1) {
		p->second_began = t;
		p->told = 0;
	}
	if (p->told < RATE_MAX) {
		p->told++;
		return true;
	}
	p->cut++;
	want_second(p);
	return false;
}

/* Whether it is one more of a packet told less than a second ago. */
static bool repeats(struct packets *p, const json_t *keys, double t)
{
	for (size_t i = 0; i < RECENT; i++) {
		struct shape *s = &p->recent[i];

		if (!s->event || t - s->since >= 1 || !json_equal(s->event, keys))
			continue;
		s->again++;
		s->last = t;
		want_second(p);
		return true;
	}
	return false;
}

static void remember(struct packets *p, json_t *keys, double t)
{
	struct shape *s = &p->recent[p->oldest];

	p->oldest = (p->oldest + 1) % RECENT;
	shape_clear(p, s);
	*s = (struct shape){.event = json_incref(keys), .since = t};
}

static void on_packet(struct packets *p, const uint8_t *data, size_t len,
		      const struct sockaddr_ll *from, double t)
{
	auto_json json_t *keys = packet_parse(data, len);
	char ifname[16];

	if (!keys)
		return;
	net_ifname(p->sock, from->sll_ifindex, ifname);
	json_object_set_new(keys, "if", json_string(ifname));
	json_object_set_new(keys, "dir",
			    json_string(from->sll_pkttype == PACKET_OUTGOING ? "out" : "in"));
	if (strcmp(json_str(keys, "what", ""), "syn") != 0) {
		if (repeats(p, keys, t))
			return;
		remember(p, keys, t);
	}
	if (within_rate(p, t))
		tell(p, keys, 0, t);
}

/* On loopback every packet comes twice, going out and coming in: one is enough. */
static bool is_echo(const struct sockaddr_ll *from)
{
	enum { ARPHRD_LOOPBACK_ = 772 };

	return from->sll_hatype == ARPHRD_LOOPBACK_ && from->sll_pkttype == PACKET_OUTGOING;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct packets *p = arg;
	uint8_t data[SNAPLEN];

	(void)what;
	for (int i = 0; i < BURST; i++) {
		char control[CMSG_SPACE(sizeof(struct timespec))];
		struct sockaddr_ll from = {0};
		struct iovec iov = {.iov_base = data, .iov_len = sizeof(data)};
		struct msghdr mh = {.msg_name = &from,
				    .msg_namelen = sizeof(from),
				    .msg_iov = &iov,
				    .msg_iovlen = 1,
				    .msg_control = control,
				    .msg_controllen = sizeof(control)};
		ssize_t n = recvmsg(fd, &mh, 0);

		if (n < 0)
			return;
		if (!is_echo(&from))
			on_packet(p, data, (size_t)n, &from, stamped(&mh, now()));
	}
	want_second(p); /* so many at once: some may have been dropped, which is looked for there */
}

/* The filter first, then the protocol: not one unfiltered packet gets in between. */
static int set_up(struct packets *p, int netns, struct err *err)
{
	struct sock_fprog prog = {.len = ARRAY_SIZE(packet_filter),
				  .filter = (struct sock_filter *)packet_filter};
	struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int size = RING, on = 1;

	p->sock = net_open(p->node->watch, netns, AF_PACKET, SOCK_DGRAM, 0, err);
	if (p->sock < 0)
		return p->sock;
	linger_hold(p->node->watch->linger, p->sock);
	if (setsockopt(p->sock, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0 ||
	    setsockopt(p->sock, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0 ||
	    setsockopt(p->sock, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    bind(p->sock, (struct sockaddr *)&all, sizeof(all)) < 0)
		return err_sys(err, errno, "Can't observe packets");
	p->readable =
		event_new(p->node->watch->base, p->sock, EV_READ | EV_PERSIST, on_readable, p);
	p->second = evtimer_new(p->node->watch->base, on_second, p);
	if (!p->readable || !p->second || event_add(p->readable, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't observe packets");
	return 0;
}

int packets_new(struct wnode *n, int netns, struct packets **ret, struct err *err)
{
	struct packets *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return err_sys(err, ENOMEM, "Can't observe packets");
	p->node = n;
	p->sock = -1;
	rc = set_up(p, netns, err);
	if (rc < 0) {
		packets_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

void packets_catch_up(struct packets *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < RECENT; i++)
		tell_again(p, &p->recent[i]);
	report_cut(p);
	p->told = 0;
}

void packets_free(struct packets *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < RECENT; i++)
		shape_clear(p, &p->recent[i]);
	report_cut(p);
	if (p->sock >= 0) {
		report_drops(p);
		linger_drop(p->node->watch->linger, p->sock);
	}
	if (p->readable)
		event_free(p->readable);
	if (p->second)
		event_free(p->second);
	fd_closep(&p->sock);
	free(p);
}
