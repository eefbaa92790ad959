/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One running node, on init's side: what is asked of its agent. */
#define _GNU_SOURCE
#include "netns/node_proc.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/msg.h"

struct proc_node *proc_node_new(void)
{
	struct proc_node *n = calloc(1, sizeof(*n));

	if (n) {
		n->sock = -1;
		n->pidfd = -1;
	}
	return n;
}

void proc_node_free(struct proc_node *n)
{
	if (!n)
		return;
	if (n->pidfd >= 0) {
		/* taking its namespaces apart takes 10 ms: the agent is reaped by init as any child
		 */
		syscall(SYS_pidfd_send_signal, n->pidfd, SIGKILL, NULL, 0);
	}
	fd_closep(&n->pidfd);
	fd_closep(&n->sock);
	free(n->started);
	free(n);
}

int proc_node_fd(const struct proc_node *n)
{
	return n->sock;
}

static json_t *strings(const char *const *v)
{
	json_t *out = json_array();

	for (; v && *v; v++)
		json_array_append_new(out, json_string(*v));
	return out;
}

/* body is stolen. */
static int ask(struct proc_node *n, const char *verb, uint64_t id, json_t *body, const int *fds,
	       size_t n_fds, struct err *err)
{
	auto_json json_t *own = body;

	if (!own)
		return err_set(err, ERR_USAGE, EILSEQ, "A request to a node is not UTF-8");
	json_object_set_new(own, "do", json_string(verb));
	json_object_set_new(own, "id", json_integer((json_int_t)id));
	return msg_send(n->sock, own, fds, n_fds, err);
}

static bool all_utf8(const char *const *v, const json_t *array)
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return json_array_size(array) == n;
}

int proc_node_spawn(struct proc_node *n, const struct proc_spawn *s, uint64_t id, struct err *err)
{
	json_t *argv = strings(s->argv), *env = strings(s->env), *has = json_array();
	bool whole = all_utf8(s->argv, argv) && all_utf8(s->env, env);
	size_t n_fds = 0;
	int fds[3];
	json_t *body;

	for (int i = 0; i < 3; i++) {
		json_array_append_new(has, json_boolean(s->stdio[i] >= 0));
		if (s->stdio[i] >= 0)
			fds[n_fds++] = s->stdio[i];
	}
	body = json_pack("{s:o, s:o, s:o, s:s, s:s, s:b, s:i, s:i}", "argv", argv, "env", env,
			 "stdio", has, "cwd", s->cwd ? s->cwd : "", "user", s->user ? s->user : "",
			 "tty", s->tty, "rows", (int)s->rows, "cols", (int)s->cols);
	if (!whole) {
		json_decref(body);
		body = NULL;
	}
	return ask(n, "spawn", id, body, fds, n_fds, err);
}

int proc_node_signal(struct proc_node *n, uint64_t id, int sig, struct err *err)
{
	return ask(n, "signal", id, json_pack("{s:i}", "sig", sig), NULL, 0, err);
}

int proc_node_probe(struct proc_node *n, const char *kind, const json_t *args, uint64_t id,
		    struct err *err)
{
	return ask(n, "probe", id,
		   json_pack("{s:s, s:O}", "kind", kind, "args", args ? args : json_null()), NULL,
		   0, err);
}

int proc_node_install(struct proc_node *n, int fd, const char *path, uint32_t mode, uint64_t id,
		      struct err *err)
{
	return ask(n, "install", id, json_pack("{s:s, s:i}", "path", path, "mode", (int)mode), &fd,
		   1, err);
}

int proc_node_file(struct proc_node *n, const struct file *f, bool remove, uint64_t id,
		   struct err *err)
{
	json_t *file = json_pack("{s:s, s:s, s:s, s:i}", "path", f->path, "content",
				 f->content ? f->content : "", "symlink",
				 f->symlink ? f->symlink : "", "mode", (int)f->mode);

	if (!file)
		return err_set(err, ERR_USAGE, EILSEQ, "File '%.64s' is not UTF-8", f->path);
	return ask(n, "file", id,
		   json_pack("{s:o, s:b}", "file", file, "remove", remove || f->remove), NULL, 0,
		   err);
}
