/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP listeners that accept within a quota. */
#include "services/stream.h"

#include <errno.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"

enum { STREAM_BACKLOG = 64, STREAM_PAUSE_US = 50 * 1000 };

struct stream {
	struct serve *serve;
	struct quota *quota;
	struct evconnlistener *listener;
	struct event *pause;
	stream_accept_fn *fn;
	void *arg;
	int backlog;
	bool refusing;
};

void stream_reset(int fd)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int len,
		      void *arg)
{
	struct stream *s = arg;

	(void)l;
	(void)sa;
	(void)len;
	if (!quota_take(s->quota)) {
		stream_reset(fd);
		return;
	}
	s->fn(fd, s->arg);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	evconnlistener_enable(arg);
}

/* Descriptors ran out: accepting rests for a moment, or the level-triggered loop would spin. */
static void on_error(struct evconnlistener *l, void *arg)
{
	static const struct timeval tv = {.tv_usec = STREAM_PAUSE_US};
	struct stream *s = arg;

	if (!s->pause)
		s->pause = evtimer_new(s->serve->base, on_resume, l);
	if (s->pause && evtimer_add(s->pause, &tv) == 0)
		evconnlistener_disable(l);
}

int stream_listen(struct serve *serve, int *fd, struct quota *quota, stream_accept_fn *fn,
		  void *arg, struct stream **ret, struct err *err)
{
	auto_free struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return err_sys(err, ENOMEM, "Can't listen");
	if (evutil_make_socket_nonblocking(*fd) < 0 || listen(*fd, STREAM_BACKLOG) < 0)
		return err_sys(err, errno, "Can't listen");
	*s = (struct stream){
		.serve = serve, .quota = quota, .fn = fn, .arg = arg, .backlog = STREAM_BACKLOG};
	s->listener = evconnlistener_new(serve->base, on_accept, s,
					 LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, *fd);
	if (!s->listener)
		return err_sys(err, ENOMEM, "Can't listen");
	evconnlistener_set_error_cb(s->listener, on_error);
	fd_steal(fd);
	*ret = ptr_steal(s);
	return 0;
}

/*
 * Linux: shutdown() on a listening socket takes it back to the bound, closed state, where SYNs are
 * answered with resets; listen() brings it back (inet_shutdown and inet_listen in
 * net/ipv4/af_inet.c, all kernels we support).
 */
void stream_refuse(struct stream *s, bool on)
{
	int fd = evconnlistener_get_fd(s->listener);

	if (on == s->refusing)
		return;
	s->refusing = on;
	if (s->pause)
		evtimer_del(s->pause);
	if (on) {
		evconnlistener_disable(s->listener);
		shutdown(fd, SHUT_RDWR);
	} else {
		listen(fd, s->backlog);
		evconnlistener_enable(s->listener);
	}
}

/* Linux: a second listen() only changes the number. */
void stream_set_backlog(struct stream *s, int backlog)
{
	s->backlog = backlog;
	if (!s->refusing)
		listen(evconnlistener_get_fd(s->listener), backlog);
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->pause)
		event_free(s->pause);
	evconnlistener_free(s->listener);
	free(s);
}
