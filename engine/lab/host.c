/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host socket. */
#define _GNU_SOURCE
#include "lab/host.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/answers.h"
#include "lab/boot.h"
#include "lab/change.h"
#include "lab/exec.h"
#include "lab/hold.h"
#include "lab/interop.h"
#include "lab/life.h"
#include "lab/node.h"
#include "lab/probing.h"
#include "lab/trust.h"
#include "lab/verify.h"
#include "lab/wsl_life.h"

static struct lab_node *the_node(struct conn *c, uint64_t id, const json_t *body)
{
	const char *name = json_str(body, "node", "");
	struct lab_node *n = node_find(c->lab, name);
	struct err err = {0};
	char all[256] = "";

	if (n)
		return n;
	if (wsl_is_stopped(c->lab, name)) {
		wsl_stopped_err(&err);
		peer_answer_err(c->peer, id, &err);
		return NULL;
	}
	TAILQ_FOREACH(n, &c->lab->nodes, link)
	{
		strncat(all, all[0] ? ", " : "", sizeof(all) - strlen(all) - 1);
		strncat(all, n->name, sizeof(all) - strlen(all) - 1);
	}
	err_set(&err, ERR_USAGE, ENODEV, "Lab '%s' has no node '%s'",
		json_str(c->lab->boot, "lab", ""), name);
	err_mend(&err, "Its nodes are %s", all);
	peer_answer_err(c->peer, id, &err);
	return NULL;
}

static void do_info(struct conn *c, uint64_t id, struct msg *m)
{
	(void)m;
	peer_answer(c->peer, id, boot_info(c->lab), NULL, 0);
}

static void run_in(struct conn *c, uint64_t id, struct msg *m, const json_t *warnings)
{
	struct lab_node *n = the_node(c, id, m->body);
	bool tty = json_flag(m->body, "tty", false);
	const char *user = json_str(m->body, "user", "");
	auto_json json_t *body = json_incref(m->body);
	struct exec_ask ask = {.m = m,
			       .by = json_str(m->body, "by", "learner"),
			       .files = json_object_get(m->body, "files"),
			       .shells = json_object_get(m->body, "shells"),
			       .warnings = warnings,
			       .tty = {tty, tty, tty}};
	struct err err = {0};

	if (!n)
		return;
	if (n->role == ROLE_WINDOWS) {
		json_decref(body);
		body = interop_exec(n, m->body, &err);
	}
	if (!body) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	ask.body = body;
	ask.user = user[0] ? user : n->user;
	if (json_object_get(m->body, "session"))
		c->terminal = true;
	exec_start(c, n, id, &ask);
}

/* An exec that waits for the lab's certificates, or for WSL to start. */
struct held_exec {
	struct lab *lab;
	uint64_t conn, id;
	struct msg m; /* owned */
};

/* Takes the request over; NULL when there is no memory, which has then been answered. */
static struct held_exec *held_new(struct conn *c, uint64_t id, struct msg *m)
{
	struct held_exec *h = malloc(sizeof(*h));
	struct err err = {0};

	if (!h) {
		err_sys(&err, ENOMEM, "Can't run a command");
		peer_answer_err(c->peer, id, &err);
		return NULL;
	}
	*h = (struct held_exec){c->lab, c->serial, id, *m};
	*m = (struct msg){0};
	return h;
}

static void on_awake(void *arg, const json_t *warnings, const struct err *err)
{
	struct held_exec *h = arg;
	struct conn *c = conn_find(h->lab, h->conn);

	if (c && err)
		peer_answer_err(c->peer, h->id, err);
	else if (c)
		run_in(c, h->id, &h->m, warnings);
	msg_done(&h->m);
	free(h);
}

static void run_program(struct conn *c, uint64_t id, struct msg *m)
{
	bool stopped = wsl_is_stopped(c->lab, json_str(m->body, "node", ""));
	const char *by = json_str(m->body, "by", "learner");
	struct held_exec *h;

	if ((!stopped && !the_node(c, id, m->body)) ||
	    (strcmp(by, "lab") && hold_request(c, id, m, run_program)))
		return;
	if (!stopped) {
		run_in(c, id, m, NULL);
		return;
	}
	h = held_new(c, id, m);
	if (h)
		wsl_wake(c->lab, json_str(h->m.body, "by", "learner"), on_awake, h);
}

static void on_trusted(void *arg, const struct err *err)
{
	struct held_exec *h = arg;
	struct conn *c = conn_find(h->lab, h->conn);

	if (c && err)
		peer_answer_err(c->peer, h->id, err);
	else if (c)
		run_program(c, h->id, &h->m);
	msg_done(&h->m);
	free(h);
}

static void do_exec(struct conn *c, uint64_t id, struct msg *m)
{
	struct held_exec *h = held_new(c, id, m);

	if (h)
		trust_when(c->lab, on_trusted, h);
}

static void do_signal(struct conn *c, uint64_t id, struct msg *m)
{
	exec_signal(c, id, m->body);
}

/* A terminal host knows the monotonic clock; the log's own begins with the attempt. */
static void to_log_time(const struct log *log, json_t *e, const char *key)
{
	if (json_is_number(json_object_get(e, key)))
		json_object_set_new(e, key, json_real(json_num(e, key, 0) - log->zero));
}

/* Who may be said to have done it: nobody else than recorders know. */
static const char *by_of(const json_t *e)
{
	const char *by = json_str(e, "by", "learner");

	return !strcmp(by, "tool") || !strcmp(by, "lab") ? by : "learner";
}

static int check_event(const json_t *e, struct err *err)
{
	static const char *const kinds[] = {"session", "command", "answer", "hint"};
	const char *kind = json_str(e, "kind", "");

	if (json_dumpb(e, NULL, 0, JSON_COMPACT) > LOG_EVENT_MAX)
		return err_set(err, ERR_USAGE, EMSGSIZE, "An event is over %d bytes",
			       LOG_EVENT_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], kind))
			return 0;
	return err_set(err, ERR_USAGE, EINVAL, "Events of kind '%.32s' are not taken from outside",
		       kind);
}

/* A terminal host's own observations; the recorders' kinds are not its to write. */
static void do_event(struct conn *c, uint64_t id, struct msg *m)
{
	json_t *e = json_object_get(m->body, "event");
	struct err err = {0};
	uint64_t seq = 0;

	if (check_event(e, &err) == 0) {
		json_object_set_new(e, "by", json_string(by_of(e)));
		to_log_time(&c->lab->log, e, "started");
		to_log_time(&c->lab->log, e, "ended");
		json_object_del(e, "mono"); /* the recorders' */
		seq = log_put(&c->lab->log, json_incref(e));
		if (!seq)
			err_sys(&err, ENOSPC, "The attempt's log could not be written");
	}
	if (seq)
		peer_answer(c->peer, id, json_pack("{s:I}", "seq", (json_int_t)seq), NULL, 0);
	else
		peer_answer_err(c->peer, id, &err);
}

static void do_read(struct conn *c, uint64_t id, struct msg *m)
{
	struct lab_node *n = the_node(c, id, m->body);
	int what = read_what_from_name(json_str(m->body, "what", ""));
	const struct build_port *b = &c->lab->ports.build;
	auto_json json_t *value = NULL;
	struct err err = {0};

	if (!n)
		return;
	if (what < 0)
		err_set(&err, ERR_USAGE, EINVAL, "There is no state named '%.32s' to read",
			json_str(m->body, "what", ""));
	if (what < 0 || b->read(b->ctx, n->name, (enum read_what)what, json_str(m->body, "arg", ""),
				&value, &err) < 0)
		peer_answer_err(c->peer, id, &err);
	else
		peer_answer(c->peer, id, json_pack("{s:O}", "value", value), NULL, 0);
}

/* For netdojo-capture, which opens its own packet sockets: our user namespace and the node's network namespace. */
static void do_tap(struct conn *c, uint64_t id, struct msg *m)
{
	struct lab_node *n = the_node(c, id, m->body);
	const struct build_port *b = &c->lab->ports.build;
	auto_fd userns = -1;
	struct err err = {0};
	int fds[2];

	if (!n)
		return;
	userns = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	fds[0] = userns;
	fds[1] = b->netns_fd(b->ctx, n->name);
	if (fds[0] < 0 || fds[1] < 0) {
		err_sys(&err, fds[0] < 0 ? errno : -fds[1], "Can't hand out the namespaces of %s",
			n->name);
		peer_answer_err(c->peer, id, &err);
		return;
	}
	peer_answer(c->peer, id, json_object(), fds, 2);
}

static void do_down(struct conn *c, uint64_t id, struct msg *m)
{
	(void)m;
	peer_answer_ok(c->peer, id);
	lab_end(c->lab, "down", 0);
}

static const struct verb host_verbs[] = {
	{"boot", boot_start, true},
	{"info", do_info, true},
	{"down", do_down, true},
	{"event", do_event, false},
	{"exec", do_exec, false},
	{"signal", do_signal, false},
	{"probe", verify_probe, false},
	{"fault", verify_fault, false},
	{"verify", verify_verify, false},
	{"finish", verify_finish, false},
	{"leave", life_leave, false},
	{"session", life_session, false},
	{"diagnose", answer_diagnose, false},
	{"hint", answer_hint, false},
	{"task", answer_task, false},
	{"map", answer_map, false},
	{"check", answer_check, false},
	{"causes", answer_causes, false},
	{"said", answer_said, false},
	{"read", do_read, false},
	{"tap", do_tap, false},
	{NULL, NULL, false},
};

struct conn *host_boss(struct lab *lab, int fd)
{
	struct conn *c = conn_new(lab, fd, NULL, host_verbs, NULL);

	if (c)
		c->boss = true;
	return c;
}

/* The state directory is 0700; that the peer is our own user (or root, who started us) is checked all the same. */
static bool may_command(const struct lab *lab, int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	/* Seen from our user namespace our own user is 0; every other of the host, root too, is the overflow uid. */
	return cred.uid == 0 || (lab->ports.for_root && cred.uid == 65534);
}

static void on_accepted(void *arg, int fd)
{
	if (may_command(arg, fd))
		conn_new(arg, fd, NULL, host_verbs, NULL);
	else
		close(fd);
}

int host_listen(struct lab *lab, int fd, struct err *err)
{
	lab->listener = conn_listen(lab, fd, 0, on_accepted, lab);
	return lab->listener ? 0 : err_sys(err, ENOMEM, "Can't serve the host socket");
}
