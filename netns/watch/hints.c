/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent's children said they would run, by the pid the kernel put beside it. */
#define _GNU_SOURCE
#include "netns/watch/hints.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "base/msg.h"
#include "netns/watch/target.h"

enum { KEPT = 16 /* said and not yet exec'ed; a hint is asked for within the same call */ };

struct hint {
	pid_t pid;
	json_t *said; /* owned; NULL = free */
};

struct hints {
	int sock;
	struct event *readable;
	struct hint kept[KEPT];
	size_t oldest;
};

/* No more than an exec event holds. */
static void shorten(json_t *said)
{
	json_t *argv = json_object_get(said, "argv");

	while (json_array_size(argv) > TARGET_ARGS)
		json_array_remove(argv, json_array_size(argv) - 1);
	for (size_t i = 0; i < json_array_size(argv); i++) {
		const json_t *arg = json_array_get(argv, i);

		if (json_string_length(arg) > TARGET_ARG_MAX)
			json_array_set_new(
				argv, i,
				json_sprintf("%.*s", TARGET_ARG_MAX, json_string_value(arg)));
	}
}

static void keep(struct hints *h, pid_t pid, json_t *said)
{
	struct hint *slot = &h->kept[h->oldest];

	h->oldest = (h->oldest + 1) % KEPT;
	json_decref(slot->said);
	shorten(said);
	*slot = (struct hint){pid, json_incref(said)};
}

/* Everything said so far; false once nobody can say more. */
static bool hear(struct hints *h)
{
	for (;;) {
		auto_msg m = {0};
		int rc = msg_recv(h->sock, &m, 0, NULL);

		if (rc <= 0)
			return rc == -EAGAIN;
		if (m.pid > 0)
			keep(h, m.pid, m.body);
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct hints *h = arg;

	(void)fd;
	(void)what;
	if (!hear(h))
		event_del(h->readable);
}

struct hints *hints_new(struct wnode *n, int sock)
{
	struct hints *h = calloc(1, sizeof(*h));
	const int on = 1;

	if (!h) {
		close(sock);
		return NULL;
	}
	h->sock = sock;
	h->readable = event_new(n->watch->base, sock, EV_READ | EV_PERSIST, on_readable, h);
	if (fcntl(sock, F_SETFL, O_RDWR | O_NONBLOCK) < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 || !h->readable ||
	    event_add(h->readable, NULL) < 0) {
		hints_free(h);
		return NULL;
	}
	return h;
}

void hints_free(struct hints *h)
{
	if (!h)
		return;
	if (h->readable)
		event_free(h->readable);
	for (size_t i = 0; i < KEPT; i++)
		json_decref(h->kept[i].said);
	fd_closep(&h->sock);
	free(h);
}

json_t *hints_take(struct hints *h, pid_t pid)
{
	hear(h);
	for (size_t i = 0; i < KEPT; i++) {
		struct hint *slot = &h->kept[(h->oldest + KEPT - 1 - i) % KEPT];
		json_t *said = slot->said;

		if (!said || slot->pid != pid)
			continue;
		slot->said = NULL;
		return said;
	}
	return NULL;
}
