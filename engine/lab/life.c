/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaving a lab whose attempt goes on. */
#define _GNU_SOURCE
#include "lab/life.h"

#include <string.h>

#include "lab/record.h"

/* What record_sync frees with free(), where the lab ends first. */
struct leaving {
	struct lab *lab;
	uint64_t conn, id; /* who asked; 0 = nobody waits */
	const char *why;   /* of a table */
};

static const char *why_of(const char *word)
{
	static const char *const whys[] = {"asked", "terminal-gone", "quit", "reset"};

	for (size_t i = 0; i < ARRAY_SIZE(whys); i++)
		if (!strcmp(whys[i], word))
			return whys[i];
	return NULL;
}

/* A reset's own mark is the first event of the lab that follows. */
static void on_all_seen(void *arg)
{
	struct leaving *l = arg;
	struct lab *lab = l->lab;
	struct conn *c = conn_find(lab, l->conn);
	const char *why;
	bool paused = strcmp(l->why, "reset") && strcmp(l->why, "quit");

	if (paused)
		lab_event(lab, "lab", NULL, "lab",
			  json_pack("{s:s, s:s}", "what", "paused", "why", l->why));
	if (c)
		peer_answer_ok(c->peer, l->id);
	why = l->why;
	free(l);
	lab_end(lab, paused ? "paused" : why, 0);
}

static void leave(struct lab *lab, struct conn *c, uint64_t id, const char *why)
{
	struct leaving *l = malloc(sizeof(*l));
	struct err err = {0};

	if (l) {
		*l = (struct leaving){lab, c ? c->serial : 0, id, why};
		record_sync(lab, on_all_seen, l);
		return;
	}
	err_sys(&err, ENOMEM, "Can't leave the lab");
	if (c)
		peer_answer_err(c->peer, id, &err);
}

void life_leave(struct conn *c, uint64_t id, struct msg *m)
{
	const char *why = why_of(json_str(m->body, "why", "asked"));
	struct err err = {0};

	if (!why)
		err_set(&err, ERR_USAGE, EINVAL, "A lab is not left for '%.32s'",
			json_str(m->body, "why", ""));
	else if (c->lab->finished)
		err_set(&err, ERR_USAGE, EALREADY, "The attempt is over: it was graded");
	else {
		/* Who joined has to know why it ends; a reset and a quit have been told. */
		if (strcmp(why, "reset") && strcmp(why, "quit"))
			conn_tell_terminals(c->lab, json_pack("{s:s}", "session", "pause"));
		leave(c->lab, c, id, why);
		return;
	}
	peer_answer_err(c->peer, id, &err);
}

static bool has_terminal(const struct lab *lab)
{
	const struct conn *c;

	TAILQ_FOREACH(c, &lab->conns, link)
	if (c->terminal && c->boss)
		return true;
	return false;
}

/* Why nobody could do it. */
static int refuse(const struct lab *lab, bool held, bool reset, struct err *err)
{
	if (lab->unrecorded && !reset)
		return err_set(
			err, ERR_USAGE, ENODATA,
			"Nothing was recorded (--no-record), so there is nothing to go on with");
	if (lab->finished)
		return err_set(err, ERR_USAGE, EALREADY, "The attempt is over: it was graded");
	if (held && !has_terminal(lab))
		return err_set(err, ERR_USAGE, EAGAIN,
			       "The terminal of `netdojo play` is not open");
	if (!held && reset) {
		err_set(err, ERR_USAGE, EOPNOTSUPP, "This lab was made by `netdojo up`");
		return err_mend(err, "Run `netdojo reset` outside it");
	}
	return 0;
}

void life_session(struct conn *c, uint64_t id, struct msg *m)
{
	const char *what = json_str(m->body, c->node ? "do" : "session", "");
	bool held = json_flag(c->lab->boot, "hold", false), reset = !strcmp(what, "reset");
	struct err err = {0};

	if (!reset && strcmp(what, "pause"))
		err_set(&err, ERR_USAGE, EINVAL, "A session knows pause and reset");
	else if (refuse(c->lab, held, reset, &err) == 0) {
		conn_tell_terminals(c->lab, json_pack("{s:s}", "session", what));
		if (held)
			peer_answer_ok(c->peer, id);
		else
			leave(c->lab, c, id, "asked");
		return;
	}
	peer_answer_err(c->peer, id, &err);
}
