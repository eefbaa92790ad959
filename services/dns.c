/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DNS service: records, misbehaviour, and questions passed on. */
#include "services/dns.h"

#include <errno.h>
#include <string.h>

#include "services/stream.h"

enum {
	DNS_BURST = 32,	       /* datagrams read before other events get their turn */
	TUNNEL_BACKLOG = 1000, /* as the real one listens */
};

struct dns_udp {
	struct dns *dns;
	int fd;
	struct event *ev;
};

void dns_request_free(struct dns_request *r)
{
	LIST_REMOVE(r, link);
	quota_give(&r->dns->pending);
	if (r->timer)
		event_free(r->timer);
	dns_forward_tcp_drop(r);
	dns_query_done(&r->q);
	free(r);
}

static void send_back(const struct dns_request *r, const uint8_t *wire, size_t len)
{
	if (r->from.conn)
		dns_conn_send(r->from.conn, wire, len);
	else
		udp_send(r->from.fd, wire, len, &r->from.peer);
}

void dns_request_answer(struct dns_request *r, ldns_pkt *pkt)
{
	size_t limit = r->from.conn ? DNS_MESSAGE_MAX : r->q.udp_size;
	size_t len = 0;
	auto_free uint8_t *wire = pkt ? dns_answer_wire(&r->q, pkt, limit, &len) : NULL;

	ldns_pkt_free(pkt);
	if (wire)
		send_back(r, wire, len);
	dns_request_free(r);
}

void dns_request_fail(struct dns_request *r, ldns_pkt_rcode rcode)
{
	dns_request_answer(r, dns_answer_new(&r->q, rcode));
}

static void answer_cut(struct dns_request *r)
{
	ldns_pkt *pkt = dns_answer_new(&r->q, LDNS_RCODE_NOERROR);

	if (pkt)
		ldns_pkt_set_tc(pkt, true);
	dns_request_answer(r, pkt);
}

void dns_request_relay(struct dns_request *r, uint8_t *wire, size_t len)
{
	if (!r->from.conn && len > r->q.udp_size) {
		answer_cut(r);
		return;
	}
	ldns_write_uint16(wire, r->q.id);
	LDNS_AA_CLR(wire); /* who passes an answer on is no authority for it */
	send_back(r, wire, len);
	dns_request_free(r);
}

bool dns_request_wait(struct dns_request *r, unsigned int ms, event_callback_fn fn)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

	if (r->timer)
		event_free(r->timer);
	r->timer = evtimer_new(r->dns->serve->base, fn, r);
	return r->timer && evtimer_add(r->timer, &tv) == 0;
}

/* As Windows marks an answer from its hosts file: "aa rd ad". */
static void say_from_hosts(ldns_pkt *pkt)
{
	ldns_pkt_set_ad(pkt, true);
	ldns_pkt_set_ra(pkt, false);
}

/* What an honest server with this configuration does. */
static void resolve(struct dns_request *r)
{
	const struct dns_config *c = &r->dns->config;
	ldns_pkt *pkt = dns_answer_new(&r->q, LDNS_RCODE_NOERROR);

	if (pkt && dns_zone_answer(c->zone, &r->q, pkt)) {
		if (c->tunnel)
			say_from_hosts(pkt);
		if (c->recursive)
			ldns_pkt_set_aa(pkt, false);
		dns_request_answer(r, pkt);
		return;
	}
	ldns_pkt_free(pkt);
	if (dns_upstreams_for(&c->upstreams, r->q.name)->n)
		dns_forward(r);
	else
		dns_request_fail(r, dns_zone_empty(c->zone) ? LDNS_RCODE_REFUSED
							    : LDNS_RCODE_NXDOMAIN);
}

static void do_silent(struct dns_request *r)
{
	dns_request_free(r);
}

static void do_servfail(struct dns_request *r)
{
	dns_request_fail(r, LDNS_RCODE_SERVFAIL);
}

static void do_nxdomain(struct dns_request *r)
{
	dns_request_fail(r, LDNS_RCODE_NXDOMAIN);
}

static void do_refused(struct dns_request *r)
{
	dns_request_fail(r, LDNS_RCODE_REFUSED);
}

/* Over TCP only where the behaviour is for some names: else the kernel has refused the connection.
 */
static void do_truncated(struct dns_request *r)
{
	if (r->from.conn)
		dns_conn_hangup(r->from.conn);
	else
		answer_cut(r);
}

static void delay_over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	resolve(arg);
}

static void do_delay(struct dns_request *r)
{
	if (!dns_request_wait(r, r->dns->config.behaviour.delay_ms, delay_over))
		dns_request_free(r);
}

/* The wrong address for the type it is of, nothing for the other address type, the truth for the
 * rest. */
static void do_wrong(struct dns_request *r)
{
	ldns_pkt *pkt;

	if (r->q.type != LDNS_RR_TYPE_A && r->q.type != LDNS_RR_TYPE_AAAA) {
		resolve(r);
		return;
	}
	pkt = dns_answer_new(&r->q, LDNS_RCODE_NOERROR);
	if (pkt)
		dns_zone_push_address(&r->q, pkt, r->dns->config.behaviour.address);
	dns_request_answer(r, pkt);
}

static void do_no_aaaa(struct dns_request *r)
{
	if (r->q.type == LDNS_RR_TYPE_AAAA)
		dns_request_fail(r, LDNS_RCODE_NOERROR);
	else
		resolve(r);
}

static void do_close_tcp(struct dns_request *r)
{
	if (r->from.conn)
		dns_conn_hangup(r->from.conn);
	else
		resolve(r);
}

static void (*const behave[DNS_BEHAVIOURS])(struct dns_request *r) = {
	[DNS_OK] = resolve,	      [DNS_SILENT] = do_silent,
	[DNS_SERVFAIL] = do_servfail, [DNS_NXDOMAIN] = do_nxdomain,
	[DNS_REFUSED] = do_refused,   [DNS_TRUNCATED] = do_truncated,
	[DNS_DELAY] = do_delay,	      [DNS_WRONG] = do_wrong,
	[DNS_NO_AAAA] = do_no_aaaa,   [DNS_CLOSE_TCP] = do_close_tcp,
};

static struct dns_request *request_new(struct dns *d, const struct dns_origin *from,
				       const uint8_t *wire, size_t len)
{
	struct dns_request *r;

	if (!quota_take(&d->pending))
		return NULL;
	r = calloc(1, sizeof(*r) + len);
	if (!r) {
		quota_give(&d->pending);
		return NULL;
	}
	r->dns = d;
	r->from = *from;
	r->len = len;
	memcpy(r->wire, wire, len);
	LIST_INSERT_HEAD(&d->requests, r, link);
	return r;
}

/* Windows' call fails on what it can't read, and of a failed call a tunnel says nothing. */
static bool is_lost(const struct dns_config *c, const struct dns_query *q)
{
	if (!c->tunnel)
		return false;
	return q->rcode != LDNS_RCODE_NOERROR || q->bad_version ||
	       (q->more_records && !c->best_effort);
}

/* Past the bound of waiting questions the new one is dropped, as a full socket buffer would. */
void dns_take(struct dns *d, const struct dns_origin *from, const uint8_t *wire, size_t len)
{
	struct dns_query q;
	struct dns_request *r;

	if (!dns_query_parse(wire, len, &q))
		return;
	r = request_new(d, from, wire, len);
	if (!r) {
		dns_query_done(&q);
		return;
	}
	r->q = q;
	if (is_lost(&d->config, &q))
		dns_request_free(r);
	else if (q.rcode != LDNS_RCODE_NOERROR || q.bad_version)
		dns_request_fail(r, q.rcode);
	else
		behave[dns_behaviour_for(&d->config.behaviour, q.name)](r);
}

static void on_datagram(evutil_socket_t fd, short what, void *arg)
{
	struct dns_udp *u = arg;
	uint8_t buf[DNS_QUERY_MAX + 1];

	(void)what;
	for (int i = 0; i < DNS_BURST; i++) {
		struct dns_origin from = {.fd = fd};
		ssize_t n = udp_recv(fd, buf, sizeof(buf), &from.peer);

		if (n < 0)
			return;
		dns_take(u->dns, &from, buf, (size_t)n);
	}
}

static int open_udp(struct dns *d, int *fd, struct err *err)
{
	struct dns_udp *u = &d->udp[d->n_udp];
	int rc = udp_prepare(*fd, err);

	if (rc < 0)
		return rc;
	u->dns = d;
	u->ev = event_new(d->serve->base, *fd, EV_READ | EV_PERSIST, on_datagram, u);
	if (!u->ev || event_add(u->ev, NULL) < 0) {
		if (u->ev)
			event_free(u->ev);
		return err_sys(err, ENOMEM, "Can't listen");
	}
	u->fd = fd_steal(fd);
	d->n_udp++;
	return 0;
}

static int open_listens(struct dns *d, struct service_spec *spec, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < spec->n_listens; i++) {
		struct service_listen *l = &spec->listens[i];

		if (!l->tcp) {
			rc = open_udp(d, &l->fd, err);
			continue;
		}
		rc = stream_listen(d->serve, &l->fd, &d->connections, dns_conn_accept, d,
				   &d->tcp[d->n_tcp], err);
		d->n_tcp += rc == 0;
	}
	return rc;
}

static void config_done(struct dns_config *c)
{
	dns_zone_free(c->zone);
	dns_behaviour_done(&c->behaviour);
	dns_upstreams_done(&c->upstreams);
	*c = (struct dns_config){0};
}

static int read_config(const json_t *j, struct dns_config *ret, struct err *err)
{
	struct dns_config c = {0};
	int64_t ttl = json_int(j, "ttl", 300);
	int64_t ms = json_int(j, "upstream_ms", DNS_UPSTREAM_MS);
	int rc = dns_zone_new(json_object_get(j, "records"), json_flag(j, "wildcard", false),
			      (uint32_t)ttl, &c.zone, err);

	if (rc == 0)
		rc = dns_behaviour_read(json_object_get(j, "behaviour"), &c.behaviour, err);
	if (rc == 0)
		rc = dns_upstreams_read(j, &c.upstreams, err);
	if (rc == 0 && (ttl < 0 || ttl > INT32_MAX || ms < 1 || ms > 60 * 1000))
		rc = err_set(err, ERR_USAGE, ERANGE, "ttl or upstream_ms is out of range");
	if (rc < 0) {
		config_done(&c);
		return rc;
	}
	c.upstream_ms = (unsigned int)ms;
	c.tunnel = json_flag(j, "tunnel", false);
	c.recursive = json_flag(j, "recursive", false);
	c.best_effort = json_flag(j, "best_effort", false);
	*ret = c;
	return 0;
}

static int dns_set(void *self, const json_t *config, struct err *err)
{
	struct dns *d = self;
	struct dns_config fresh;
	int rc = read_config(config, &fresh, err);

	if (rc < 0)
		return rc;
	config_done(&d->config);
	d->config = fresh;
	for (size_t i = 0; i < d->n_tcp; i++) {
		stream_refuse(d->tcp[i], dns_behaviour_refuses_tcp(&fresh.behaviour));
		if (fresh.tunnel)
			stream_set_backlog(d->tcp[i], TUNNEL_BACKLOG);
	}
	return 0;
}

static void dns_stop(void *self)
{
	struct dns *d = self;

	dns_conn_close_all(d);
	while (!LIST_EMPTY(&d->requests))
		dns_request_free(LIST_FIRST(&d->requests));
	for (size_t i = 0; i < d->n_tcp; i++)
		stream_free(d->tcp[i]);
	for (size_t i = 0; i < d->n_udp; i++) {
		event_free(d->udp[i].ev);
		close(d->udp[i].fd);
	}
	dns_forward_close(d);
	config_done(&d->config);
	free(d->udp);
	free(d);
}

static struct dns *dns_new(struct serve *serve, const struct service_spec *spec)
{
	struct dns *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	*d = (struct dns){
		.serve = serve,
		.name = spec->name,
		.connections = {.parent = &serve->connections, .max = QUOTA_SERVICE},
		.pending = {.max = QUOTA_DNS_PENDING},
		.udp = calloc(SERVICE_LISTENS_MAX, sizeof(*d->udp)),
		.upstream_fd = -1,
	};
	LIST_INIT(&d->requests);
	LIST_INIT(&d->conns);
	if (d->udp)
		return d;
	free(d);
	return NULL;
}

static int dns_start(struct serve *serve, struct service_spec *spec, void **ret, struct err *err)
{
	struct dns *d = dns_new(serve, spec);
	int rc;

	if (!d)
		return err_sys(err, ENOMEM, "Can't start");
	rc = open_listens(d, spec, err);
	if (rc == 0 && spec->udp >= 0)
		rc = dns_forward_open(d, &spec->udp, err);
	if (rc == 0)
		rc = dns_set(d, spec->config, err);
	if (rc < 0) {
		dns_stop(d);
		return rc;
	}
	*ret = d;
	return 0;
}

const struct service_kind service_dns = {
	.name = "dns",
	.start = dns_start,
	.set = dns_set,
	.stop = dns_stop,
};
