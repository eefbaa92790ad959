/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node socket. */
#define _GNU_SOURCE
#include "lab/guest.h"

#include <string.h>
#include <sys/socket.h>

#include "lab/answers.h"
#include "lab/conn.h"
#include "lab/exec.h"

/* Bounds against a program in a node that means harm; sudo of a script's loop stays under them. */
enum { GUEST_MESSAGE = 256 * 1024, GUEST_PER_SECOND = 200, GUEST_CONNECTIONS = 64 };

static const struct peer_limits guest_limits = {GUEST_MESSAGE, GUEST_PER_SECOND};

/*
 * sudo: the learner (uid 1000) and root only. Both ends are in the lab's user namespace, where with the one-uid map the learner is
 * uid 0 too; a program that found another uid has no way here.
 */
static bool may_sudo(struct conn *c)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(peer_fd(c->peer), SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	return cred.uid == 0 || cred.uid == 1000;
}

static void do_sudo(struct conn *c, uint64_t id, struct msg *m)
{
	const json_t *tty = json_object_get(m->body, "tty");
	const char *user = json_str(m->body, "user", "root");
	struct exec_ask ask = {.body = m->body, .m = m, .user = user, .by = "learner"};
	struct err err = {0};

	for (size_t i = 0; i < 3; i++)
		ask.tty[i] = json_is_true(json_array_get(tty, i));
	if (!may_sudo(c))
		err_set(&err, ERR_USAGE, EPERM, "Only the learner and root may use sudo");
	else if (strcmp(user, "root") && strcmp(user, "learner"))
		err_set(&err, ERR_USAGE, EINVAL, "unknown user %.32s", user);
	else {
		exec_start(c, c->node, id, &ask);
		return;
	}
	peer_answer_err(c->peer, id, &err);
}

static void do_signal(struct conn *c, uint64_t id, struct msg *m)
{
	exec_signal(c, id, m->body);
}

static void do_mode(struct conn *c, uint64_t id, struct msg *m)
{
	(void)m;
	peer_answer(c->peer, id,
		    json_pack("{s:s, s:s}", "networking_mode", c->lab->healthy->mode, "version",
			      "2.5.9.0"),
		    NULL, 0);
}

/* dojo grade and dojo quit: the terminal hosts end their sessions and grade. */
static void do_session(struct conn *c, uint64_t id, struct msg *m)
{
	conn_tell_terminals(c->lab,
			    json_pack("{s:s}", "session", json_str(m->body, "do", "quit")));
	peer_answer(c->peer, id, NULL, NULL, 0);
}

static const struct verb guest_verbs[] = {
	{"sudo", do_sudo},	   {"signal", do_signal},	 {"mode", do_mode},
	{"task", answer_task},	   {"hint", answer_hint},	 {"map", answer_map},
	{"check", answer_check},   {"diagnose", answer_diagnose}, {"causes", answer_causes},
	{"grade", do_session},	   {"quit", do_session},	 {NULL, NULL},
};

static void on_accepted(void *arg, int fd)
{
	struct lab_node *n = arg;

	if (n->connections >= GUEST_CONNECTIONS)
		close(fd);
	else
		conn_new(n->lab, fd, n, guest_verbs, &guest_limits);
}

int guest_listen(struct lab_node *n, int fd, struct err *err)
{
	n->accepting = conn_listen(n->lab, fd, on_accepted, n);
	return n->accepting ? 0 : err_sys(err, ENOMEM, "%s: node socket", n->name);
}

void guest_close(struct lab_node *n)
{
	struct conn *c, *next;

	for (c = TAILQ_FIRST(&n->lab->conns); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->node == n)
			conn_free(c);
	}
	if (n->accepting) {
		close(event_get_fd(n->accepting));
		event_free(n->accepting);
		n->accepting = NULL;
	}
}
