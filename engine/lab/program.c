/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real programs that serve in a node. */
#define _GNU_SOURCE
#include "lab/program.h"

#include <string.h>

#include "lab/node.h"

/* No event tells that somebody else's socket listens, so it is looked at: every 5 ms, for 10 s. */
enum { READY_EVERY_US = 5000, READY_TRIES = 2000 };

struct program {
	TAILQ_ENTRY(program) link;
	struct lab *lab;
	char *name, *node;
	uint64_t spawn;
	char proto[4];
	int port; /* 0 = ready once it runs */
	int tries;
	struct event *look;
	service_done_fn done;
	void *arg;
};

struct service_list {
	TAILQ_HEAD(, program) head;
};

static void program_free(struct program *p)
{
	TAILQ_REMOVE(&p->lab->services->head, p, link);
	if (p->look)
		event_free(p->look);
	free(p->name);
	free(p->node);
	free(p);
}

static void tell(struct program *p, const struct err *err)
{
	service_done_fn done = p->done;

	p->done = NULL;
	if (done)
		done(p->arg, err);
}

static bool listens(const json_t *sockets, const char *proto, int port)
{
	const json_t *s;
	size_t i;

	json_array_foreach (sockets, i, s) {
		const char *state = json_str(s, "state", "");

		if (!strncmp(json_str(s, "proto", ""), proto, 3) &&
		    json_int(s, "local_port", 0) == port &&
		    (!strcmp(state, "LISTEN") || !strcmp(proto, "udp")))
			return true;
	}
	return false;
}

static void look(evutil_socket_t fd, short what, void *arg)
{
	struct program *p = arg;
	const struct build_port *b = &p->lab->ports.build;
	auto_json json_t *sockets = NULL;
	struct timeval tv = {0, READY_EVERY_US};
	struct err err = {0};

	(void)fd;
	(void)what;
	if (b->read(b->ctx, p->node, READ_SOCKETS, "", &sockets, &err) == 0 &&
	    listens(sockets, p->proto, p->port)) {
		tell(p, NULL);
		return;
	}
	if (++p->tries < READY_TRIES) {
		event_add(p->look, &tv);
		return;
	}
	err_set(&err, ERR_USAGE, ETIMEDOUT, "Program '%s' on %s does not listen on %s port %d",
		p->name, p->node, p->proto, p->port);
	tell(p, &err);
}

static void on_spawned(void *arg, pid_t pid, int pty)
{
	struct program *p = arg;
	auto_fd unused = pty;

	(void)pid;
	(void)unused;
	if (p->port)
		look(-1, 0, p);
	else
		tell(p, NULL);
}

static void on_exited(void *arg, int status)
{
	struct program *p = arg;
	struct err err = {0};

	err_set(&err, ERR_USAGE, ECHILD,
		"Program '%s' on %s ended with status %d before it was ready", p->name, p->node,
		status);
	tell(p, &err);
	program_free(p);
}

static void on_failed(void *arg, const struct err *err)
{
	struct program *p = arg;
	struct err copy = *err;

	err_wrap(&copy, "Program '%s' on %s", p->name, p->node);
	tell(p, &copy);
	program_free(p);
}

static const struct node_spawn_fns program_fns = {on_spawned, on_exited, on_failed};

static struct program *program_new(struct lab *lab, const struct service *s)
{
	const json_t *ready = json_object_get(s->config, "ready");
	struct program *p = calloc(1, sizeof(*p));

	if (!lab->services) {
		lab->services = calloc(1, sizeof(*lab->services));
		if (lab->services)
			TAILQ_INIT(&lab->services->head);
	}
	if (!p || !lab->services) {
		free(p);
		return NULL;
	}
	p->lab = lab;
	p->name = strdup(s->name);
	p->node = strdup(s->node);
	p->look = evtimer_new(lab->base, look, p);
	TAILQ_INSERT_TAIL(&lab->services->head, p, link);
	if (!p->name || !p->node || !p->look) {
		program_free(p);
		return NULL;
	}
	strcpy(p->proto, json_object_get(ready, "udp") ? "udp" : "tcp");
	p->port = (int)json_int(ready, p->proto, 0);
	return p;
}

static void spawn(struct program *p, struct lab_node *n, const json_t *config)
{
	const json_t *args = json_object_get(config, "argv");
	const char *argv[64] = {0};
	const char *env[1] = {0};
	struct proc_spawn s = {.argv = argv,
			       .env = env,
			       .cwd = json_str(config, "cwd", "/"),
			       .user = json_str(config, "user", "root"),
			       .stdio = {-1, -1, -1}};
	const json_t *a;
	size_t i;

	json_array_foreach (args, i, a)
		if (i + 1 < ARRAY_SIZE(argv))
			argv[i] = json_string_value(a);
	node_spawn(n, &s, &program_fns, p, &p->spawn);
}

void program_start(struct lab *lab, const struct service *s, service_done_fn done, void *arg)
{
	struct lab_node *n = node_find(lab, s->node);
	struct program *p = n && s->running ? program_new(lab, s) : NULL;
	struct err err = {0};

	if (!s->running) {
		if (done)
			done(arg, NULL);
		return;
	}
	if (!p || json_array_size(json_object_get(s->config, "argv")) == 0) {
		err_set(&err, ERR_USAGE, EINVAL, "Program '%s' has no node or no argv", s->name);
		if (done)
			done(arg, &err);
		return;
	}
	p->done = done;
	p->arg = arg;
	spawn(p, n, s->config);
}

void program_stop(struct lab *lab, const char *name)
{
	struct program *p, *next;

	if (!lab->services)
		return;
	for (p = TAILQ_FIRST(&lab->services->head); p; p = next) {
		struct lab_node *n = node_find(lab, p->node);

		next = TAILQ_NEXT(p, link);
		if (strcmp(p->name, name))
			continue;
		if (n) {
			node_signal(n, p->spawn, SIGTERM, NULL);
			node_forget(n, p->spawn);
		}
		program_free(p);
	}
}

void program_done(struct lab *lab)
{
	struct program *p;

	if (!lab->services)
		return;
	while ((p = TAILQ_FIRST(&lab->services->head)))
		program_free(p);
	free(lab->services);
	lab->services = NULL;
}
