/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the DNS service: a question from its arrival to its answer. */
#ifndef NETDOJO_SERVICES_DNS_H
#define NETDOJO_SERVICES_DNS_H

#include <sys/queue.h>

#include "services/dns_behaviour.h"
#include "services/dns_query.h"
#include "services/dns_servers.h"
#include "services/dns_zone.h"
#include "services/serve.h"
#include "services/service.h"
#include "services/udp.h"

struct bufferevent;
struct boss_ask;
struct dns_conn;

enum { DNS_UPSTREAM_MS = 2000 /* a server's time, unless the config says */ };

/* What `set` replaces as a whole. */
struct dns_config {
	struct dns_zone *zone;
	struct dns_behaviour behaviour;
	struct dns_upstreams upstreams;
	unsigned int upstream_ms;
	bool tunnel;	  /* WSL's DNS tunnel: what Windows can't answer gets no answer at all */
	bool recursive;	  /* a resolver: its records are others', answered without authority */
	bool best_effort; /* with it: a question with records nobody asked for is answered, too */
};

/* Where a question came from, and so where its answer goes. */
struct dns_origin {
	struct dns_conn *conn; /* NULL: by UDP */
	int fd;		       /* the UDP listener's */
	struct udp_peer peer;
};

/* A question not answered yet. Owned by its dns, in whose list it is. */
struct dns_request {
	LIST_ENTRY(dns_request) link;
	struct dns *dns;
	struct dns_origin from;
	struct dns_query q;
	struct event *timer;
	size_t next; /* index of the upstream to ask next */
	bool asked;  /* server was sent the question by UDP under the number id */
	struct addr server;
	uint16_t id;
	struct boss_ask *ask;	 /* TCP: a socket is being made */
	struct bufferevent *bev; /* TCP: the connection to server */
	size_t len;
	uint8_t wire[];
};

struct dns {
	struct serve *serve;
	const char *name;
	struct dns_config config;
	struct quota connections, pending;
	LIST_HEAD(, dns_request) requests;
	LIST_HEAD(, dns_conn) conns;
	struct dns_udp *udp;
	size_t n_udp;
	struct stream *tcp[SERVICE_LISTENS_MAX];
	size_t n_tcp;
	int upstream_fd;
	struct event *upstream_ev;
};

/* Takes a message in. Whatever it holds, the answer (if any) goes to from. */
void dns_take(struct dns *d, const struct dns_origin *from, const uint8_t *wire, size_t len);

/* Each of these ends the request and frees it. */
void dns_request_free(struct dns_request *r);			    /* without an answer */
void dns_request_answer(struct dns_request *r, ldns_pkt *pkt);	    /* takes pkt over */
void dns_request_fail(struct dns_request *r, ldns_pkt_rcode rcode); /* an empty answer */
void dns_request_relay(struct dns_request *r, uint8_t *wire,
		       size_t len); /* a server's bytes; the id is rewritten */

/* Arms the request's timer; fn gets the request. False: out of memory. */
bool dns_request_wait(struct dns_request *r, unsigned int ms, event_callback_fn fn);

/* Asks the upstreams in turn, by the client's own transport; SERVFAIL when none answers, of a tunnel
 * nothing. */
void dns_forward(struct dns_request *r);
void dns_forward_tcp(struct dns_request *r);
/* The next server to ask, NULL when all were. */
const struct addr *dns_forward_next(struct dns_request *r);
void dns_forward_failed(struct dns_request *r);
/* Lets go of what the forwarding by TCP holds; safe on any request. */
void dns_forward_tcp_drop(struct dns_request *r);
int dns_forward_open(struct dns *d, int *fd, struct err *err);
void dns_forward_close(struct dns *d);

/* The clients' TCP connections. */
void dns_conn_accept(int fd, void *dns);
void dns_conn_send(struct dns_conn *c, const uint8_t *wire, size_t len);
void dns_conn_hangup(struct dns_conn *c);
void dns_conn_close_all(struct dns *d);

#endif
