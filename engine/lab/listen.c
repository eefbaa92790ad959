/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets on which init accepts connections. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/time.h>

#include "lab/conn.h"

enum {
	NO_ROOM_US = 100000
}; /* without descriptors or memory to accept with: as the socket stays readable, no spinning */

struct listener {
	int fd;
	struct event *readable, *later;
	unsigned per_second, this_second;
	bool full;    /* by its owner's word */
	bool waiting; /* for `later` */
	void (*accepted)(void *arg, int fd);
	void *arg;
};

static void regulate(struct listener *l)
{
	if (l->full || l->waiting)
		event_del(l->readable);
	else
		event_add(l->readable, NULL);
}

static void on_later(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd;
	(void)what;
	l->waiting = false;
	l->this_second = 0;
	regulate(l);
}

static void wait_us(struct listener *l, long us)
{
	struct timeval tv = {us / 1000000, us % 1000000};

	l->waiting = true;
	event_add(l->later, &tv);
	regulate(l);
}

/* accepted() may fill the listener, never end it. */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (conn < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			wait_us(l, NO_ROOM_US);
		return;
	}
	if (l->per_second && ++l->this_second >= l->per_second)
		wait_us(l, 1000000);
	l->accepted(l->arg, conn);
}

struct listener *conn_listen(struct lab *lab, int fd, unsigned per_second,
			     void (*accepted)(void *arg, int fd), void *arg)
{
	struct listener *l = calloc(1, sizeof(*l));

	if (!l) {
		close(fd);
		return NULL;
	}
	*l = (struct listener){
		.fd = fd, .per_second = per_second, .accepted = accepted, .arg = arg};
	evutil_make_socket_nonblocking(fd);
	l->readable = event_new(lab->base, fd, EV_READ | EV_PERSIST, on_readable, l);
	l->later = evtimer_new(lab->base, on_later, l);
	if (!l->readable || !l->later || event_add(l->readable, NULL) < 0) {
		conn_unlisten(l);
		return NULL;
	}
	return l;
}

void conn_listen_full(struct listener *l, bool full)
{
	if (!l || l->full == full)
		return;
	l->full = full;
	regulate(l);
}

void conn_unlisten(struct listener *l)
{
	if (!l)
		return;
	if (l->readable)
		event_free(l->readable);
	if (l->later)
		event_free(l->later);
	close(l->fd);
	free(l);
}
