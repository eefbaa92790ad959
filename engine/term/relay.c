/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A person's terminal and a PTY, joined. */
#include "term/relay.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#include "term/hooks.h"
#include "term/modes.h"
#include "term/tracks.h"
#include "term/tty.h"

/*
 * Theory of operation. stdin and stdout stay blocking: their open file is shared with the shell
 * that started us, which would find its terminal non-blocking should we be killed. The PTY's master
 * is ours alone and non-blocking; what it can't take yet (a long paste) waits in `input`, and while
 * much waits, stdin is not read.
 */
enum {
	CHUNK = 16 * 1024,
	INPUT_HIGH = 64 * 1024, /* bytes waiting for the PTY that stop the reading */
};

static const int signals[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
enum { N_SIGNALS = ARRAY_SIZE(signals), N_EVENTS = 4 + N_SIGNALS };
enum { EV_STDIN, EV_PTY, EV_PTY_WRITE, EV_LINK, EV_SIGNALS };

struct relay {
	struct session *s;
	int pty;
	struct event_base *base;
	struct event *events[N_EVENTS];
	struct evbuffer *input;
	struct tracks tracks;
	struct modes modes; /* of the person's terminal, by what was printed */
	enum session_end end;
	int status;
	bool tty; /* stdin is a terminal, raw now */
	bool eof; /* nobody types any more */
};

static void stop(struct relay *r, enum session_end end, int status)
{
	r->end = end;
	r->status = status;
	event_base_loopbreak(r->base);
}

static void show(struct relay *r, const char *data, size_t len)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	cast_output(r->s->cast, &now, data, len);
	while (len) {
		ssize_t n = write(STDOUT_FILENO, data, len);

		if (n < 0 && errno != EINTR)
			return; /* the window is gone; SIGHUP says the rest */
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

static void on_bytes(void *arg, const char *data, size_t len)
{
	struct relay *r = arg;

	modes_feed(&r->modes, data, len);
	show(r, data, len);
}

/* Who had the alternate screen, the mouse, ... is gone with its shell and switches nothing off any more. */
static void leave_modes(struct relay *r)
{
	char off[MODES_OFF_MAX];
	size_t n = modes_off(&r->modes, off);

	if (n)
		show(r, off, n);
}

static void pump_input(struct relay *r);

static void type_end_of_file(struct relay *r)
{
	static const char end_of_file = 4; /* Ctrl-D */

	evbuffer_add(r->input, &end_of_file, 1);
	pump_input(r);
}

/*
 * A Ctrl-D typed before readline is up is lost, and one typed ahead may go to a command. So whoever
 * reads next is told again: the shell at its prompt, and each command.
 */
static void on_mark(void *arg, enum osc_mark m)
{
	struct relay *r = arg;

	if (r->eof && (m == OSC_INPUT || m == OSC_RUN))
		type_end_of_file(r);
}

static void on_command(void *arg, json_t *event)
{
	struct relay *r = arg;

	json_object_set_new(event, "kind", json_string("command"));
	json_object_set_new(event, "session", json_string(r->s->name));
	link_event(r->s->link, event, NULL);
}

/* Everything the PTY has now; false when its other side is closed. */
static bool drain_pty(struct relay *r)
{
	char buf[CHUNK];
	ssize_t n;

	while ((n = read(r->pty, buf, sizeof(buf))) > 0)
		tracks_feed(&r->tracks, buf, (size_t)n);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void pty_readable(evutil_socket_t fd, short what, void *arg)
{
	struct relay *r = arg;

	(void)fd;
	(void)what;
	/* The shell's status comes by the link; without a reader's side there is nothing more to
	 * relay. */
	if (!drain_pty(r))
		event_del(r->events[EV_PTY]);
}

static void pump_input(struct relay *r)
{
	if (evbuffer_get_length(r->input) && evbuffer_write(r->input, r->pty) < 0 &&
	    errno != EAGAIN && errno != EINTR)
		evbuffer_drain(r->input, evbuffer_get_length(r->input));
	if (evbuffer_get_length(r->input))
		event_add(r->events[EV_PTY_WRITE], NULL);
	if (evbuffer_get_length(r->input) > INPUT_HIGH)
		event_del(r->events[EV_STDIN]);
	else if (!r->eof)
		event_add(r->events[EV_STDIN], NULL);
}

static void pty_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pump_input(arg);
}

static void stdin_readable(evutil_socket_t fd, short what, void *arg)
{
	struct relay *r = arg;
	char buf[CHUNK];
	ssize_t n = read(fd, buf, sizeof(buf));

	(void)what;
	if (n > 0) {
		evbuffer_add(r->input, buf, (size_t)n);
		pump_input(r);
	} else if ((n < 0 && errno == EIO) || (n == 0 && r->tty)) {
		/* the window is gone; the signal for it went to the session's leader alone, which may be su */
		stop(r, SESSION_SIGNALLED, SIGHUP);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		r->eof = true;
		event_del(r->events[EV_STDIN]);
		type_end_of_file(r);
	}
}

static void link_readable(evutil_socket_t fd, short what, void *arg)
{
	struct relay *r = arg;
	enum link_notice n;

	(void)fd;
	(void)what;
	n = link_next(r->s->link);
	if (n == LINK_EXITED) {
		drain_pty(r);
		stop(r, r->s->link->stopped ? SESSION_STOPPED : SESSION_EXITED, r->s->link->status);
	} else if (n != LINK_NONE)
		stop(r, session_end_of(n), 0);
}

static void resize(struct relay *r)
{
	struct winsize ws = {0};
	struct timespec now;
	unsigned rows, cols;

	tty_size(&rows, &cols);
	ws.ws_row = (unsigned short)rows;
	ws.ws_col = (unsigned short)cols;
	ioctl(r->pty, TIOCSWINSZ, &ws);
	clock_gettime(CLOCK_MONOTONIC, &now);
	cast_resize(r->s->cast, &now, cols, rows);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct relay *r = arg;

	(void)what;
	if (sig == SIGWINCH)
		resize(r);
	else
		stop(r, SESSION_SIGNALLED, (int)sig);
}

static int watch(struct relay *r, size_t i, evutil_socket_t fd, short what, event_callback_fn fn,
		 bool now, struct err *err)
{
	r->events[i] = event_new(r->base, fd, what, fn, r);
	if (!r->events[i] || (now && event_add(r->events[i], NULL) < 0))
		return err_sys(err, errno ? errno : ENOMEM, "Can't watch a terminal");
	return 0;
}

/* epoll can't watch a regular file (stdin < script); the select method can. */
static struct event_base *base_new(void)
{
	struct event_config *cfg = event_config_new();
	struct event_base *base = NULL;

	if (cfg && event_config_require_features(cfg, EV_FEATURE_FDS) == 0)
		base = event_base_new_with_config(cfg);
	if (cfg)
		event_config_free(cfg);
	return base;
}

static int set_up(struct relay *r, struct err *err)
{
	int rc;

	r->base = base_new();
	r->input = evbuffer_new();
	if (!r->base || !r->input)
		return err_sys(err, ENOMEM, "Can't watch a terminal");
	rc = watch(r, EV_STDIN, STDIN_FILENO, EV_READ | EV_PERSIST, stdin_readable, true, err);
	if (!rc)
		rc = watch(r, EV_PTY, r->pty, EV_READ | EV_PERSIST, pty_readable, true, err);
	if (!rc)
		rc = watch(r, EV_PTY_WRITE, r->pty, EV_WRITE, pty_writable, false, err);
	if (!rc)
		rc = watch(r, EV_LINK, r->s->link->fd, EV_READ | EV_PERSIST, link_readable, true,
			   err);
	for (size_t i = 0; !rc && i < N_SIGNALS; i++)
		rc = watch(r, EV_SIGNALS + i, signals[i], EV_SIGNAL | EV_PERSIST, on_signal, true,
			   err);
	return rc;
}

static void tear_down(struct relay *r)
{
	tracks_end(&r->tracks);
	for (size_t i = 0; i < N_EVENTS; i++)
		if (r->events[i])
			event_free(r->events[i]);
	if (r->input)
		evbuffer_free(r->input);
	if (r->base)
		event_base_free(r->base);
	tracks_done(&r->tracks);
}

int relay_run(struct session *s, int pty, enum session_end *ret_end, int *ret_status,
	      struct err *err)
{
	struct relay *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_sys(err, ENOMEM, "Can't relay a terminal");
	r->s = s;
	r->pty = pty;
	r->end = SESSION_LOST;
	tracks_init(&r->tracks, s->nonce, s->node, hooks_echoed_only(s->shell),
		    &(struct tracks_sink){
			    .arg = r, .bytes = on_bytes, .command = on_command, .mark = on_mark});
	rc = set_up(r, err);
	if (rc == 0) {
		r->tty = tty_raw(STDIN_FILENO);
		resize(r);
		link_readable(s->link->fd, 0, r); /* what came while we asked for the shell */
		if (r->end == SESSION_LOST)
			event_base_dispatch(r->base);
		leave_modes(r);
		tty_restore();
	}
	*ret_end = r->end;
	*ret_status = r->status;
	tear_down(r);
	free(r);
	return rc;
}
