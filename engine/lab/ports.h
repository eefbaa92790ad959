/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may have which port, where a guest shares the ports of its host (WSL in mirrored mode and Windows). Decisions alone: no
 * kernel, no clock.
 *
 * Theory of operation. What is kept are the guest's ports, by protocol and number only; the host's are looked at when somebody
 * asks. A port becomes the guest's when a program there binds it, and is free again when a look at the guest's sockets (ports_scan)
 * finds none on it any more. Between its bind and the first look that finds it a port is the guest's for a minute. A socket
 * whose bind was not asked about (port 0, then listen) is found by the look. Their number is bounded: a bind of one more is
 * refused with ENOBUFS, and what a look finds beyond it is not the guest's.
 */
#ifndef NETDOJO_LAB_PORTS_H
#define NETDOJO_LAB_PORTS_H

#include "base/err.h"
#include "base/json.h"
#include "port/build.h"

enum {
	PORTS_KEPT_S = 60,   /* a port that was bound and never found by a look */
	PORTS_LOOK_MS = 500, /* how often to look */
	PORTS_MAX =
		1536, /* that the guest may have of a protocol: the switch numbers 2047 filters, the window needs some */
	PORTS_UNSEEN_MAX =
		1024,	     /* of them no look has found yet: the oldest makes room for the next */
	PORTS_NEW_MAX = 256, /* that one look takes; the next look takes more */
};

struct ports_range {
	uint16_t lo, hi;
};

/* A port the guest has. */
struct port_held {
	uint8_t proto; /* IPPROTO_TCP or IPPROTO_UDP */
	uint16_t port;
	bool shared; /* the host may have it too, and then gets what comes in */
	bool hosts;  /* and has */
	bool seen;   /* by a look since it was last bound */
	bool marked; /* by this look */
	double since;
};

struct ports {
	struct ports_range window, dynamic;
	uint8_t ignored[65536 / 8];
	uint8_t never[2][65536 / 8]; /* TCP's, UDP's */
	struct port_held *held;	     /* in order; owned */
	size_t n, room;
	unsigned changes; /* grows with each change of what is the guest's */
};

/* A set of ports. */
struct ports_set {
	uint8_t of[2][65536 / 8]; /* TCP's, UDP's */
};

/* What a program wants to bind. */
struct port_bind {
	uint8_t proto;
	const char *address; /* as inet_ntop writes it */
	uint16_t port;
};

/* How the host's ports are asked about, which is done only where the answer decides. */
struct ports_host {
	bool (*has)(void *arg, uint8_t proto, uint16_t port);
	void *arg;
};

/* Reads a node's port_space (docs/formats/model.md). */
int ports_init(struct ports *p, const json_t *port_space, struct err *err);
void ports_done(struct ports *p);

/* A program of the guest's binds: 0, EADDRINUSE or ENOBUFS. */
int ports_guest_binds(struct ports *p, const struct port_bind *b, const struct ports_host *host,
		      double now);
/* One of the host's. */
int ports_host_binds(struct ports *p, const struct port_bind *b);
/* A look at the guest's sockets, as build.h's READ_SOCKETS gives them. */
void ports_scan(struct ports *p, const json_t *sockets, const struct ports_host *host, double now);

/* Whether a TCP port of the guest's is on none of these sockets: those that listen do not tell then whether it is free. */
bool ports_misses(const struct ports *p, const json_t *sockets);

/* Adds the ports of sockets that are in use: one that lingers after its connection's end is not. */
void ports_set_sockets(struct ports_set *s, const json_t *sockets);
/* Adds those in "40960-45055,50000", as net.ipv4.ip_local_reserved_ports has Windows' excluded ranges. */
void ports_set_list(struct ports_set *s, const char *list);
bool ports_set_has(const struct ports_set *s, uint8_t proto, uint16_t port);
/* IPPROTO_TCP for "tcp", IPPROTO_UDP for "udp", else 0. */
uint8_t ports_proto(const char *name);

/* What is to be steered to the guest; caller frees *ret. */
int ports_steered(const struct ports *p, struct port_range **ret, size_t *ret_n);

#endif
