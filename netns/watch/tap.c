/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node's packets for the attempt's capture, from one packet socket over all its interfaces, beside the one whose packets become
 * events: bulk data that fills this one's 64 KiB takes no event's place. Nothing is set aside for it, the bytes are the
 * kernel's bound on what waits.
 *
 * A recorder must not slow what it records. So of each second only the first FULL_MAX packets are taken; then the kernel's filter is
 * changed for one that leaves out the data of TCP and UDP, and after LEAN_MAX more for one that leaves out all. A second later
 * everything is taken again.
 */
#include "netns/watch/tap.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "netns/watch/capture.h"
#include "netns/watch/linger.h"
#include "netns/watch/netopen.h"

enum {
	FULL_MAX = 400, /* packets a second of one node; reading one costs some 10 us */
	LEAN_MAX = 200, /* and then of those that are no data */
	BURST = 64,	/* packets read before others get their turn */
	RING = 64 * 1024,
	IFACES = 32, /* remembered of a node; a learner's further ones are not captured */
	LINKTYPE_ETHERNET = 1,
};

enum level { LEVEL_FULL, LEVEL_LEAN, LEVEL_NONE, N_LEVELS };

/* Loads relative to the network header, whatever the link layer. */
#define LOAD(size, mode, offset)                                                                   \
	BPF_STMT(BPF_LD | (size) | (mode), (uint32_t)(SKF_NET_OFF + (offset)))
#define ALL 0xffffffff

static const struct sock_filter full[] = {BPF_STMT(BPF_RET | BPF_K, ALL)};
static const struct sock_filter none[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
/* No data: of TCP what has SYN, FIN or RST, of UDP what goes to or comes from port 53, and all of the rest. */
static const struct sock_filter lean[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 7, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 16),
	/* 3, IPv4: the transport's header begins at X; a later fragment has none */
	LOAD(BPF_H, BPF_ABS, 6),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 14, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, (uint32_t)SKF_NET_OFF),
	LOAD(BPF_B, BPF_ABS, 9),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 5, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 6, 10),
	/* 9, IPv6 */
	BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 40),
	LOAD(BPF_B, BPF_ABS, 6),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 3, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 6),
	/* 13, TCP */
	LOAD(BPF_B, BPF_IND, 13),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x07, 4, 5),
	/* 15, UDP */
	LOAD(BPF_H, BPF_IND, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 53, 2, 0),
	LOAD(BPF_H, BPF_IND, 2),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 53, 0, 1),
	/* 19 */
	BPF_STMT(BPF_RET | BPF_K, ALL),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static const struct {
	const struct sock_filter *code;
	unsigned short n;
	unsigned max; /* packets of a second until the next level */
} levels[] = {
	[LEVEL_FULL] = {full, ARRAY_SIZE(full), FULL_MAX},
	[LEVEL_LEAN] = {lean, ARRAY_SIZE(lean), FULL_MAX + LEAN_MAX},
	[LEVEL_NONE] = {none, ARRAY_SIZE(none), UINT32_MAX},
};
_Static_assert(ARRAY_SIZE(levels) == N_LEVELS, "a filter for each level");

struct tap {
	struct wnode *node;
	int sock;
	struct event *readable, *second;
	enum level level;
	unsigned taken; /* in this second */
	double began;
	bool thinned; /* and said so */
	struct {
		int ifindex, number; /* in the file; negative = not captured */
	} ifaces[IFACES];
	size_t n_ifaces;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int set_level(struct tap *t, enum level level)
{
	struct sock_fprog prog = {.len = levels[level].n,
				  .filter = (struct sock_filter *)levels[level].code};

	t->level = level;
	return setsockopt(t->sock, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0 ? -errno
											  : 0;
}

/* Once of each node: from here on the file has gaps. */
static void tell_thinned(struct tap *t)
{
	json_t *e;

	if (t->thinned)
		return;
	t->thinned = true;
	e = wnode_event(t->node, "lab");
	json_object_set_new(e, "by", json_string("lab"));
	json_object_set_new(e, "what", json_string("capture-thinned"));
	wnode_emit(t->node, e);
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct tap *t = arg;

	(void)fd;
	(void)what;
	t->taken = 0;
	set_level(t, LEVEL_FULL);
}

static void count(struct tap *t)
{
	const struct timeval second = {.tv_sec = 1};

	if (t->taken++ == 0)
		t->began = now();
	if (t->taken < levels[t->level].max)
		return;
	if (t->level == LEVEL_FULL && now() - t->began >= 1) {
		t->taken = 0; /* they came slowly */
		return;
	}
	tell_thinned(t);
	set_level(t, t->level + 1);
	event_add(t->second, &second);
}

/* What stands before the network header there, in bytes; -1: a kind of link that is not captured. */
static int header_of(const struct sockaddr_ll *from)
{
	switch (from->sll_hatype) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return ETH_HLEN;
	case ARPHRD_NONE: /* WireGuard and the like */
		return 0;
	default:
		return -1;
	}
}

static int add_iface(struct tap *t, const struct sockaddr_ll *from)
{
	const struct wnode *n = t->node;
	int number = -1;
	char name[16], full_name[64];

	if (t->n_ifaces == IFACES)
		return -1;
	net_ifname(t->sock, from->sll_ifindex, name);
	if (n->generation > 1)
		snprintf(full_name, sizeof(full_name), "%s#%u:%s", n->name, n->generation, name);
	else
		snprintf(full_name, sizeof(full_name), "%s:%s", n->name, name);
	if (header_of(from) >= 0)
		number = capture_iface(n->watch->capture, full_name, LINKTYPE_ETHERNET);
	t->ifaces[t->n_ifaces].ifindex = from->sll_ifindex;
	t->ifaces[t->n_ifaces++].number = number;
	return number;
}

/* The interface's number in the file; negative: it is not captured. */
static int iface_number(struct tap *t, const struct sockaddr_ll *from)
{
	for (size_t i = 0; i < t->n_ifaces; i++)
		if (t->ifaces[i].ifindex == from->sll_ifindex)
			return t->ifaces[i].number;
	return add_iface(t, from);
}

/* When the kernel had the packet, by the wall clock. */
static uint64_t stamp(struct msghdr *mh)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&at, CMSG_DATA(c), sizeof(at));
	return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
}

static void keep(struct tap *t, const uint8_t *data, size_t len, const struct sockaddr_ll *from,
		 uint64_t ns)
{
	bool out = from->sll_pkttype == PACKET_OUTGOING;
	int number;

	/* on loopback every packet comes twice */
	if (out && from->sll_hatype == ARPHRD_LOOPBACK)
		return;
	number = iface_number(t, from);
	if (number < 0)
		return;
	capture_packet(
		t->node->watch->capture,
		&(struct pcapng_packet){
			.iface = (uint32_t)number,
			.ns = ns,
			.captured = (uint32_t)(len < CAPTURE_SNAPLEN ? len : CAPTURE_SNAPLEN),
			.original = (uint32_t)len,
			.data = data,
			.dir = out ? PCAPNG_OUT : PCAPNG_IN});
	count(t);
}

/*
 * false: none waited. Readers built on libpcap want one kind of link in a file, so a packet without an Ethernet header gets one of
 * zeroes.
 */
static bool read_one(struct tap *t)
{
	uint8_t data[ETH_HLEN + CAPTURE_SNAPLEN] = {0}, *packet = data + ETH_HLEN;
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct sockaddr_ll from = {0};
	struct iovec iov = {.iov_base = packet, .iov_len = CAPTURE_SNAPLEN};
	struct msghdr mh = {.msg_name = &from,
			    .msg_namelen = sizeof(from),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(t->sock, &mh, MSG_TRUNC); /* the packet's length, not ours */

	if (n < 0)
		return false;
	if (header_of(&from) == 0) {
		memcpy(packet - 2, &from.sll_protocol, 2);
		packet -= ETH_HLEN;
		n += ETH_HLEN;
	}
	keep(t, packet, (size_t)n, &from, stamp(&mh));
	return true;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct tap *t = arg;

	(void)fd;
	(void)what;
	if (capture_full(t->node->watch->capture)) {
		event_del(t->readable);
		event_del(t->second);
		set_level(t, LEVEL_NONE);
		return;
	}
	for (int i = 0; i < BURST && read_one(t); i++)
		;
}

/* The filter first, then the protocol, as in packets.c. */
static int set_up(struct tap *t, int netns, struct err *err)
{
	struct watch *w = t->node->watch;
	struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int size = RING, on = 1;

	t->sock = net_open(w, netns, AF_PACKET, SOCK_RAW, 0, err);
	if (t->sock < 0)
		return t->sock;
	linger_hold(w->linger, t->sock);
	if (set_level(t, LEVEL_FULL) < 0 ||
	    setsockopt(t->sock, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0 ||
	    setsockopt(t->sock, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    bind(t->sock, (struct sockaddr *)&all, sizeof(all)) < 0)
		return err_sys(err, errno, "Can't capture packets");
	t->readable = event_new(w->base, t->sock, EV_READ | EV_PERSIST, on_readable, t);
	t->second = evtimer_new(w->base, on_second, t);
	if (!t->readable || !t->second || event_add(t->readable, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't capture packets");
	return 0;
}

int tap_new(struct wnode *n, int netns, struct tap **ret, struct err *err)
{
	struct tap *t = calloc(1, sizeof(*t));
	int rc;

	if (!t)
		return err_sys(err, ENOMEM, "Can't capture packets");
	t->node = n;
	t->sock = -1;
	rc = set_up(t, netns, err);
	if (rc < 0) {
		tap_free(t);
		return rc;
	}
	*ret = t;
	return 0;
}

void tap_free(struct tap *t)
{
	if (!t)
		return;
	if (t->sock >= 0)
		linger_drop(t->node->watch->linger, t->sock);
	if (t->readable)
		event_free(t->readable);
	if (t->second)
		event_free(t->second);
	fd_closep(&t->sock);
	free(t);
}
