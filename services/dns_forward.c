/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions passed on to upstream servers by UDP. */
#include <errno.h>
#include <event2/util.h>

#include "services/dns.h"

/*
 * All questions of a service leave by one socket, each under a number of its own. An answer counts
 * only when its number, its sender and its question are those asked: anyone in the lab can send us
 * datagrams.
 */
static struct dns_request *find_asked(struct dns *d, uint16_t id, const struct addr *server)
{
	struct dns_request *r;

	LIST_FOREACH(r, &d->requests, link)
	if (r->asked && r->id == id && (!server || addr_equal(&r->server, server)))
		return r;
	return NULL;
}

static uint16_t fresh_id(struct dns *d)
{
	uint16_t id;

	do
		evutil_secure_rng_get_bytes(&id, sizeof(id));
	while (find_asked(d, id, NULL));
	return id;
}

static void on_answer(evutil_socket_t fd, short what, void *arg)
{
	struct dns *d = arg;
	uint8_t buf[DNS_MESSAGE_MAX];
	struct udp_peer peer;
	ssize_t n;

	(void)what;
	while ((n = udp_recv(fd, buf, sizeof(buf), &peer)) >= 0) {
		struct dns_request *r;

		if (n < DNS_HEADER)
			continue;
		r = find_asked(d, LDNS_ID_WIRE(buf), &peer.from);
		if (r && dns_query_matches(&r->q, buf, (size_t)n))
			dns_request_relay(r, buf, (size_t)n);
	}
}

const struct addr *dns_forward_next(struct dns_request *r)
{
	const struct dns_servers *s = dns_upstreams_for(&r->dns->config.upstreams, r->q.name);

	return r->next < s->n ? &s->addrs[r->next++] : NULL;
}

void dns_forward_failed(struct dns_request *r)
{
	if (r->dns->config.tunnel)
		dns_request_free(r);
	else
		dns_request_fail(r, LDNS_RCODE_SERVFAIL);
}

static bool ask_one(struct dns_request *r, const struct addr *server)
{
	struct dns *d = r->dns;
	int family = 0;
	socklen_t len = sizeof(family);

	getsockopt(d->upstream_fd, SOL_SOCKET, SO_DOMAIN, &family, &len);
	r->server = *server;
	if (family == AF_INET6)
		addr_map_v6(&r->server);
	r->id = fresh_id(d);
	r->asked = true;
	ldns_write_uint16(r->wire, r->id);
	return sendto(d->upstream_fd, r->wire, r->len, MSG_NOSIGNAL | MSG_DONTWAIT, &r->server.sa,
		      r->server.len) == (ssize_t)r->len;
}

static void forward_udp(struct dns_request *r);

static void on_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	forward_udp(arg);
}

/* The next upstream; one that can't be sent to (no route) is passed over at once. */
static void forward_udp(struct dns_request *r)
{
	const struct addr *server;

	r->asked = false;
	while (r->dns->upstream_fd >= 0 && (server = dns_forward_next(r))) {
		if (!ask_one(r, server))
			continue;
		if (dns_request_wait(r, r->dns->config.upstream_ms, on_timeout))
			return;
		break;
	}
	dns_forward_failed(r);
}

void dns_forward(struct dns_request *r)
{
	if (r->from.conn)
		dns_forward_tcp(r);
	else
		forward_udp(r);
}

int dns_forward_open(struct dns *d, int *fd, struct err *err)
{
	int rc = udp_prepare(*fd, err);

	if (rc < 0)
		return rc;
	d->upstream_ev = event_new(d->serve->base, *fd, EV_READ | EV_PERSIST, on_answer, d);
	if (!d->upstream_ev || event_add(d->upstream_ev, NULL) < 0)
		return err_sys(err, ENOMEM, "Can't watch the upstream socket");
	d->upstream_fd = fd_steal(fd);
	return 0;
}

void dns_forward_close(struct dns *d)
{
	if (d->upstream_ev)
		event_free(d->upstream_ev);
	fd_closep(&d->upstream_fd);
}
