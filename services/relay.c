/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The relay service: accepts, connects on from the same node to its target, and joins the two. */
#include <errno.h>

#include "services/boss.h"
#include "services/service.h"
#include "services/splice.h"
#include "services/stream.h"

enum { RELAY_CONNECT_S = 21 /* as long as Windows' own connect tries */ };

/* A client whose connection onward is not there yet. */
struct relay_wait {
	LIST_ENTRY(relay_wait) link;
	struct relay *relay;
	int client, onward;
	struct boss_ask *ask;
	struct event *ev;
};

struct relay {
	struct serve *serve;
	const char *name;
	struct addr to;
	struct quota connections;
	struct splice_list splices;
	LIST_HEAD(, relay_wait) waits;
	struct stream *listens[SERVICE_LISTENS_MAX];
	size_t n;
};

/* Frees the wait; its client, if still there, is reset. */
static void wait_free(struct relay_wait *w)
{
	LIST_REMOVE(w, link);
	boss_ask_cancel(w->relay->serve, w->ask);
	if (w->ev)
		event_free(w->ev);
	fd_closep(&w->onward);
	if (w->client >= 0) {
		stream_reset(w->client);
		quota_give(&w->relay->connections);
	}
	free(w);
}

static void join(struct relay_wait *w)
{
	struct relay *r = w->relay;

	splice_new(r->serve, &r->splices, &r->connections, fd_steal(&w->client),
		   fd_steal(&w->onward));
	wait_free(w);
}

static void on_connected(evutil_socket_t fd, short what, void *arg)
{
	struct relay_wait *w = arg;
	int failed = 0;
	socklen_t len = sizeof(failed);

	if (what & EV_TIMEOUT || getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) < 0 ||
	    failed) {
		wait_free(w);
		return;
	}
	event_free(w->ev);
	w->ev = NULL;
	join(w);
}

static void on_socket(int fd, void *arg)
{
	static const struct timeval patience = {.tv_sec = RELAY_CONNECT_S};
	struct relay_wait *w = arg;

	w->ask = NULL;
	w->onward = fd;
	if (fd < 0 ||
	    (connect(fd, &w->relay->to.sa, w->relay->to.len) < 0 && errno != EINPROGRESS)) {
		wait_free(w);
		return;
	}
	w->ev = event_new(w->relay->serve->base, fd, EV_WRITE, on_connected, w);
	if (!w->ev || event_add(w->ev, &patience) < 0)
		wait_free(w);
}

static void on_accept(int fd, void *arg)
{
	struct relay *r = arg;
	struct relay_wait *w = calloc(1, sizeof(*w));

	if (!w) {
		stream_reset(fd);
		quota_give(&r->connections);
		return;
	}
	*w = (struct relay_wait){.relay = r, .client = fd, .onward = -1};
	LIST_INSERT_HEAD(&r->waits, w, link);
	w->ask = boss_ask_socket(r->serve, r->name, &r->to, on_socket, w);
	if (!w->ask)
		wait_free(w);
}

/* Connections that stand keep their target. */
static int relay_set(void *self, const json_t *config, struct err *err)
{
	struct relay *r = self;
	const json_t *to = json_object_get(config, "to");
	int64_t port = json_int(to, "port", 0);

	if (port < 1 || port > 65535)
		return err_set(err, ERR_USAGE, EINVAL, "A relay needs to.address and to.port");
	return addr_parse(&r->to, json_str(to, "address", ""), (uint16_t)port, err);
}

static void relay_stop(void *self)
{
	struct relay *r = self;

	while (!LIST_EMPTY(&r->waits))
		wait_free(LIST_FIRST(&r->waits));
	splice_free_all(&r->splices);
	for (size_t i = 0; i < r->n; i++)
		stream_free(r->listens[i]);
	free(r);
}

static int relay_start(struct serve *serve, struct service_spec *spec, void **ret, struct err *err)
{
	struct relay *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_sys(err, ENOMEM, "Can't start");
	r->serve = serve;
	r->name = spec->name;
	r->connections = (struct quota){.parent = &serve->connections, .max = QUOTA_SERVICE};
	rc = relay_set(r, spec->config, err);
	for (size_t i = 0; rc == 0 && i < spec->n_listens; i++) {
		if (!spec->listens[i].tcp)
			rc = err_set(err, ERR_USAGE, EINVAL, "A relay listens by TCP only");
		else
			rc = stream_listen(serve, &spec->listens[i].fd, &r->connections, on_accept,
					   r, &r->listens[r->n], err);
		r->n += rc == 0;
	}
	if (rc < 0) {
		relay_stop(r);
		return rc;
	}
	*ret = r;
	return 0;
}

const struct service_kind service_relay = {
	.name = "relay",
	.start = relay_start,
	.set = relay_set,
	.stop = relay_stop,
};
