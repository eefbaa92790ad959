/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections init accepted. */
#define _GNU_SOURCE
#include "lab/conn.h"

#include <string.h>

#include "lab/exec.h"
#include "lab/guest.h"

static const struct verb *verb_find(const struct conn *c, const char *name)
{
	const struct verb *v;

	for (v = c->verbs; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}

static void on_request(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m)
{
	struct conn *c = arg;
	const struct verb *v = verb_find(c, verb);
	struct err err = {0};

	/* Without an id there is nobody to answer; and what is asked of an ending lab gets its end as an answer. */
	if (!id || c->lab->phase == LAB_ENDING)
		return;
	if (v && (v->early || c->lab->phase == LAB_READY)) {
		v->run(c, id, m);
		return;
	}
	if (v)
		err_set(&err, ERR_USAGE, EAGAIN, "The lab is not ready yet");
	else
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
	if (fatal)
		lab_end(lab, "boss-gone", 0);
}

static const struct peer_owner conn_owner = {on_request, on_closed, NULL};

struct conn *conn_new(struct lab *lab, int fd, struct lab_node *node, const struct verb *verbs,
		      const struct peer_limits *limits)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return NULL;
	}
	c->lab = lab;
	c->serial = ++lab->next_conn;
	c->node = node;
	c->verbs = verbs;
	if (peer_new(lab->base, fd, &conn_owner, c, limits, &c->peer, NULL) < 0) {
		free(c);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&lab->conns, c, link);
	if (node)
		guest_count(node, 1);
	return c;
}

void conn_free(struct conn *c)
{
	exec_drop(c);
	TAILQ_REMOVE(&c->lab->conns, c, link);
	if (c->node)
		guest_count(c->node, -1);
	peer_free(c->peer);
	free(c);
}

struct conn *conn_find(struct lab *lab, uint64_t serial)
{
	struct conn *c;

	TAILQ_FOREACH(c, &lab->conns, link)
	if (c->serial == serial)
		return c;
	return NULL;
}

void conn_tell_terminals(struct lab *lab, json_t *body)
{
	struct conn *c;

	TAILQ_FOREACH(c, &lab->conns, link)
	if (c->terminal)
		peer_notice(c->peer, json_incref(body));
	json_decref(body);
}
