/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions that came by TCP, passed on by TCP: one connection a question, on a socket init makes
 * in the node. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "services/boss.h"
#include "services/dns.h"

void dns_forward_tcp_drop(struct dns_request *r)
{
	boss_ask_cancel(r->dns->serve, r->ask);
	r->ask = NULL;
	if (r->bev)
		bufferevent_free(r->bev);
	r->bev = NULL;
}

static void next_server(evutil_socket_t fd, short what, void *arg)
{
	struct dns_request *r = arg;

	(void)fd;
	(void)what;
	dns_forward_tcp_drop(r);
	dns_forward_tcp(r);
}

/* A whole message in the buffer; the caller frees it. NULL: more must come. */
static uint8_t *take_message(struct evbuffer *in, size_t *ret_len)
{
	uint8_t head[2];
	uint8_t *wire;

	if (evbuffer_copyout(in, head, 2) != 2)
		return NULL;
	*ret_len = ldns_read_uint16(head);
	if (evbuffer_get_length(in) < 2 + *ret_len)
		return NULL;
	wire = malloc(*ret_len + 1);
	if (!wire)
		return NULL;
	evbuffer_drain(in, 2);
	evbuffer_remove(in, wire, *ret_len);
	return wire;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct dns_request *r = arg;
	size_t len = 0;
	auto_free uint8_t *wire = take_message(bufferevent_get_input(bev), &len);

	if (!wire)
		return;
	if (len >= DNS_HEADER && LDNS_ID_WIRE(wire) == r->id && dns_query_matches(&r->q, wire, len))
		dns_request_relay(r, wire, len);
	else
		next_server(-1, 0, r);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		next_server(-1, 0, arg);
}

static void send_question(struct dns_request *r)
{
	uint8_t head[2];

	r->id = r->q.id;
	ldns_write_uint16(head, (uint16_t)r->len);
	bufferevent_write(r->bev, head, 2);
	bufferevent_write(r->bev, r->wire, r->len);
	bufferevent_enable(r->bev, EV_READ | EV_WRITE);
}

static void on_socket(int fd, void *arg)
{
	struct dns_request *r = arg;

	r->ask = NULL;
	r->bev = fd < 0 ? NULL
			: bufferevent_socket_new(r->dns->serve->base, fd,
						 BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (!r->bev) {
		if (fd >= 0)
			close(fd);
		next_server(-1, 0, r);
		return;
	}
	bufferevent_setcb(r->bev, on_read, NULL, on_event, r);
	send_question(r);
	bufferevent_socket_connect(r->bev, &r->server.sa, (int)r->server.len);
}

void dns_forward_tcp(struct dns_request *r)
{
	struct dns *d = r->dns;
	const struct addr *server;

	while ((server = dns_forward_next(r))) {
		r->server = *server;
		if (!dns_request_wait(r, d->config.upstream_ms, next_server))
			break;
		r->ask = boss_ask_socket(d->serve, d->name, &r->server, on_socket, r);
		if (r->ask)
			return;
	}
	dns_forward_failed(r);
}
