/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS clients' TCP connections: messages behind a two-byte length, several in one connection. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "services/dns.h"

enum { CONN_IDLE_S = 10, CONN_UNSENT_MAX = 256 * 1024 };

struct dns_conn {
	LIST_ENTRY(dns_conn) link;
	struct dns *dns;
	struct bufferevent *bev;
	struct event *last; /* armed once the client has said its all */
	bool reading;	    /* on_read is at work: it frees the connection itself */
	bool dead;
};

static const struct timeval idle = {.tv_sec = CONN_IDLE_S};

static void conn_free(struct dns_conn *c)
{
	struct dns_request *r = LIST_FIRST(&c->dns->requests);

	while (r) {
		struct dns_request *next = LIST_NEXT(r, link);

		if (r->from.conn == c)
			dns_request_free(r);
		r = next;
	}
	LIST_REMOVE(c, link);
	if (c->last)
		event_free(c->last);
	bufferevent_free(c->bev);
	quota_give(&c->dns->connections);
	free(c);
}

void dns_conn_close_all(struct dns *d)
{
	while (!LIST_EMPTY(&d->conns))
		conn_free(LIST_FIRST(&d->conns));
}

void dns_conn_hangup(struct dns_conn *c)
{
	c->dead = true;
	if (!c->reading)
		conn_free(c);
}

void dns_conn_send(struct dns_conn *c, const uint8_t *wire, size_t len)
{
	uint8_t head[2];

	ldns_write_uint16(head, (uint16_t)len);
	bufferevent_write(c->bev, head, 2);
	bufferevent_write(c->bev, wire, len);
}

/* False when the next message is not whole yet, or never will be. */
static bool take_one(struct dns_conn *c, struct evbuffer *in)
{
	struct dns_origin from = {.conn = c};
	uint8_t buf[2 + DNS_QUERY_MAX];
	size_t len;

	if (evbuffer_copyout(in, buf, 2) != 2)
		return false;
	len = ldns_read_uint16(buf);
	if (len < DNS_HEADER || len > DNS_QUERY_MAX) {
		c->dead = true;
		return false;
	}
	if (evbuffer_get_length(in) < 2 + len)
		return false;
	evbuffer_remove(in, buf, 2 + len);
	dns_take(c->dns, &from, buf + 2, len);
	return !c->dead;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct dns_conn *c = arg;

	c->reading = true;
	while (take_one(c, bufferevent_get_input(bev)))
		;
	c->reading = false;
	if (evbuffer_get_length(bufferevent_get_output(bev)) > CONN_UNSENT_MAX)
		c->dead = true; /* asks and does not read */
	if (c->dead)
		conn_free(c);
}

static bool has_requests(const struct dns_conn *c)
{
	const struct dns_request *r;

	LIST_FOREACH(r, &c->dns->requests, link)
	if (r->from.conn == c)
		return true;
	return false;
}

static void on_drained(struct bufferevent *bev, void *arg)
{
	struct dns_conn *c = arg;

	(void)bev;
	if (c->last && !has_requests(c))
		conn_free(c);
}

static void on_last(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_free(arg);
}

/* A client may close its sending side and still read: its answers get some time to go out. */
static void finish(struct dns_conn *c)
{
	if (has_requests(c) || evbuffer_get_length(bufferevent_get_output(c->bev)))
		c->last = evtimer_new(c->dns->serve->base, on_last, c);
	if (!c->last || evtimer_add(c->last, &idle) < 0)
		conn_free(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if ((what & BEV_EVENT_EOF) && !(what & BEV_EVENT_ERROR))
		finish(arg);
	else if (what & (BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
		conn_free(arg);
}

void dns_conn_accept(int fd, void *arg)
{
	struct dns *d = arg;
	struct dns_conn *c = calloc(1, sizeof(*c));

	if (c)
		c->bev = bufferevent_socket_new(d->serve->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!c || !c->bev) {
		free(c);
		close(fd);
		quota_give(&d->connections);
		return;
	}
	c->dns = d;
	LIST_INSERT_HEAD(&d->conns, c, link);
	bufferevent_setcb(c->bev, on_read, on_drained, on_event, c);
	bufferevent_set_timeouts(c->bev, &idle, &idle);
	bufferevent_setwatermark(c->bev, EV_READ, 0, 2 * (2 + DNS_QUERY_MAX));
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}
