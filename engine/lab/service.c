/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab's services. */
#define _GNU_SOURCE
#include "lab/service.h"

#include <string.h>
#include <sys/socket.h>

#include "lab/program.h"

/* A request to serve whose asker waits. */
struct service_wait {
	service_done_fn done;
	void *arg;
	char name[64];
};

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
		fd = b->open_socket(b->ctx, s->node, SOCK_DGRAM, "", 0, err);
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
	if (open_sockets(lab, s, fds, &n, &err) < 0) {
		err_wrap(&err, "Service %s", s->name);
		if (done)
			done(arg, &err);
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
	ask(lab, s->name,
	    json_pack("{s:s, s:s, s:O}", "do", "set", "name", s->name, "config", s->config), NULL,
	    0, done, arg);
}

void service_stop(struct lab *lab, const struct service *s, service_done_fn done, void *arg)
{
	if (s->kind == SERVICE_PROGRAM) {
		program_stop(lab, s->name);
		if (done)
			done(arg, NULL);
		return;
	}
	ask(lab, s->name, json_pack("{s:s, s:s}", "do", "stop", "name", s->name), NULL, 0, done,
	    arg);
}

/* serve wants to connect somewhere from a service's node: the socket is opened there and handed over. */
static void on_request(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m)
{
	struct lab *lab = arg;
	const struct service *s =
		lab->now ? model_service(lab->now, json_str(m->body, "service", "")) : NULL;
	const char *node = s ? s->node : json_str(m->body, "node", "");
	struct err err = {0};
	auto_fd fd = -1;

	if (strcmp(verb, "socket"))
		err_set(&err, ERR_MACHINE, EINVAL, "Unknown request '%.64s'", verb);
	else
		fd = lab->ports.build.open_socket(lab->ports.build.ctx, node, SOCK_STREAM, "", 0,
						  &err);
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
}
