/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netdojo-watch: sees what happens in the nodes of a lab and tells init. Started by init with
 * descriptor 3 = its end of a message pair; runs as root of the lab's user namespace; ends when
 * that pair is closed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/msg.h"
#include "netns/watch/binds.h"
#include "netns/watch/capture.h"
#include "netns/watch/files.h"
#include "netns/watch/linger.h"
#include "netns/watch/packets.h"
#include "netns/watch/procs.h"
#include "netns/watch/watch.h"
#include "netns/watch/wnode.h"

enum { INIT_SOCKET = 3 };

/* A /proc whose numbers are ours; the one mounted may belong to an outer PID namespace. */
static int open_proc(void)
{
	char self[16];
	auto_fd fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd fs = -1;
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "self", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		if (strtol(self, NULL, 10) == getpid())
			return fd_steal(&fd);
	}
	fs = (int)syscall(SYS_fsopen, "proc", 1 /* FSOPEN_CLOEXEC */);
	if (fs < 0 || syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0) < 0)
		return -errno;
	n = syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, 0);
	return n < 0 ? -errno : (int)n;
}

static int do_add(struct watch *w, struct msg *m, json_t **ret, struct err *err)
{
	return wnode_add(w, m, ret, err);
}

static int do_remove(struct watch *w, struct msg *m, json_t **ret, struct err *err)
{
	(void)err;
	wnode_remove(w, json_str(m->body, "node", ""));
	*ret = json_object();
	return 0;
}

/* The file for the packets of the nodes that are added after this. */
static int do_capture(struct watch *w, struct msg *m, json_t **ret, struct err *err)
{
	int fd = msg_take_fd(m, 0);

	if (fd < 0 || w->capture)
		return err_set(err, ERR_MACHINE, EINVAL,
			       "Watch: no file for a capture, or a second one");
	w->capture = capture_new(w, fd, (size_t)json_int(m->body, "max", CAPTURE_MAX));
	if (!w->capture)
		return err_sys(err, ENOMEM, "Can't write the attempt's packets");
	*ret = json_object();
	return 0;
}

/* Answered by catch_up, behind everything that happened before. */
static int do_sync(struct watch *w, struct msg *m, json_t **ret, struct err *err)
{
	(void)err;
	json_array_append_new(w->syncs, json_integer(json_int(m->body, "n", 0)));
	*ret = json_object();
	return 0;
}

/* Of a bind in a node that is gone, or in an earlier generation of it, there is nobody to tell. */
static int do_answer(struct watch *w, struct msg *m, json_t **ret, struct err *err)
{
	const char *node = json_str(m->body, "node", "");
	unsigned gen = (unsigned)json_int(m->body, "gen", 0);

	(void)err;
	for (struct wnode *n = w->nodes; n; n = n->next)
		if (!strcmp(n->name, node) && n->generation == gen)
			binds_answer(n->binds, (unsigned)json_int(m->body, "n", 0),
				     (int)json_int(m->body, "error", 0));
	*ret = json_object();
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct watch *w, struct msg *m, json_t **ret, struct err *err);
} verbs[] = {{"add", do_add},
	     {"remove", do_remove},
	     {"sync", do_sync},
	     {"answer", do_answer},
	     {"capture", do_capture}};

static int run_verb(struct watch *w, struct msg *m, json_t **ret, struct err *err)
{
	const char *verb = json_str(m->body, "do", "");

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, verb) == 0)
			return verbs[i].run(w, m, ret, err);
	return err_set(err, ERR_MACHINE, EINVAL, "Watch: unknown verb '%s'", verb);
}

static void on_request(struct watch *w, struct msg *m)
{
	int64_t id = json_int(m->body, "id", 0);
	json_t *answer = NULL;
	struct err err = {0};

	if (run_verb(w, m, &answer, &err) < 0)
		answer = json_pack("{s:o}", "error", err_to_json(&err));
	if (id > 0) {
		json_object_set_new(answer, "re", json_integer(id));
		out_message(w->out, answer);
	} else {
		json_decref(answer);
	}
}

static void on_init(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	auto_msg m = {0};
	int rc = msg_recv(fd, &m, MSG_INLINE_MAX, NULL);

	(void)what;
	if (rc > 0)
		on_request(w, &m);
	else if (rc != -EAGAIN)
		event_base_loopbreak(w->base);
}

/* libevent's base without what it does not need: no locks, and no say for the environment. */
static struct event_base *new_base(void)
{
	struct event_config *c = event_config_new();
	struct event_base *base;

	if (!c)
		return NULL;
	event_config_set_flag(c, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
	base = event_base_new_with_config(c);
	event_config_free(c);
	return base;
}

static int watch_init(struct watch *w)
{
	const struct rlimit *no_old = NULL;
	struct rlimit files;

	/* A pidfd for each running program of the lab. */
	if (prlimit(0, RLIMIT_NOFILE, no_old, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
	fcntl(INIT_SOCKET, F_SETFD, FD_CLOEXEC);
	if (fcntl(INIT_SOCKET, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		return -errno;
	w->proc = open_proc();
	w->own_netns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (w->own_netns < 0)
		w->own_netns = openat(w->proc, "self/ns/net", O_RDONLY | O_CLOEXEC);
	if (w->proc < 0)
		return w->proc;
	if (w->own_netns < 0)
		return -ENOENT;
	w->base = new_base();
	w->out = w->base ? out_new(w->base, INIT_SOCKET) : NULL;
	w->procs = w->out ? procs_new(w) : NULL;
	w->files = files_new(w);
	w->linger = linger_new();
	w->syncs = json_array();
	return w->procs && w->files && w->syncs ? 0 : -ENOMEM;
}

static void watch_done(struct watch *w)
{
	linger_free(ptr_steal(w->linger)); /* first: what it holds outlives the rest */
	while (w->nodes)
		wnode_remove(w, w->nodes->name);
	capture_free(w->capture);
	procs_free(w->procs);
	files_free(w->files);
	out_free(w->out);
	json_decref(w->syncs);
	if (w->base)
		event_base_free(w->base);
	fd_closep(&w->proc);
	fd_closep(&w->own_netns);
}

/*
 * Reads on until what waited in any socket when the sync was asked for is told: each turn takes a
 * burst of 64 of each. Programs that run but were not yet looked at are told too, and packets that
 * wait for the end of their second.
 */
static void catch_up(struct watch *w)
{
	enum { TURNS = 4 };
	const json_t *n;
	size_t i;

	for (int turn = 0; turn < TURNS && !event_base_got_break(w->base); turn++)
		event_base_loop(w->base, EVLOOP_NONBLOCK);
	procs_look(w->procs);
	for (const struct wnode *node = w->nodes; node; node = node->next)
		packets_catch_up(node->packets);
	json_array_foreach (w->syncs, i, n) {
		/* a message, because an event may be dropped while init is busy, and somebody waits
		 * for this */
		out_message(w->out,
			    json_pack("{s:[{s:s, s:s, s:s, s:I}]}", "events", "kind", "lab", "what",
				      "synced", "by", "lab", "n", json_integer_value(n)));
	}
	json_array_clear(w->syncs);
}

/* One turn, then what it brought goes out as one batch. */
static int loop(struct watch *w)
{
	struct event *from_init = event_new(w->base, INIT_SOCKET, EV_READ | EV_PERSIST, on_init, w);

	if (!from_init || event_add(from_init, NULL) < 0)
		return 1;
	while (!event_base_got_break(w->base) && event_base_loop(w->base, EVLOOP_ONCE) == 0) {
		if (json_array_size(w->syncs))
			catch_up(w);
		capture_flush(w->capture);
		out_flush(w->out);
	}
	event_free(from_init);
	return 0;
}

/* Nobody reads our standard error: init passes this on to whoever waits for the lab. */
static void tell_why(int rc)
{
	auto_json json_t *said = NULL;
	struct err err = {0};

	err_sys(&err, -rc, "Can't look at the lab's processes");
	err_mend(&err,
		 "In a container, allow a fresh /proc; netdojo doctor says what is missing here");
	said = json_pack("{s:o}", "error", err_to_json(&err));
	msg_send(INIT_SOCKET, said, NULL, 0, NULL);
}

int main(void)
{
	struct watch w = {.proc = -1, .own_netns = -1};
	int rc = watch_init(&w);

	if (rc < 0)
		tell_why(rc);
	else
		rc = loop(&w);
	watch_done(&w);
	return rc ? 1 : 0;
}
