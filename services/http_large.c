/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Large bodies, made while they are sent. */
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "services/http.h"

enum { LARGE_CHUNK = 64 * 1024 /* bytes in flight for one download; a multiple of 8 */ };

struct large {
	struct evhttp_request *req;
	uint64_t at, size;
};

/* splitmix64 (public domain, Vigna) of the word's number: no byte repeats where a piece got lost or
 * doubled. */
static uint64_t word(uint64_t i)
{
	uint64_t z = (i + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void http_large_fill(uint64_t at, uint8_t *buf, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		uint64_t w = word((at + i) / 8);

		memcpy(buf + i, &w, n - i < 8 ? n - i : 8);
	}
}

/*
 * The client left early. evhttp 2.1 then takes the request off its connection and leaves it to us,
 * and ending the reply of a request without connection frees it; one still on its connection goes
 * with that.
 */
static void on_close(struct evhttp_connection *conn, void *arg)
{
	struct large *l = arg;

	(void)conn;
	if (!evhttp_request_get_connection(l->req))
		evhttp_send_reply_end(l->req);
	free(l);
}

static void finish(struct large *l)
{
	struct evhttp_request *req = l->req;

	evhttp_connection_set_closecb(evhttp_request_get_connection(req), NULL, NULL);
	free(l);
	evhttp_send_reply_end(req);
}

static void send_more(struct evhttp_connection *conn, void *arg)
{
	struct large *l = arg;
	size_t n = l->size - l->at < LARGE_CHUNK ? (size_t)(l->size - l->at) : LARGE_CHUNK;
	struct evbuffer *buf = n ? evbuffer_new() : NULL;
	struct evbuffer_iovec v;

	(void)conn;
	if (!buf || evbuffer_reserve_space(buf, (ev_ssize_t)n, &v, 1) < 1) {
		if (buf)
			evbuffer_free(buf);
		finish(l);
		return;
	}
	http_large_fill(l->at, v.iov_base, n);
	v.iov_len = n;
	evbuffer_commit_space(buf, &v, 1);
	l->at += n;
	evhttp_send_reply_chunk_with_cb(l->req, buf, send_more, l);
	evbuffer_free(buf);
}

void http_large_send(struct evhttp_request *req, int status, uint64_t size)
{
	struct large *l = malloc(sizeof(*l));

	if (!l) {
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return;
	}
	*l = (struct large){.req = req, .size = size};
	evhttp_connection_set_closecb(evhttp_request_get_connection(req), on_close, l);
	evhttp_send_reply_start(req, status, NULL);
	send_more(NULL, l);
}
