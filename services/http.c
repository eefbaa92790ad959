/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The HTTP service: fixed sites, by HTTP and HTTPS. */
#include "services/http.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <string.h>
#include <sys/stat.h>

#include "services/ca.h"
#include "services/service.h"
#include "services/stream.h"
#include "services/tls.h"

enum {
	HTTP_PAUSE_US = 50 * 1000,
	HTTP_IDLE_S = 30,
	HTTP_HEADERS_MAX = 16 * 1024,
	HTTP_BODY_MAX = 1024 * 1024,
	HTTPS_PORT = 443
};

/*
 * Theory of operation. evhttp 2.1 accepts by itself and tells nobody when a connection ends, so
 * what is open is found out by looking: each connection's descriptor and inode number are kept, and
 * those where the descriptor is closed, or is another file by now, have ended. The look is taken
 * when a connection comes (fstat of at most QUOTA_SERVICE descriptors); with the service's bound
 * reached, accepting pauses and clients wait in the backlog.
 */
struct http_open {
	struct bufferevent *fresh; /* accepted, its descriptor not known yet; a reference is held */
	int fd;
	ino_t inode;
};

struct http_listen {
	struct http *http;
	struct evhttp *ev;
	struct evhttp_bound_socket *bound;
	struct event *pause;
	bool tls;
};

struct http {
	struct serve *serve;
	json_t *config;
	const struct tls_module *tls_module; /* these two once a client shook hands */
	struct tls *tls;
	struct quota connections;
	struct http_open open[QUOTA_SERVICE];
	size_t n_open;
	struct event *learn; /* runs once evhttp is done with taking connections */
	struct http_listen listens[SERVICE_LISTENS_MAX];
	size_t n;
};

/* evhttp gives the buffer its descriptor after on_connection returned. */
static void learn_fd(struct http_open *o)
{
	struct stat st;

	if (!o->fresh)
		return;
	o->fd = bufferevent_getfd(o->fresh);
	o->inode = o->fd >= 0 && fstat(o->fd, &st) == 0 ? st.st_ino : 0;
	bufferevent_decref(o->fresh);
	o->fresh = NULL;
}

static bool still_open(const struct http_open *o)
{
	struct stat st;

	return o->fd >= 0 && fstat(o->fd, &st) == 0 && S_ISSOCK(st.st_mode) &&
	       st.st_ino == o->inode;
}

static void sweep(struct http *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->n_open; i++) {
		learn_fd(&h->open[i]);
		if (still_open(&h->open[i]))
			h->open[kept++] = h->open[i];
		else
			quota_give(&h->connections);
	}
	h->n_open = kept;
}

static void on_learn(evutil_socket_t fd, short what, void *arg)
{
	struct http *h = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < h->n_open; i++)
		learn_fd(&h->open[i]);
}

static bool has_room(const struct http *h)
{
	for (const struct quota *q = &h->connections; q; q = q->parent)
		if (q->used >= q->max)
			return false;
	return true;
}

static void pause_accepts(struct http_listen *l)
{
	static const struct timeval tv = {.tv_usec = HTTP_PAUSE_US};

	if (evtimer_add(l->pause, &tv) == 0)
		evconnlistener_disable(evhttp_bound_socket_get_listener(l->bound));
}

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct http_listen *l = arg;

	(void)fd;
	(void)what;
	sweep(l->http);
	if (has_room(l->http))
		evconnlistener_enable(evhttp_bound_socket_get_listener(l->bound));
	else
		pause_accepts(l);
}

static void on_request(struct evhttp_request *req, void *arg)
{
	struct http *h = arg;
	enum evhttp_cmd_type method = evhttp_request_get_command(req);
	struct evkeyvalq *out = evhttp_request_get_output_headers(req);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	const json_t *page = http_site_find(h->config, evhttp_request_get_host(req), path);
	bool head = method == EVHTTP_REQ_HEAD;

	evhttp_add_header(out, "Server", json_str(h->config, "server", "nginx"));
	if (method != EVHTTP_REQ_GET && !head) {
		evhttp_add_header(out, "Allow", "GET, HEAD");
		http_site_refuse(req, HTTP_BADMETHOD, "Method Not Allowed", false);
	} else if (!page) {
		http_site_refuse(req, HTTP_NOTFOUND, "Not Found", head);
	} else {
		http_site_answer(req, page, head);
	}
}

static bool open_tls(struct http *h)
{
	const char *secret = ca_secret(h->serve->ca);
	const char *host = json_str(h->config, "default", "localhost");

	if (h->tls)
		return true;
	h->tls_module = secret ? tls_module_load(NULL) : NULL;
	return h->tls_module && h->tls_module->open(secret, host, &h->tls, NULL) == 0;
}

static struct bufferevent *new_tls(struct http *h)
{
	return open_tls(h) ? h->tls_module->accept(h->tls, h->serve->base) : NULL;
}

static void count(struct http *h, struct bufferevent *bev)
{
	static const struct timeval now = {0};

	if (h->n_open == QUOTA_SERVICE || !quota_take(&h->connections))
		return;
	bufferevent_incref(bev);
	h->open[h->n_open++] = (struct http_open){.fresh = bev, .fd = -1};
	evtimer_add(h->learn, &now);
}

/* evhttp asks for the buffer of a connection it just accepted; with NULL it would make a plain one
 * itself. */
static struct bufferevent *on_connection(struct event_base *base, void *arg)
{
	struct http_listen *l = arg;
	struct http *h = l->http;
	struct bufferevent *bev = NULL;

	sweep(h);
	if (l->tls)
		bev = new_tls(h);
	if (!bev)
		bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (bev)
		count(h, bev);
	if (!has_room(h))
		pause_accepts(l);
	return bev;
}

static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	(void)listener;
	pause_accepts(arg);
}

static void limit(struct evhttp *ev)
{
	evhttp_set_timeout(ev, HTTP_IDLE_S);
	evhttp_set_max_headers_size(ev, HTTP_HEADERS_MAX);
	evhttp_set_max_body_size(ev, HTTP_BODY_MAX);
	evhttp_set_allowed_methods(ev, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
					       EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
					       EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |
					       EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
}

static int open_listen(struct http *h, struct service_listen *from, struct err *err)
{
	struct http_listen *l = &h->listens[h->n];
	struct evconnlistener *listener;

	if (!from->tcp)
		return err_set(err, ERR_USAGE, EINVAL, "HTTP listens by TCP only");
	if (evutil_make_socket_nonblocking(from->fd) < 0 || listen(from->fd, 64) < 0)
		return err_sys(err, errno, "Can't listen");
	*l = (struct http_listen){.http = h, .ev = evhttp_new(h->serve->base)};
	h->n++;
	l->pause = evtimer_new(h->serve->base, on_pause_over, l);
	if (!l->ev || !l->pause)
		return err_sys(err, ENOMEM, "Can't listen");
	l->tls = addr_port(&from->addr) == HTTPS_PORT;
	l->bound = evhttp_accept_socket_with_handle(l->ev, from->fd);
	if (!l->bound)
		return err_sys(err, ENOMEM, "Can't listen");
	fd_steal(&from->fd);
	listener = evhttp_bound_socket_get_listener(l->bound);
	evconnlistener_set_error_cb(listener, on_accept_error);
	evhttp_set_bevcb(l->ev, on_connection, l);
	evhttp_set_gencb(l->ev, on_request, h);
	limit(l->ev);
	return 0;
}

static int http_set(void *self, const json_t *config, struct err *err)
{
	struct http *h = self;
	int rc = http_site_check(config, err);
	json_t *copy;

	if (rc < 0)
		return rc;
	copy = config ? json_incref((json_t *)config) : json_object();
	json_decref(h->config);
	h->config = copy;
	return 0;
}

static void http_stop(void *self)
{
	struct http *h = self;

	for (size_t i = 0; i < h->n_open; i++)
		learn_fd(&h->open[i]);
	for (size_t i = 0; i < h->n; i++) {
		if (h->listens[i].pause)
			event_free(h->listens[i].pause);
		if (h->listens[i].ev)
			evhttp_free(h->listens[i].ev);
	}
	for (size_t i = 0; i < h->n_open; i++)
		quota_give(&h->connections);
	if (h->learn)
		event_free(h->learn);
	if (h->tls)
		h->tls_module->close(h->tls);
	json_decref(h->config);
	free(h);
}

static int http_start(struct serve *serve, struct service_spec *spec, void **ret, struct err *err)
{
	struct http *h = calloc(1, sizeof(*h));
	int rc;

	if (!h)
		return err_sys(err, ENOMEM, "Can't start");
	h->serve = serve;
	h->connections = (struct quota){.parent = &serve->connections, .max = QUOTA_SERVICE};
	h->learn = evtimer_new(serve->base, on_learn, h);
	rc = h->learn ? http_set(h, spec->config, err) : err_sys(err, ENOMEM, "Can't start");
	for (size_t i = 0; rc == 0 && i < spec->n_listens; i++)
		rc = open_listen(h, &spec->listens[i], err);
	if (rc < 0) {
		http_stop(h);
		return rc;
	}
	*ret = h;
	return 0;
}

const struct service_kind service_http = {
	.name = "http",
	.start = http_start,
	.set = http_set,
	.stop = http_stop,
};
