/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init's side of the watch process: implements engine/port/watch.h. */
#include "netns/watch_port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/helper.h"
#include "base/msg.h"

enum { OPEN_MAX_ADDS = 64, NODE_NAME_MAX = 16 };

/* An add not yet answered. */
struct asked {
	int64_t id; /* 0 = free */
	unsigned generation;
	char node[NODE_NAME_MAX];
};

struct port {
	int sock;
	int64_t last_id;
	struct asked asked[OPEN_MAX_ADDS];
};

static struct asked *asked_find(struct port *p, int64_t id)
{
	for (size_t i = 0; i < OPEN_MAX_ADDS; i++)
		if (p->asked[i].id == id)
			return &p->asked[i];
	return NULL;
}

/* Descriptors to send, and what the message calls them. */
struct bundle {
	int fds[5];
	size_t n;
	json_t *names; /* owned */
};

static void bundle_add(struct bundle *b, const char *name, int fd)
{
	if (fd < 0)
		return;
	b->fds[b->n++] = fd;
	json_array_append_new(b->names, json_string(name));
}

static int port_add(void *ctx, const struct watch_node *n, struct err *err)
{
	struct port *p = ctx;
	struct asked *slot = asked_find(p, 0);
	struct bundle b = {.names = json_array()};
	auto_json json_t *body = NULL;
	int rc;

	if (!slot) {
		json_decref(b.names);
		return err_set(err, ERR_MACHINE, EAGAIN, "Watch: too many nodes wait to be added");
	}
	bundle_add(&b, "netns", n->netns);
	bundle_add(&b, "listener", n->listener);
	bundle_add(&b, "etc", n->etc_dir);
	bundle_add(&b, "wsl", n->wsl_dir);
	bundle_add(&b, "hints", n->hints > 0 ? n->hints : -1);
	body = json_pack("{s:I, s:s, s:s, s:I, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:o}", "id",
			 (json_int_t)++p->last_id, "do", "add", "node", n->name, "generation",
			 (json_int_t)n->generation, "kernel", n->kernel ? n->kernel : "",
			 "hostname", n->hostname ? n->hostname : "", "observed", n->observed,
			 "binds", n->binds, "flows", n->flows, "sockets", n->sockets, "capture",
			 n->capture, "fds", b.names);
	rc = body ? msg_send(p->sock, body, b.fds, b.n, err)
		  : err_set(err, ERR_MACHINE, EINVAL, "Names are not UTF-8");
	if (rc < 0)
		return err_wrap(err, "Can't watch %s", n->name);
	*slot = (struct asked){.id = p->last_id, .generation = n->generation};
	snprintf(slot->node, sizeof(slot->node), "%s", n->name);
	return 0;
}

/* A notice: nothing to answer, and a watch that is gone needs no telling. */
static void port_remove(void *ctx, const char *name)
{
	struct port *p = ctx;
	auto_json json_t *body = json_pack("{s:s, s:s}", "do", "remove", "node", name);

	if (body)
		msg_send(p->sock, body, NULL, 0, NULL);
}

/* A notice: where it fails, no node's recorders have `capture`. */
static int port_capture(void *ctx, int fd, struct err *err)
{
	struct port *p = ctx;
	auto_json json_t *body = json_pack("{s:s}", "do", "capture");

	return body ? msg_send(p->sock, body, &fd, 1, err)
		    : err_sys(err, ENOMEM, "Can't ask the watch");
}

static int port_sync(void *ctx, unsigned n, struct err *err)
{
	struct port *p = ctx;
	auto_json json_t *body = json_pack("{s:s, s:i}", "do", "sync", "n", (int)n);

	return body ? msg_send(p->sock, body, NULL, 0, err)
		    : err_sys(err, ENOMEM, "Can't ask the watch");
}

static int port_answer(void *ctx, const char *node, unsigned gen, unsigned n, int error,
		       struct err *err)
{
	struct port *p = ctx;
	auto_json json_t *body =
		json_pack("{s:s, s:s, s:I, s:I, s:i}", "do", "answer", "node", node, "gen",
			  (json_int_t)gen, "n", (json_int_t)n, "error", error);

	return body ? msg_send(p->sock, body, NULL, 0, err)
		    : err_sys(err, ENOMEM, "Can't answer the watch");
}

static int port_fd(void *ctx)
{
	return ((struct port *)ctx)->sock;
}

static json_t *no_recorders(const json_t *error)
{
	const char *why = json_str(error, "message", "refused");

	return json_pack("{s:{s:b, s:b, s:b, s:b}, s:{s:s, s:s, s:s, s:s}}", "recorders", "packets",
			 0, "changes", 0, "exec", 0, "files", 0, "why", "packets", why, "changes",
			 why, "exec", why, "files", why);
}

/* The answer to an add, as the event that port/watch.h promises. */
static json_t *answer_event(struct port *p, const json_t *answer)
{
	int64_t id = json_int(answer, "re", 0);
	struct asked *slot = id ? asked_find(p, id) : NULL;
	const json_t *error = json_object_get(answer, "error");
	json_t *e, *recorders;
	struct timespec ts;

	if (!slot)
		return NULL;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	e = error ? no_recorders(error) : json_object();
	if (!error) {
		recorders = json_object_get(answer, "recorders");
		json_object_set(e, "recorders", recorders);
		json_object_set(e, "why", json_object_get(answer, "why"));
	}
	json_object_set_new(e, "kind", json_string("lab"));
	json_object_set_new(e, "what", json_string("recorders"));
	json_object_set_new(e, "by", json_string("lab"));
	json_object_set_new(e, "node", json_string(slot->node));
	json_object_set_new(e, "gen", json_integer(slot->generation));
	json_object_set_new(e, "mono", json_real((double)ts.tv_sec + (double)ts.tv_nsec / 1e9));
	*slot = (struct asked){0};
	return e;
}

static json_t *events_of(struct port *p, const json_t *body)
{
	json_t *events = json_object_get(body, "events"), *one;

	if (json_is_array(events))
		return json_incref(events);
	one = answer_event(p, body);
	return one ? json_pack("[o]", one) : NULL;
}

static int port_next(void *ctx, json_t **ret, struct err *err)
{
	struct port *p = ctx;

	for (;;) {
		auto_msg m = {0};
		json_t *events;
		int rc = msg_recv(p->sock, &m, 0, err);

		if (rc == -EAGAIN)
			return 0;
		if (rc == 0)
			return err_set(err, ERR_MACHINE, EPIPE, "The watch process is gone");
		if (rc < 0)
			return rc;
		if (json_object_get(m.body, "error") && !json_object_get(m.body, "re"))
			return err_from_json(err, json_object_get(m.body, "error"));
		events = events_of(p, m.body);
		if (events) {
			*ret = events;
			return 1;
		}
	}
}

int watch_port_attach(int sock, struct watch_port *ret, struct err *err)
{
	auto_fd fd = sock;
	int flags = fcntl(fd, F_GETFL);
	struct port *p;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_sys(err, errno, "Can't use the watch's socket");
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_sys(err, ENOMEM, "Can't use the watch's socket");
	p->sock = fd_steal(&fd);
	*ret = (struct watch_port){.ctx = p,
				   .add = port_add,
				   .remove = port_remove,
				   .capture = port_capture,
				   .fd = port_fd,
				   .next = port_next,
				   .sync = port_sync,
				   .answer = port_answer};
	return 0;
}

int watch_port_start(struct watch_port *ret, pid_t *ret_pid, struct err *err)
{
	auto_fd theirs = -1;
	int pair[2], rc = msg_pair(pair, err);
	pid_t pid;

	if (rc < 0)
		return rc;
	theirs = pair[1];
	pid = helper_start("netdojo-watch", theirs, NULL, err);
	if (pid < 0) {
		close(pair[0]);
		return err_wrap(err, "Can't start the watch process");
	}
	rc = watch_port_attach(pair[0], ret, err);
	if (rc < 0)
		return rc;
	*ret_pid = pid;
	return 0;
}

void watch_port_done(struct watch_port *port)
{
	struct port *p = port->ctx;

	if (!p)
		return;
	fd_closep(&p->sock);
	free(p);
	*port = (struct watch_port){0};
}
