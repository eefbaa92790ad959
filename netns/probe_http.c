/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: fetch a page by plain HTTP; libevent speaks the protocol. */
#define _GNU_SOURCE
#include "netns/probe.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <string.h>

enum { BODY_SHOWN = 4096 };

struct fetch {
	struct probe *p;
	struct event_base *base;
	char body[BODY_SHOWN];
	size_t bytes, max_bytes;
	bool complete, over;
};

static void on_chunk(struct evhttp_request *req, void *arg)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(req);
	struct fetch *f = arg;
	size_t len = evbuffer_get_length(in);

	if (f->bytes < sizeof(f->body))
		evbuffer_copyout(in, f->body + f->bytes,
				 len < sizeof(f->body) - f->bytes ? len
								  : sizeof(f->body) - f->bytes);
	f->bytes += len;
	evbuffer_drain(in, len);
	if (f->max_bytes && f->bytes >= f->max_bytes) {
		f->over = true;
		event_base_loopbreak(f->base);
	}
}

static void on_done(struct evhttp_request *req, void *arg)
{
	struct fetch *f = arg;
	int status = req ? evhttp_request_get_response_code(req) : 0;

	/* libevent calls us with no request, or with status 0, when the connection broke */
	f->complete = status != 0;
	if (status)
		probe_set(f->p, "status", json_integer(status));
	event_base_loopbreak(f->base);
}

static void on_error(enum evhttp_request_error error, void *arg)
{
	struct fetch *f = arg;

	probe_fail(f->p, error == EVREQ_HTTP_TIMEOUT ? "timed out"
			 : error == EVREQ_HTTP_EOF   ? "the connection was closed"
						     : "the transfer failed");
}

static int ask(struct fetch *f, struct evhttp_connection *conn, const struct evhttp_uri *uri)
{
	struct evhttp_request *req = evhttp_request_new(on_done, f);
	const char *path = evhttp_uri_get_path(uri), *query = evhttp_uri_get_query(uri);
	char target[2048];

	if (!req)
		return -1;
	evhttp_request_set_chunked_cb(req, on_chunk);
	evhttp_request_set_error_cb(req, on_error);
	evhttp_add_header(evhttp_request_get_output_headers(req), "Host", evhttp_uri_get_host(uri));
	evhttp_add_header(evhttp_request_get_output_headers(req), "User-Agent", "curl/8.5.0");
	evhttp_add_header(evhttp_request_get_output_headers(req), "Connection", "close");
	snprintf(target, sizeof(target), "%s%s%s", path && path[0] ? path : "/", query ? "?" : "",
		 query ? query : "");
	return evhttp_make_request(conn, req, EVHTTP_REQ_GET, target);
}

static void run(struct fetch *f, struct evhttp_connection *conn, const struct evhttp_uri *uri)
{
	int64_t left = f->p->deadline - probe_now();
	struct timeval tv = {left > 0 ? left / 1000000 : 0, left > 0 ? left % 1000000 : 1};

	evhttp_connection_set_max_body_size(conn, -1);
	if (ask(f, conn, uri) < 0) {
		probe_fail(f->p, "the request can't be made");
		return;
	}
	/* one deadline for the whole: libevent's own time-out starts anew with each byte */
	event_base_loopexit(f->base, &tv);
	event_base_dispatch(f->base);
}

static void tell(struct fetch *f)
{
	struct probe *p = f->p;
	size_t shown = f->bytes < sizeof(f->body) ? f->bytes : sizeof(f->body);

	probe_set(p, "bytes", json_integer((json_int_t)f->bytes));
	probe_set(p, "complete", json_boolean(f->complete));
	probe_set(p, "body", json_textn(f->body, shown));
	if (!f->complete && !f->over && !json_object_get(p->result, "error"))
		probe_fail(p, probe_left(p) ? "the connection failed" : "timed out");
}

void probe_http(struct probe *p)
{
	const char *url = json_str(p->args, "url", "");
	struct fetch f = {.p = p, .max_bytes = (size_t)json_int(p->args, "max_bytes", 0)};
	struct evhttp_uri *uri = evhttp_uri_parse(url);
	const char *scheme = uri ? evhttp_uri_get_scheme(uri) : NULL;
	struct evhttp_connection *conn = NULL;
	int port;

	if (!scheme || strcasecmp(scheme, "http") || !evhttp_uri_get_host(uri)) {
		probe_fail(p, "'%s' is no http:// address", url);
	} else {
		port = evhttp_uri_get_port(uri);
		f.base = event_base_new();
		if (f.base)
			conn = evhttp_connection_base_new(f.base, NULL, evhttp_uri_get_host(uri),
							  port < 0 ? 80 : (uint16_t)port);
		if (conn)
			run(&f, conn, uri);
		tell(&f);
	}
	if (conn)
		evhttp_connection_free(conn);
	if (f.base)
		event_base_free(f.base);
	if (uri)
		evhttp_uri_free(uri);
}
