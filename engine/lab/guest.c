/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node socket. */
#define _GNU_SOURCE
#include "lab/guest.h"

#include <string.h>
#include <sys/socket.h>

#include "lab/answers.h"
#include "lab/conn.h"
#include "lab/exec.h"
#include "lab/interop.h"
#include "lab/life.h"
#include "lab/verify.h"
#include "lab/visit.h"
#include "lab/windows.h"
#include "lab/windows_verbs.h"

static const struct peer_limits guest_limits = {GUEST_MESSAGE, GUEST_PER_SECOND, GUEST_UNDER_WAY};
static const struct peer_limits windows_limits = {GUEST_MESSAGE, GUEST_WINDOWS_PER_SECOND,
						  GUEST_UNDER_WAY};

/*
 * sudo: the learner (uid 1000) and root only. Both ends are in the lab's user namespace, where with the one-uid map the learner is
 * uid 0 too; a program that found another uid has no way here.
 */
bool guest_may_command(const struct conn *c)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(peer_fd(c->peer), SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	return cred.uid == 0 || cred.uid == 1000;
}

const char *guest_by(const struct lab *lab)
{
	if (lab->learner.active)
		return "learner";
	return lab->tool.active ? "tool" : lab->running.active ? "lab" : "learner";
}

void guest_tty(const json_t *body, bool ret[3])
{
	const json_t *tty = json_object_get(body, "tty");

	for (size_t i = 0; i < 3; i++)
		ret[i] = json_is_true(json_array_get(tty, i));
}

static void do_sudo(struct conn *c, uint64_t id, struct msg *m)
{
	const char *user = json_str(m->body, "user", "root");
	struct exec_ask ask = {.body = m->body, .m = m, .user = user, .by = guest_by(c->lab)};
	struct err err = {0};

	guest_tty(m->body, ask.tty);
	if (!guest_may_command(c))
		err_set(&err, ERR_USAGE, EPERM, "Only the learner and root may use sudo");
	else if (visit_is_place(c->node->role))
		err_set(&err, ERR_USAGE, EPERM, "learner is not in the sudoers file of %s",
			c->node->name);
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
	const json_t *wsl = windows_wsl(c->lab);

	(void)m;
	peer_answer(c->peer, id,
		    json_pack("{s:s, s:s}", "networking_mode",
			      json_str(wsl, "networkingMode", c->lab->healthy->mode), "version",
			      json_str(wsl, "version", "2.5.9.0")),
		    NULL, 0);
}

/* dojo grade and dojo quit: the terminal hosts end their sessions and grade. */
static void do_session(struct conn *c, uint64_t id, struct msg *m)
{
	bool grade = !strcmp(json_str(m->body, "do", ""), "grade");
	struct err err = {0};

	if (grade && c->lab->unrecorded) {
		verify_unrecorded(c->lab, &err);
		peer_answer_err(c->peer, id, &err);
		return;
	}
	conn_tell_terminals(c->lab, json_pack("{s:s}", "session", grade ? "grade" : "quit"));
	peer_answer_ok(c->peer, id);
}

#define EVERY_NODES                                                                                \
	{"sudo", do_sudo, false}, {"signal", do_signal, false}, {"mode", do_mode, false},          \
		{"task", answer_task, false}, {"hint", answer_hint, false},                        \
		{"map", answer_map, false}, {"check", answer_check, false},                        \
		{"diagnose", answer_diagnose, false}, {"causes", answer_causes, false},            \
		{"said", answer_said, false}, {"on", visit_run, false},                            \
		{"grade", do_session, false}, {"pause", life_session, false},                      \
		{"reset", life_session, false},                                                    \
	{                                                                                          \
		"quit", do_session, false                                                          \
	}

static const struct verb guest_verbs[] = {EVERY_NODES, {NULL, NULL, false}};

static const struct verb wsl_verbs[] = {
	EVERY_NODES,
	{"interop", interop_run, false},
	{NULL, NULL, false},
};

/* `dojo windows` where Windows is already: said as an errno, the guest has the words. */
static void do_here(struct conn *c, uint64_t id, struct msg *m)
{
	struct err err = {0};

	(void)m;
	err_set(&err, ERR_USAGE, EALREADY, "This is the Windows prompt already");
	peer_answer_err(c->peer, id, &err);
}

static const struct verb windows_verbs[] = {
	EVERY_NODES,
	{"interop", do_here, false},
	{"windows.model", windows_verb_model, false},
	{"windows.read", windows_verb_read, false},
	{"windows.probe", windows_verb_probe, false},
	{"windows.change", windows_verb_change, false},
	{"windows.wsl", interop_wsl, false},
	{NULL, NULL, false},
};

struct conn *guest_conn(struct lab_node *n, int fd)
{
	if (n->role == ROLE_WINDOWS)
		return conn_new(n->lab, fd, n, windows_verbs, &windows_limits);
	return conn_new(n->lab, fd, n, n->role == ROLE_WSL ? wsl_verbs : guest_verbs,
			&guest_limits);
}

static void on_accepted(void *arg, int fd)
{
	guest_conn(arg, fd);
}

int guest_listen(struct lab_node *n, int fd, struct err *err)
{
	n->accepting = conn_listen(n->lab, fd, GUEST_NEW_PER_SECOND, on_accepted, n);
	return n->accepting ? 0 : err_sys(err, ENOMEM, "%s: node socket", n->name);
}

void guest_count(struct lab_node *n, int change)
{
	n->connections += change;
	conn_listen_full(n->accepting, n->connections >= GUEST_CONNECTIONS);
}

void guest_close(struct lab_node *n)
{
	struct conn *c, *next;

	conn_unlisten(n->accepting);
	n->accepting = NULL;
	for (c = TAILQ_FIRST(&n->lab->conns); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->node == n)
			conn_free(c);
	}
}
