/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections init accepted. */
#define _GNU_SOURCE
#include "lab/conn.h"

#include <string.h>
#include <sys/socket.h>

#include "lab/exec.h"
#include "lab/node.h"

static void on_request(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m)
{
	struct conn *c = arg;
	struct err err = {0};

	for (const struct verb *v = c->verbs; v->name; v++) {
		if (!strcmp(v->name, verb)) {
			v->run(c, id, m);
			return;
		}
	}
	err_set(&err, ERR_USAGE, EINVAL, "Unknown request '%.40s'", verb);
	peer_answer_err(p, id, &err);
}

static void on_closed(void *arg, struct peer *p)
{
	struct conn *c = arg;
	struct lab *lab = c->lab;
	bool fatal = c->boss && (lab->phase == LAB_BOOTING || json_flag(lab->boot, "hold", false));

	(void)p;
	conn_free(c);
	if (fatal && lab->phase != LAB_ENDING)
		lab_end(lab, "boss-gone", 0);
}

static const struct peer_owner conn_owner = {on_request, on_closed};

struct conn *conn_new(struct lab *lab, int fd, struct lab_node *node, const struct verb *verbs,
		      const struct peer_limits *limits)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return NULL;
	}
	c->lab = lab;
	c->node = node;
	c->verbs = verbs;
	if (peer_new(lab->base, fd, &conn_owner, c, limits, &c->peer, NULL) < 0) {
		free(c);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&lab->conns, c, link);
	if (node)
		node->connections++;
	return c;
}

void conn_free(struct conn *c)
{
	exec_drop(c);
	TAILQ_REMOVE(&c->lab->conns, c, link);
	if (c->node)
		c->node->connections--;
	peer_free(c->peer);
	free(c);
}

struct listening {
	void (*accepted)(void *arg, int fd);
	void *arg;
};

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct listening *l = arg;
	int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (conn >= 0)
		l->accepted(l->arg, conn);
}

struct event *conn_listen(struct lab *lab, int fd, void (*accepted)(void *arg, int fd), void *arg)
{
	struct listening *l = malloc(sizeof(*l));
	struct event *ev;

	if (!l) {
		close(fd);
		return NULL;
	}
	*l = (struct listening){accepted, arg};
	evutil_make_socket_nonblocking(fd);
	ev = event_new(lab->base, fd, EV_READ | EV_PERSIST, on_accept, l);
	if (!ev || event_add(ev, NULL) < 0) {
		close(fd);
		free(l);
		return NULL;
	}
	return ev;
}

void conn_tell_terminals(struct lab *lab, json_t *body)
{
	struct conn *c;

	TAILQ_FOREACH (c, &lab->conns, link)
		if (c->terminal)
			peer_notice(c->peer, json_incref(body));
	json_decref(body);
}
