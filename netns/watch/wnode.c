/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A watched node: its recorders begin and end together. */
#include "netns/watch/wnode.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "netns/watch/binds.h"
#include "netns/watch/changes.h"
#include "netns/watch/files.h"
#include "netns/watch/hints.h"
#include "netns/watch/listener.h"
#include "netns/watch/packets.h"
#include "netns/watch/procs.h"
#include "netns/watch/sockets.h"
#include "netns/watch/tap.h"

json_t *wnode_event(const struct wnode *n, const char *kind)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return json_pack("{s:s, s:I, s:s, s:s, s:f}", "node", n->name, "gen",
			 (json_int_t)n->generation, "kind", kind, "by", "learner", "mono",
			 (double)ts.tv_sec + (double)ts.tv_nsec / 1e9);
}

void wnode_emit(const struct wnode *n, json_t *event)
{
	out_event(n->watch->out, event);
}

void wnode_lost(const struct wnode *n, const char *recorder, unsigned count)
{
	json_t *e = wnode_event(n, "lab");

	json_object_set_new(e, "what", json_string("recorder-lost"));
	json_object_set_new(e, "by", json_string("lab"));
	json_object_set_new(e, "recorder", json_string(recorder));
	json_object_set_new(e, "count", json_integer(count));
	wnode_emit(n, e);
}

static void wnode_free(struct wnode *n)
{
	procs_drop(n->watch->procs, n);
	files_drop(n->watch->files, n);
	tap_free(n->tap);
	packets_free(n->packets);
	changes_free(n->changes);
	binds_free(n->binds); /* answers by the listener */
	sockets_free(n->sockets);
	listener_free(n->listener);
	hints_free(n->hints);
	free(n->name);
	free(n->kernel);
	free(n->hostname);
	free(n);
}

static struct wnode *wnode_new(struct watch *w, const json_t *body)
{
	struct wnode *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->watch = w;
	n->name = strdup(json_str(body, "node", ""));
	n->kernel = strdup(json_str(body, "kernel", ""));
	n->hostname = strdup(json_str(body, "hostname", ""));
	n->generation = (unsigned)json_int(body, "generation", 1);
	if (!n->name || !n->kernel || !n->hostname) {
		wnode_free(n);
		return NULL;
	}
	return n;
}

void wnode_remove(struct watch *w, const char *name)
{
	for (struct wnode **at = &w->nodes; *at; at = &(*at)->next) {
		struct wnode *n = *at;

		if (strcmp(n->name, name) == 0) {
			*at = n->next;
			wnode_free(n);
			return;
		}
	}
}

/* The descriptor the request calls so: the caller owns it; -1 when it was not sent. */
static int named_fd(struct msg *request, const char *name)
{
	const json_t *names = json_object_get(request->body, "fds"), *v;
	size_t i;

	json_array_foreach (names, i, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), name) == 0)
			return msg_take_fd(request, i);
	}
	return -1;
}

/* Notes how a recorder's start went. */
static bool stands(json_t *state, const char *recorder, int rc, const struct err *err)
{
	json_t *why = json_object_get(state, "why");

	json_object_set_new(json_object_get(state, "recorders"), recorder, json_boolean(rc == 0));
	if (rc < 0)
		json_object_set_new(why, recorder, json_string(err->msg));
	return rc == 0;
}

static void start_exec(struct wnode *n, struct msg *request, json_t *state)
{
	int fd = named_fd(request, "listener");
	int hints = named_fd(request, "hints");
	struct err err = {0};

	if (hints >= 0)
		n->hints = hints_new(n, hints);
	if (fd >= 0)
		stands(state, "exec", listener_new(n, fd, &n->listener, &err), &err);
}

/* Said of nodes alone whose ports matter: no step rests on it. */
static void start_binds(struct wnode *n, int netns, json_t *state)
{
	struct err err = {0};
	int rc;

	if (!n->listener)
		rc = err_set(&err, ERR_MACHINE, ENOTSUP,
			     "There is no system call listener: ports are found only after they "
			     "were bound");
	else
		rc = binds_new(n, netns, &n->binds, &err);
	stands(state, "binds", rc, &err);
}

static void start_net(struct wnode *n, int netns, const struct msg *request, json_t *state)
{
	struct err packets = {0}, changes = {0};

	stands(state, "packets", packets_new(n, netns, &n->packets, &packets), &packets);
	stands(state, "changes",
	       changes_new(n, netns, json_flag(request->body, "flows", false), &n->changes,
			   &changes),
	       &changes);
}

/* Only with both: who listens is asked by the one, how it ends told by the other. */
static void start_sockets(struct wnode *n, int netns, json_t *state)
{
	struct err err = {0};
	int rc;

	if (!n->listener)
		rc = err_set(&err, ERR_MACHINE, ENOTSUP, "There is no system call listener");
	else
		rc = sockets_new(n, netns, &n->sockets, &err);
	stands(state, "sockets", rc, &err);
}

static void start_capture(struct wnode *n, int netns, json_t *state)
{
	struct err err = {0};

	stands(state, "capture", tap_new(n, netns, &n->tap, &err), &err);
}

static void start_files(struct wnode *n, struct msg *request, json_t *state)
{
	static const struct {
		const char *fd;
		enum files_dir which;
	} sources[] = {{"etc", FILES_ETC}, {"wsl", FILES_WSL}};

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		int fd = named_fd(request, sources[i].fd);
		struct err err = {0};

		if (fd >= 0 &&
		    !stands(state, "files",
			    files_add(n->watch->files, n, sources[i].which, fd, &err), &err))
			return;
	}
}

int wnode_add(struct watch *w, struct msg *request, json_t **ret_state, struct err *err)
{
	const char *name = json_str(request->body, "node", "");
	auto_fd netns = -1;
	struct stat st;
	struct wnode *n;
	json_t *state;

	if (!name[0])
		return err_set(err, ERR_MACHINE, EINVAL, "Watch: a node without a name");
	wnode_remove(w, name);
	n = wnode_new(w, request->body);
	state = json_pack("{s:{s:b, s:b, s:b, s:b}, s:{}}", "recorders", "packets", 0, "changes", 0,
			  "exec", 0, "files", 0, "why");
	if (!n || !state)
		return err_sys(err, ENOMEM, "Can't watch %s", name);
	n->next = w->nodes;
	w->nodes = n;
	start_exec(n, request, state);
	netns = named_fd(request, "netns");
	if (netns >= 0 && fstat(netns, &st) == 0)
		n->net = st.st_ino;
	if (netns >= 0 && json_flag(request->body, "binds", false))
		start_binds(n, netns, state);
	if (netns >= 0 && json_flag(request->body, "sockets", false))
		start_sockets(n, netns, state);
	if (netns >= 0 && w->capture && json_flag(request->body, "capture", false))
		start_capture(n, netns, state);
	if (json_flag(request->body, "observed", false)) {
		if (netns >= 0)
			start_net(n, netns, request, state);
		start_files(n, request, state);
	}
	*ret_state = state;
	return 0;
}
