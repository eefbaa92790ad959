/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A proc port without processes. */
#define _GNU_SOURCE
#include "tests/fake/fake_proc.h"

#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"

struct queued {
	struct proc_event event;
	TAILQ_ENTRY(queued) link;
};

struct proc_node {
	struct fake_proc *owner;
	char name[32];
	struct sockaddr_un address; /* of its socket */
	socklen_t address_len;
	int waiting; /* an eventfd that counts queued events */
	TAILQ_HEAD(, queued) events;
};

static void record(struct fake_proc *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void record(struct fake_proc *f, const char *fmt, ...)
{
	va_list ap;

	if (f->n_calls == FAKE_LINES_MAX)
		return;
	va_start(ap, fmt);
	if (vasprintf(&f->calls[f->n_calls], fmt, ap) >= 0)
		f->n_calls++;
	va_end(ap);
}

static struct proc_event blank(enum proc_event_kind kind, uint64_t id)
{
	return (struct proc_event){.kind = kind,
				   .id = id,
				   .pty = -1,
				   .listener = -1,
				   .node_socket = -1,
				   .etc_dir = -1,
				   .wsl_dir = -1};
}

static void queue(struct proc_node *n, const struct proc_event *e)
{
	struct queued *q = calloc(1, sizeof(*q));
	uint64_t one = 1;

	if (!q)
		abort();
	q->event = *e;
	TAILQ_INSERT_TAIL(&n->events, q, link);
	if (write(n->waiting, &one, sizeof(one)) != sizeof(one))
		abort();
}

/* A listening socket at an abstract name of the kernel's choice: nobody can find it. */
static int node_socket(struct proc_node *n)
{
	struct sockaddr_un anon = {.sun_family = AF_UNIX};
	auto_fd fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&anon, sizeof(sa_family_t)) < 0 ||
	    listen(fd, 8) < 0)
		return -1;
	n->address_len = sizeof(n->address);
	getsockname(fd, (struct sockaddr *)&n->address, &n->address_len);
	return fd_steal(&fd);
}

static void queue_ready(struct proc_node *n)
{
	struct proc_event e = blank(PROC_READY, 0);

	e.node_socket = node_socket(n);
	queue(n, &e);
}

static struct proc_node *find(const struct fake_proc *f, const char *name)
{
	for (size_t i = 0; i < f->n_nodes; i++)
		if (strcmp(f->nodes[i]->name, name) == 0)
			return f->nodes[i];
	return NULL;
}

static int fake_start(void *ctx, const struct node *node, int netns_fd, struct proc_node **ret,
		      struct err *err)
{
	struct fake_proc *f = ctx;
	struct proc_node *n;

	(void)netns_fd;
	record(f, "start %s", node->name);
	if (f->fail_start && strcmp(f->fail_start, node->name) == 0)
		return err_sys(err, EAGAIN, "Fake failure to start '%s'", node->name);
	n = calloc(1, sizeof(*n));
	if (!n || f->n_nodes == FAKE_NODES_MAX) {
		free(n);
		return err_sys(err, ENOMEM, "The fake is full");
	}
	n->owner = f;
	n->waiting = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	TAILQ_INIT(&n->events);
	snprintf(n->name, sizeof(n->name), "%s", node->name);
	f->nodes[f->n_nodes++] = n;
	if (!f->hold_ready)
		queue_ready(n);
	*ret = n;
	return 0;
}

static void drop(struct proc_node *n)
{
	struct queued *q;

	while ((q = TAILQ_FIRST(&n->events))) {
		TAILQ_REMOVE(&n->events, q, link);
		proc_event_done(&q->event);
		free(q);
	}
	close(n->waiting);
	free(n);
}

static void fake_stop(void *ctx, struct proc_node *n)
{
	struct fake_proc *f = ctx;

	if (!n)
		return;
	record(f, "stop %s", n->name);
	for (size_t i = 0; i < f->n_nodes; i++)
		if (f->nodes[i] == n)
			f->nodes[i] = f->nodes[--f->n_nodes];
	drop(n);
}

static int fake_fd(const struct proc_node *n)
{
	return n->waiting;
}

static int fake_next(struct proc_node *n, struct proc_event *ret, struct err *err)
{
	struct queued *q = TAILQ_FIRST(&n->events);
	uint64_t one;

	(void)err;
	if (!q)
		return 0;
	if (read(n->waiting, &one, sizeof(one)) != sizeof(one))
		abort();
	TAILQ_REMOVE(&n->events, q, link);
	*ret = q->event;
	free(q);
	return 1;
}

static int fake_spawn(struct proc_node *n, const struct proc_spawn *s, uint64_t id, struct err *err)
{
	struct fake_proc *f = n->owner;
	struct proc_event e = blank(PROC_SPAWNED, id);
	char line[512] = "";

	(void)err;
	for (size_t i = 0; s->argv[i]; i++) {
		size_t used = strlen(line);

		snprintf(line + used, sizeof(line) - used, " %s", s->argv[i]);
	}
	record(f, "spawn %s%s", n->name, line);
	snprintf(f->last_user, sizeof(f->last_user), "%s", s->user ? s->user : "");
	f->last_env[0] = '\0';
	for (size_t i = 0; s->env && s->env[i]; i++) {
		size_t used = strlen(f->last_env);

		if (!strncmp(s->env[i], "NETDOJO_SEAT=", 13))
			continue; /* of the clock, so never twice the same */
		snprintf(f->last_env + used, sizeof(f->last_env) - used, "%s ", s->env[i]);
	}
	e.pid = f->next_pid++;
	queue(n, &e);
	if (!f->keep_running)
		fake_proc_exit(f, n->name, id, f->exit_status);
	return 0;
}

static int fake_signal(struct proc_node *n, uint64_t id, int sig, struct err *err)
{
	(void)err;
	record(n->owner, "signal %s %d", n->name, sig);
	if (!n->owner->deaf)
		fake_proc_exit(n->owner, n->name, id,
			       sig); /* waitpid's status of a death by that signal */
	return 0;
}

static int fake_probe(struct proc_node *n, const char *kind, const json_t *args, uint64_t id,
		      struct err *err)
{
	struct proc_event e = blank(PROC_RESULT, id);
	json_t *known;
	char key[128];

	(void)args, (void)err;
	record(n->owner, "probe %s %s", n->name, kind);
	snprintf(key, sizeof(key), "%s %s", n->name, kind);
	known = json_object_get(n->owner->probe_results, key);
	e.result = known ? json_deep_copy(known) : json_pack("{s:b, s:f}", "ok", 1, "ms", 0.1);
	queue(n, &e);
	return 0;
}

static int fake_file(struct proc_node *n, const struct file *file, bool remove, uint64_t id,
		     struct err *err)
{
	struct fake_proc *f = n->owner;
	struct proc_event e = blank(PROC_RESULT, id);
	bool ok = !f->fail_file || strcmp(f->fail_file, file->path) != 0;

	(void)err;
	record(f, "%s %s %s", remove ? "remove" : "file", n->name, file->path);
	e.result = json_pack("{s:b, s:s}", "ok", ok, "error", ok ? "" : "fake failure");
	queue(n, &e);
	return 0;
}

static int fake_install(struct proc_node *n, int fd, const char *path, uint32_t mode, uint64_t id,
			struct err *err)
{
	struct fake_proc *f = n->owner;
	struct proc_event e = blank(PROC_RESULT, id);

	(void)fd, (void)err;
	record(f, "install %s %s %04o", n->name, path, mode);
	e.result = json_pack("{s:b}", "ok", !f->fail_file || strcmp(f->fail_file, path) != 0);
	queue(n, &e);
	return 0;
}

void fake_proc_init(struct fake_proc *f)
{
	*f = (struct fake_proc){
		.port = {.ctx = f,
			 .start = fake_start,
			 .stop = fake_stop,
			 .fd = fake_fd,
			 .next = fake_next,
			 .spawn = fake_spawn,
			 .signal = fake_signal,
			 .probe = fake_probe,
			 .file = fake_file,
			 .install = fake_install},
		.probe_results = json_object(),
		.next_pid = 100,
	};
}

void fake_proc_done(struct fake_proc *f)
{
	while (f->n_nodes)
		drop(f->nodes[--f->n_nodes]);
	for (size_t i = 0; i < f->n_calls; i++)
		free(f->calls[i]);
	f->n_calls = 0;
	json_decref(f->probe_results);
	f->probe_results = NULL;
}

void fake_proc_ready(struct fake_proc *f, const char *node)
{
	struct proc_node *n = find(f, node);

	if (n)
		queue_ready(n);
}

void fake_proc_exit(struct fake_proc *f, const char *node, uint64_t id, int status)
{
	struct proc_node *n = find(f, node);
	struct proc_event e = blank(PROC_EXITED, id);

	e.status = status;
	if (n)
		queue(n, &e);
}

void fake_proc_lose(struct fake_proc *f, const char *node)
{
	struct proc_node *n = find(f, node);
	struct proc_event e = blank(PROC_GONE, 0);

	if (n)
		queue(n, &e);
}

void fake_proc_answer(struct fake_proc *f, const char *node, const char *kind, json_t *result)
{
	char key[128];

	snprintf(key, sizeof(key), "%s %s", node, kind);
	json_object_set_new(f->probe_results, key, result);
}

bool fake_proc_called(const struct fake_proc *f, const char *line)
{
	for (size_t i = 0; i < f->n_calls; i++)
		if (strcmp(f->calls[i], line) == 0)
			return true;
	return false;
}

int fake_proc_connect(struct fake_proc *f, const char *node)
{
	struct proc_node *n = find(f, node);
	auto_fd fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (!n || fd < 0 || connect(fd, (struct sockaddr *)&n->address, n->address_len) < 0)
		return -1;
	return fd_steal(&fd);
}
