/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab's services. */
#define _GNU_SOURCE
#include "lab/service.h"

#include <string.h>
#include <sys/socket.h>

#include "lab/localhost.h"
#include "lab/port_space.h"
#include "lab/program.h"

/* A request to serve whose asker waits. */
struct service_wait {
	service_done_fn done;
	void *arg;
	char name[64];
};

/* An optional service without its sockets. What it is to be, the model says. */
struct unserved {
	TAILQ_ENTRY(unserved) link;
	char *name;
};

struct service_wait_list {
	TAILQ_HEAD(unserved_head, unserved) head;
};

static struct unserved *unserved_find(const struct lab *lab, const char *name)
{
	struct unserved *u;

	if (!lab->service_waits)
		return NULL;
	TAILQ_FOREACH(u, &lab->service_waits->head, link)
	if (!strcmp(u->name, name))
		return u;
	return NULL;
}

static void unserved_free(struct lab *lab, struct unserved *u)
{
	TAILQ_REMOVE(&lab->service_waits->head, u, link);
	free(u->name);
	free(u);
}

static int unserved_add(struct lab *lab, const char *name, struct err *err)
{
	struct unserved *u;

	if (unserved_find(lab, name))
		return 0;
	u = calloc(1, sizeof(*u));
	if (u)
		u->name = strdup(name);
	if (!lab->service_waits) {
		lab->service_waits = calloc(1, sizeof(*lab->service_waits));
		if (lab->service_waits)
			TAILQ_INIT(&lab->service_waits->head);
	}
	if (!u || !u->name || !lab->service_waits) {
		free(u ? u->name : NULL);
		free(u);
		return err_sys(err, ENOMEM, "Service %s", name);
	}
	TAILQ_INSERT_TAIL(&lab->service_waits->head, u, link);
	return 0;
}

static void on_answer(void *arg, struct msg *m, const struct err *err)
{
	struct service_wait *w = arg;
	struct err wrapped;

	(void)m;
	if (err) {
		wrapped = *err;
		err_wrap(&wrapped, "Service %s", w->name);
	}
	if (w->done)
		w->done(w->arg, err ? &wrapped : NULL);
	free(w);
}

static void ask(struct lab *lab, const char *name, json_t *body, const int *fds, size_t n_fds,
		service_done_fn done, void *arg)
{
	struct service_wait *w = calloc(1, sizeof(*w));

	struct err err = {0};

	if (!w) {
		json_decref(body);
		err_sys(&err, ENOMEM, "Service %s", name);
		if (done)
			done(arg, &err);
		return;
	}
	w->done = done;
	w->arg = arg;
	strncpy(w->name, name, sizeof(w->name) - 1);
	peer_call(lab->serve, body, fds, n_fds, on_answer, w);
}

static void close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fd_closep(&fds[i]);
}

/* The node whose sockets it uses onward. */
static const char *onward_node(const struct service *s)
{
	return s->via[0] ? s->via : s->node;
}

/* Our own sockets share a port where one is a wildcard's (build.h); the very same address is one's only. */
static bool is_taken(const json_t *sockets, const struct listen_on *l)
{
	const json_t *s;
	size_t i;

	json_array_foreach (sockets, i, s)
		if (!strcmp(json_str(s, "proto", ""), "tcp") &&
		    !strcmp(json_str(s, "state", ""), "LISTEN") &&
		    !strcmp(json_str(s, "local", ""), l->address) &&
		    json_int(s, "local_port", 0) == l->port)
			return true;
	return false;
}

static bool listens_on_tcp(const struct service *s)
{
	for (size_t i = 0; i < s->n_listens; i++)
		if (!strcmp(s->listens[i].proto, "tcp"))
			return true;
	return false;
}

static int check_free(struct lab *lab, const struct service *s, struct err *err)
{
	const struct build_port *b = &lab->ports.build;
	auto_json json_t *sockets = NULL;

	if (!listens_on_tcp(s) || b->read(b->ctx, s->node, READ_LISTENERS, "", &sockets, NULL) < 0)
		return 0; /* then opening them says what is wrong */
	for (size_t i = 0; i < s->n_listens; i++)
		if (!strcmp(s->listens[i].proto, "tcp") && is_taken(sockets, &s->listens[i]))
			return err_sys(err, EADDRINUSE, "Can't listen on %s:%u/tcp",
				       s->listens[i].address, s->listens[i].port);
	return 0;
}

/* What a relay of ours has on Windows is WSL's by its own server there. */
static int ask_ports(struct lab *lab, const struct service *s, struct err *err)
{
	if (localhost_onward(lab, s->name))
		return 0;
	for (size_t i = 0; i < s->n_listens; i++) {
		const struct listen_on *l = &s->listens[i];
		int refused = port_space_bind(lab, s->node, l->proto, l->address, l->port);

		if (refused)
			return err_sys(err, refused, "Can't listen on %s:%u/%s", l->address,
				       l->port, l->proto);
	}
	return 0;
}

/* One bound socket a listen, then one for asking upstream where the kind wants it. */
static int open_sockets(struct lab *lab, const struct service *s, int *fds, size_t *ret_n,
			struct err *err)
{
	const struct build_port *b = &lab->ports.build;
	size_t n = 0;
	int fd;

	if (s->n_listens + 2 > MSG_MAX_FDS)
		return err_set(err, ERR_USAGE, E2BIG, "Service %s listens on too many sockets",
			       s->name);
	fd = check_free(lab, s, err);
	if (fd < 0)
		return fd;
	for (size_t i = 0; i < s->n_listens; i++) {
		const struct listen_on *l = &s->listens[i];

		fd = b->open_socket(b->ctx, s->node,
				    !strcmp(l->proto, "udp") ? SOCK_DGRAM : SOCK_STREAM, l->address,
				    l->port, err);
		if (fd < 0) {
			close_all(fds, n);
			return fd;
		}
		fds[n++] = fd;
	}
	if (s->kind == SERVICE_DNS || s->kind == SERVICE_RELAY) {
		fd = b->open_socket(b->ctx, onward_node(s), SOCK_DGRAM, "", 0, err);
		if (fd < 0) {
			close_all(fds, n);
			return fd;
		}
		fds[n++] = fd;
	}
	*ret_n = n;
	return 0;
}

static json_t *service_json(const struct service *s)
{
	json_t *listens = json_array();

	for (size_t i = 0; i < s->n_listens; i++)
		json_array_append_new(listens,
				      json_pack("{s:s, s:s, s:i}", "proto", s->listens[i].proto,
						"address", s->listens[i].address, "port",
						(int)s->listens[i].port));
	return json_pack("{s:s, s:s, s:s, s:O, s:o}", "name", s->name, "kind",
			 service_kind_name(s->kind), "node", s->node, "config", s->config,
			 "listens", listens);
}

void service_start(struct lab *lab, const struct service *s, service_done_fn done, void *arg)
{
	int fds[MSG_MAX_FDS];
	struct err err = {0};
	bool refused;
	size_t n = 0;

	if (s->kind == SERVICE_PROGRAM) {
		program_start(lab, s, done, arg);
		return;
	}
	if (!s->running) {
		if (done)
			done(arg, NULL);
		return;
	}
	/* what a program has on the other side of a port space no model can know: not a mistake of this one's */
	refused = ask_ports(lab, s, &err) < 0;
	if (refused || open_sockets(lab, s, fds, &n, &err) < 0) {
		bool waits = (s->optional || refused) && unserved_add(lab, s->name, &err) == 0;

		err_wrap(&err, "Service %s", s->name);
		if (done)
			done(arg, waits ? NULL : &err);
		return;
	}
	ask(lab, s->name, json_pack("{s:s, s:o}", "do", "start", "service", service_json(s)), fds,
	    n, done, arg);
	close_all(fds, n);
}

void service_set(struct lab *lab, const struct service *s, service_done_fn done, void *arg)
{
	if (s->kind == SERVICE_PROGRAM) {
		program_stop(lab, s->name);
		program_start(lab, s, done, arg);
		return;
	}
	if (unserved_find(lab, s->name)) {
		if (done)
			done(arg, NULL);
		return;
	}
	ask(lab, s->name,
	    json_pack("{s:s, s:s, s:O}", "do", "set", "name", s->name, "config", s->config), NULL,
	    0, done, arg);
}

void service_stop(struct lab *lab, const struct service *s, service_done_fn done, void *arg)
{
	struct unserved *u = unserved_find(lab, s->name);

	if (u)
		unserved_free(lab, u);
	if (s->kind == SERVICE_PROGRAM)
		program_stop(lab, s->name);
	if (u || s->kind == SERVICE_PROGRAM) {
		if (done)
			done(arg, NULL);
		return;
	}
	ask(lab, s->name, json_pack("{s:s, s:s}", "do", "stop", "name", s->name), NULL, 0, done,
	    arg);
}

/* Each is taken out and, where its sockets still can't be had, put back at the end by service_start. */
void service_retry(struct lab *lab)
{
	struct unserved *u, *last;
	bool more = lab->service_waits && !TAILQ_EMPTY(&lab->service_waits->head);

	last = more ? TAILQ_LAST(&lab->service_waits->head, unserved_head) : NULL;
	while (more) {
		const struct service *s;

		u = TAILQ_FIRST(&lab->service_waits->head);
		more = u != last;
		s = model_service(lab->now, u->name);
		unserved_free(lab, u);
		if (s)
			service_start(lab, s, NULL, NULL);
	}
}

json_t *service_waiting(const struct lab *lab)
{
	json_t *names = json_array();
	const struct unserved *u;

	if (!lab->service_waits)
		return names;
	TAILQ_FOREACH(u, &lab->service_waits->head, link)
	json_array_append_new(names, json_string(u->name));
	return names;
}

/* Of a socket that serve asks for: the node, NULL where nothing of that name runs. */
static const char *socket_node(const struct lab *lab, const json_t *ask)
{
	const char *name = json_str(ask, "service", "");
	const struct service *s = lab->now ? model_service(lab->now, name) : NULL;
	const char *relayed = localhost_onward(lab, name);

	if (relayed)
		return relayed;
	return s ? onward_node(s) : json_str(ask, "node", "");
}

/* serve wants to connect somewhere from a service's node: the socket is opened there and handed over. */
static void on_request(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m)
{
	struct lab *lab = arg;
	const char *node = socket_node(lab, m->body);
	bool v6 = strchr(json_str(m->body, "address", ""), ':') != NULL;
	struct err err = {0};
	auto_fd fd = -1;

	if (strcmp(verb, "socket"))
		err_set(&err, ERR_MACHINE, EINVAL, "Unknown request '%.64s'", verb);
	else
		fd = lab->ports.build.open_socket(lab->ports.build.ctx, node, SOCK_STREAM,
						  v6 ? "::" : "", 0, &err);
	if (fd < 0)
		peer_answer_err(p, id, &err);
	else
		peer_answer(p, id, json_object(), &fd, 1);
}

static const char serve_gone[] = "The services' process has ended";

static void on_closed(void *arg, struct peer *p)
{
	struct lab *lab = arg;
	struct err err = {0};

	(void)p;
	if (lab->phase == LAB_ENDING)
		return;
	err_set(&err, ERR_MACHINE, EPIPE, "%s", serve_gone);
	lab_fail(lab, &err);
}

static const struct peer_owner serve_owner = {on_request, on_closed, serve_gone};

int service_open(struct lab *lab, struct err *err)
{
	return peer_new(lab->base, fd_steal(&lab->ports.serve), &serve_owner, lab, NULL,
			&lab->serve, err);
}

void service_done(struct lab *lab)
{
	program_done(lab);
	while (lab->service_waits && !TAILQ_EMPTY(&lab->service_waits->head))
		unserved_free(lab, TAILQ_FIRST(&lab->service_waits->head));
	free(lab->service_waits);
	lab->service_waits = NULL;
}
