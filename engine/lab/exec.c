/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs run in a node for a connection. */
#define _GNU_SOURCE
#include "lab/exec.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	EXEC_MAX_ARGS = 1024,
	EXEC_MAX_ENV = 256,
	EXEC_MAX_GUESTS =
		64, /* begun from inside a node and still running there; an agent has 128 places */
	EXEC_FILES_MAX = 64 * 1024, /* bytes of all files that come with one */
	EXEC_MAX_SIDE = 1000,	    /* rows or columns */
};

struct exec {
	TAILQ_ENTRY(exec) link;
	struct lab *lab;
	struct conn *conn; /* NULL: it has gone */
	char *node;
	uint64_t request;	 /* answered when spawned */
	uint64_t id;		 /* the spawn's, and ours to the outside */
	struct actor_span *span; /* the learner's or the tool's while it runs; NULL = neither */
	pid_t pid;		/* the leader of its session, as we number processes; 0 = not yet */
	json_t *shells;		/* the session's, for shells started from within; NULL = none */
	json_t *warnings, *say; /* until answered */
	bool tty;
	bool guest;   /* begun from inside a node */
	bool spawned; /* and answered */
};

struct exec_list {
	TAILQ_HEAD(, exec) head;
};

static struct exec_list *list_of(struct lab *lab)
{
	if (!lab->execs) {
		lab->execs = calloc(1, sizeof(*lab->execs));
		if (lab->execs)
			TAILQ_INIT(&lab->execs->head);
	}
	return lab->execs;
}

static void exec_free(struct exec *x)
{
	if (x->span)
		actor_end(x->span);
	TAILQ_REMOVE(&x->lab->execs->head, x, link);
	json_decref(x->shells);
	json_decref(x->warnings);
	json_decref(x->say);
	free(x->node);
	free(x);
}

static void on_spawned(void *arg, pid_t pid, int pty)
{
	struct exec *x = arg;
	auto_fd master = pty;
	json_t *body;

	x->spawned = true;
	x->pid = pid;
	if (!x->conn)
		return;
	if (x->say)
		peer_notice(x->conn->peer, json_pack("{s:O}", "say", x->say));
	body = json_pack("{s:I, s:i}", "exec", (json_int_t)x->id, "pid", (int)pid);
	if (x->warnings)
		json_object_set(body, "warnings", x->warnings);
	peer_answer(x->conn->peer, x->request, body, &master, master >= 0 ? 1 : 0);
}

static void on_exited(void *arg, int status)
{
	struct exec *x = arg;

	if (x->conn)
		peer_notice(x->conn->peer,
			    json_pack("{s:I, s:i}", "exited", (json_int_t)x->id, "status", status));
	exec_free(x);
}

/* After it was spawned, what failed is the node: it died with it. */
static void on_failed(void *arg, const struct err *err)
{
	struct exec *x = arg;

	if (x->spawned) {
		if (x->conn)
			peer_notice(x->conn->peer,
				    json_pack("{s:I, s:i, s:b}", "exited", (json_int_t)x->id,
					      "status", SIGKILL, "stopped", 1));
		exec_free(x);
		return;
	}
	if (x->conn)
		peer_answer_err(x->conn->peer, x->request, err);
	exec_free(x);
}

static const struct node_spawn_fns exec_fns = {on_spawned, on_exited, on_failed};

/* The JSON array as a NULL-terminated vector of borrowed strings; NULL when it is not one. Caller frees. */
static const char **argv_of(const json_t *a)
{
	size_t n = json_array_size(a);
	const char **out;

	if (n == 0 || n > EXEC_MAX_ARGS)
		return NULL;
	out = calloc(n + 1, sizeof(*out));
	for (size_t i = 0; out && i < n; i++) {
		out[i] = json_string_value(json_array_get(a, i));
		if (!out[i]) {
			free(out);
			return NULL;
		}
	}
	return out;
}

static void env_free(char ***env)
{
	for (char **e = *env; e && *e; e++)
		free(*e);
	free(*env);
}

/* {"NAME":"value"} as NAME=value strings; the agent adds the node's own. */
static char **env_of(const json_t *o)
{
	char **out = calloc(EXEC_MAX_ENV + 1, sizeof(*out));
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!out)
		return NULL;
	json_object_foreach ((json_t *)o, key, value) {
		if (n == EXEC_MAX_ENV || !json_is_string(value) || !key[0] || strchr(key, '='))
			continue;
		if (asprintf(&out[n], "%s=%s", key, json_string_value(value)) < 0) {
			out[n] = NULL;
			break;
		}
		n++;
	}
	return out;
}

/* For the prompt of a shell there: the node, and when by the machine's uptime the attempt began, pauses left out. */
static void add_seat(char **env, const struct conn *c, const struct lab_node *n)
{
	struct timespec up;
	size_t used = 0;

	clock_gettime(CLOCK_BOOTTIME, &up);
	while (env[used])
		used++;
	if (used < EXEC_MAX_ENV &&
	    asprintf(&env[used], "NETDOJO_SEAT=%s/%lld", n->name,
		     (long long)up.tv_sec - (long long)(log_now() - c->lab->log.zero)) < 0)
		env[used] = NULL;
}

static void ignore_result(void *arg, json_t *result, const struct err *err)
{
	(void)arg;
	(void)result;
	(void)err;
}

/* Only below /run, where nothing is that a person would miss; no way out of it. */
static bool files_fit(const json_t *files)
{
	size_t i, total = 0;
	json_t *f;

	json_array_foreach ((json_t *)files, i, f) {
		const char *path = json_str(f, "path", "");

		total += strlen(path) + json_string_length(json_object_get(f, "content"));
		if (strncmp(path, "/run/", 5) || strstr(path, "/../") || total > EXEC_FILES_MAX)
			return false;
	}
	return true;
}

/* Files the starter wants in the node first (a shell's rc file); the agent serves requests in order. */
static void write_files(struct lab_node *n, const json_t *files)
{
	json_t *f;
	size_t i;

	json_array_foreach ((json_t *)files, i, f) {
		struct file file = {.path = (char *)json_str(f, "path", ""),
				    .content = (char *)json_str(f, "content", ""),
				    .symlink = (char *)"",
				    .mode = (uint32_t)json_int(f, "mode", 0644) & 07777};

		node_file(n, &file, false, ignore_result, NULL);
	}
}

const json_t *exec_shells(const struct conn *c)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct exec *x;
	pid_t session;

	if (!c->lab->execs ||
	    getsockopt(peer_fd(c->peer), SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return NULL;
	session = cred.pid > 0 ? getsid(cred.pid) : -1;
	TAILQ_FOREACH(x, &c->lab->execs->head, link)
	if (x->pid > 0 && x->pid == session)
		return x->shells;
	return NULL;
}

static struct exec *exec_new(struct conn *c, struct lab_node *n, uint64_t id,
			     const struct exec_ask *ask)
{
	const json_t *shells = ask->shells ? ask->shells : c->node ? exec_shells(c) : NULL;
	const char *by = ask->by;
	struct exec *x = calloc(1, sizeof(*x));

	if (x)
		x->node = strdup(n->name);
	if (!x || !x->node || !list_of(c->lab)) {
		if (x)
			free(x->node);
		free(x);
		return NULL;
	}
	x->lab = c->lab;
	x->conn = c;
	x->request = id;
	x->guest = c->node != NULL;
	x->shells = json_incref((json_t *)shells);
	x->warnings = json_array_size(ask->warnings) ? json_incref((json_t *)ask->warnings) : NULL;
	x->say = json_array_size(ask->say) ? json_incref((json_t *)ask->say) : NULL;
	if (!strcmp(by, "learner"))
		x->span = &c->lab->learner;
	else if (!strcmp(by, "tool"))
		x->span = &c->lab->tool;
	if (x->span)
		actor_begin(x->span);
	TAILQ_INSERT_TAIL(&c->lab->execs->head, x, link);
	return x;
}

/* What was begun from inside nodes and runs in this one already; *ret_own: what is this connection's. */
static size_t guests_of(const struct conn *c, const struct lab_node *n, size_t *ret_own)
{
	struct exec *x;
	size_t all = 0;

	*ret_own = 0;
	if (!c->lab->execs)
		return 0;
	TAILQ_FOREACH(x, &c->lab->execs->head, link)
	{
		all += x->guest && !strcmp(x->node, n->name);
		*ret_own += x->conn == c;
	}
	return all;
}

static int check_ask(const struct conn *c, const struct lab_node *n, const struct exec_ask *ask,
		     const char **argv, char **env, struct err *err)
{
	size_t own = 0;

	if (!argv || !env)
		return err_set(err, ERR_USAGE, EINVAL, "No command was given, or it is too long");
	if (c->node && (guests_of(c, n, &own) >= EXEC_MAX_GUESTS || own > 0))
		return err_set(err, ERR_USAGE, EAGAIN, "Too many commands run in this node");
	if (!files_fit(ask->files))
		return err_set(err, ERR_USAGE, EINVAL,
			       "Files for a command go below /run, %d bytes in all",
			       EXEC_FILES_MAX);
	return 0;
}

static unsigned side(const json_t *body, const char *key)
{
	int64_t n = json_int(body, key, 0);

	return n < 0 || n > EXEC_MAX_SIDE ? 0 : (unsigned)n;
}

/* The message's descriptors, in order, for those of the three that are no terminal. */
static void place_stdio(const struct exec_ask *ask, int ret[3])
{
	for (size_t i = 0, next = 0; i < 3; i++)
		if (!ask->tty[i] && next < ask->m->n_fds)
			ret[i] = ask->m->fds[next++];
}

void exec_start(struct conn *c, struct lab_node *n, uint64_t id, struct exec_ask *ask)
{
	auto_free const char **argv = argv_of(json_object_get(ask->body, "argv"));
	nd_cleanup(env_free) char **env = env_of(json_object_get(ask->body, "env"));
	struct proc_spawn s = {.argv = argv,
			       .env = (const char *const *)env,
			       .cwd = json_str(ask->body, "cwd", ""),
			       .user = ask->user,
			       .stdio = {-1, -1, -1},
			       .tty = ask->tty[0] || ask->tty[1] || ask->tty[2],
			       .rows = side(ask->body, "rows"),
			       .cols = side(ask->body, "cols")};
	struct err err = {0};
	struct exec *x = NULL;

	if (s.tty && env)
		add_seat(env, c, n);
	if (check_ask(c, n, ask, argv, env, &err) == 0) {
		x = exec_new(c, n, id, ask);
		if (!x)
			err_sys(&err, ENOMEM, "Can't run a command");
	}
	if (!x) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	place_stdio(ask, s.stdio);
	x->tty = s.tty;
	write_files(n, ask->files);
	node_spawn(n, &s, &exec_fns, x, &x->id);
}

static struct exec *exec_find(struct conn *c, uint64_t id)
{
	struct exec *x;

	if (!c->lab->execs)
		return NULL;
	TAILQ_FOREACH(x, &c->lab->execs->head, link)
	if (x->conn == c && x->id == id)
		return x;
	return NULL;
}

void exec_signal(struct conn *c, uint64_t id, const json_t *body)
{
	struct exec *x = exec_find(c, (uint64_t)json_int(body, "exec", 0));
	struct lab_node *n = x ? node_find(c->lab, x->node) : NULL;
	int sig = (int)json_int(body, "signal", 0);
	struct err err = {0};

	if (!n || sig < 1 || sig > 64)
		err_set(&err, ERR_USAGE, EINVAL, "No such command or signal");
	else if (node_signal(n, x->id, sig, &err) == 0) {
		peer_answer_ok(c->peer, id);
		return;
	}
	peer_answer_err(c->peer, id, &err);
}

void exec_drop(struct conn *c)
{
	struct exec *x, *next;

	if (!c->lab->execs)
		return;
	for (x = TAILQ_FIRST(&c->lab->execs->head); x; x = next) {
		struct lab_node *n;

		next = TAILQ_NEXT(x, link);
		if (x->conn != c)
			continue;
		n = node_find(c->lab, x->node);
		x->conn = NULL;
		/* A terminal's end is a hang-up, which nohup survives; a command without one just ends. */
		if (n)
			node_signal(n, x->id, x->tty ? SIGHUP : SIGKILL, NULL);
	}
}

void exec_done(struct lab *lab)
{
	struct exec *x;

	if (!lab->execs)
		return;
	while ((x = TAILQ_FIRST(&lab->execs->head)))
		exec_free(x);
	free(lab->execs);
	lab->execs = NULL;
}
