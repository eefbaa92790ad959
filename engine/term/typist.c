/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A learner that types. */
#include "term/typist.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "term/shells.h"
#include "term/tracks.h"

enum {
	IDLE_MS = 8,	      /* nothing for so long: a command waits for an answer */
	DEFAULT_TIMEOUT = 10, /* seconds */
	BUF = 16 * 1024,
};

struct run;

/* One terminal. */
struct screen {
	struct run *run;
	char *node; /* owned */
	int pty;
	bool own; /* pty is ours to close */
	struct tracks tracks;
	bool ready; /* the prompt stands */
	bool ended; /* the shell is gone */
};

/* One run of it. */
struct run {
	const struct typist *t;
	struct screen *screens[SHELLS_MAX]; /* owned; the first is the caller's */
	size_t n;
	bool waiting;	 /* what t->waiting was told last */
	double heard;	 /* when output came last */
	double silence;	 /* the longest now; 0 = any */
	int rc;		 /* of the command callback */
	size_t commands; /* that were told */
	struct err *err;
};

static void on_bytes(void *arg, const char *data, size_t len)
{
	struct run *r = ((struct screen *)arg)->run;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (r->t->cast)
		cast_output(r->t->cast, &now, data, len);
	if (r->t->echo >= 0 && write(r->t->echo, data, len) < 0)
		return; /* whoever watched has gone; the typing goes on */
}

static void on_command(void *arg, json_t *event)
{
	struct run *r = ((struct screen *)arg)->run;

	r->commands++;
	if (r->rc == 0 && r->t->command)
		r->rc = r->t->command(r->t->arg, event, r->err);
}

static void on_ready(void *arg)
{
	((struct screen *)arg)->ready = true;
}

static void tell_waiting(struct run *r, bool waiting)
{
	if (r->waiting != waiting && r->t->waiting)
		r->t->waiting(r->t->arg, waiting);
	r->waiting = waiting;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Reads what the terminal has; a closed slave side (EIO) is the shell's end. */
static void take_output(struct screen *s)
{
	char buf[BUF];
	ssize_t n = read(s->pty, buf, sizeof(buf));

	s->run->heard = now();
	if (n > 0)
		tracks_feed(&s->tracks, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		s->ended = true;
}

/* Feeds the terminal's output on until *until, the end of the shell, the deadline, or too long a
 * silence. */
static void pump(struct screen *s, const bool *until, double deadline)
{
	struct run *r = s->run;

	r->heard = now();
	while (!*until && !s->ended && r->rc == 0) {
		struct pollfd p = {.fd = s->pty, .events = POLLIN};
		double quiet = r->heard + r->silence;
		double left = (r->silence > 0 && quiet < deadline ? quiet : deadline) - now();
		int ms = r->waiting ? (int)(left * 1000) + 1 : IDLE_MS, n;

		if (left <= 0)
			return;
		n = poll(&p, 1, ms);
		if (n == 0)
			tell_waiting(r, true);
		else if (n > 0)
			take_output(s);
	}
}

/* Writes to the PTY; its buffer may be full while the shell is slow to read. */
static int put(struct screen *s, const char *text, size_t len)
{
	static const bool never = false;

	while (len && !s->ended) {
		ssize_t n = write(s->pty, text, len);

		if (n > 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			pump(s, &never, now() + IDLE_MS / 1000.0);
		} else if (errno != EINTR) {
			return err_sys(s->run->err, errno, "Can't type");
		}
	}
	return 0;
}

/* A person's time until the next key: a steady hand with a longer breath at spaces. */
static double key_delay(const struct run *r, char c)
{
	double base = r->t->pace_ms / 1000.0;

	return c == ' ' ? base * 2 : c == '\n' ? base * 8 : base;
}

static int type_line(struct screen *s, const char *line)
{
	static const bool never = false;
	struct run *r = s->run;
	size_t n;
	int rc = 0;

	if (r->t->pace_ms)
		pump(s, &never, now() + key_delay(r, '\n'));
	for (; rc == 0 && *line; line += n) {
		bool nl = *line == '\n';

		/* Without pace a line goes in one write, as a paste does. */
		n = nl || r->t->pace_ms ? 1 : strcspn(line, "\n");
		while (r->t->pace_ms && ((unsigned char)line[n] & 0xc0) == 0x80)
			n++;
		rc = put(s, nl ? "\r" : line, n);
		if (r->t->pace_ms && !rc)
			pump(s, &never, now() + key_delay(r, *line));
	}
	return rc ? rc : put(s, "\r", 1);
}

static double patience(const struct run *r)
{
	return r->t->timeout > 0 ? r->t->timeout : DEFAULT_TIMEOUT;
}

/* Types one line and waits for the next prompt; counts the ones that had to be interrupted. */
static int one(struct screen *s, const char *line, int *timed_out)
{
	struct run *r = s->run;
	int rc;

	tell_waiting(r, false);
	s->ready = false;
	rc = type_line(s, line);
	if (rc < 0)
		return rc;
	r->silence = r->t->silence;
	pump(s, &s->ready, now() + patience(r));
	r->silence = 0; /* a prompt comes when it comes: only commands hang */
	if (s->ready || s->ended || r->rc < 0)
		return r->rc;
	(*timed_out)++;
	rc = put(s, "\003", 1);
	if (rc == 0)
		pump(s, &s->ready, now() + patience(r));
	if (rc == 0 && !s->ready && !s->ended && r->rc == 0)
		return err_set(r->err, ERR_SHORT, ETIMEDOUT,
			       "The shell did not come back from '%s', Ctrl-C included", line);
	return rc ? rc : r->rc;
}

/* Takes in a terminal and waits for its first prompt. */
static int begin(struct run *r, struct screen *s, int pty, bool own)
{
	const struct typist *t = r->t;

	s->pty = pty;
	s->own = own;
	s->ready = s->ended = false;
	tracks_init(&s->tracks, t->nonce, s->node, t->echoed_only && s == r->screens[0],
		    &(struct tracks_sink){
			    .arg = s, .bytes = on_bytes, .command = on_command, .ready = on_ready});
	pump(s, &s->ready, now() + patience(r));
	if (s->ready)
		return 0;
	return r->rc ? r->rc
		     : err_set(r->err, ERR_MACHINE, s->ended ? ENOENT : ETIMEDOUT, "The shell %s",
			       s->ended ? "ended before its first prompt" : "showed no prompt");
}

static void end(struct screen *s)
{
	tracks_end(&s->tracks);
	tracks_done(&s->tracks);
	if (s->own)
		close(s->pty);
	s->pty = -1;
}

/* Room for a node's terminal; NULL when there is none. */
static struct screen *add(struct run *r, const char *node)
{
	struct screen *s = r->n < SHELLS_MAX ? calloc(1, sizeof(*s)) : NULL;

	if (!s)
		return NULL;
	*s = (struct screen){.run = r, .node = strdup(node), .pty = -1};
	r->screens[r->n++] = s;
	return s;
}

/*
 * What came while another terminal was typed at: its end, perhaps. The lab's word for that comes before whoever shut the node
 * down has its prompt again, the shell's own death some time after.
 */
static void catch_up(struct screen *s)
{
	const struct typist *t = s->run->t;
	struct pollfd p = {.fd = s->pty, .events = POLLIN};

	while (s->pty >= 0 && !s->ended && poll(&p, 1, 0) > 0)
		take_output(s);
	if (s->pty >= 0 && t->stopped && t->stopped(t->arg, s->node))
		s->ended = true;
}

static int reopen(struct run *r, struct screen *s)
{
	int pty;

	if (!r->t->open)
		return err_set(r->err, ERR_USAGE, ENOTSUP, "No terminal in node '%s'", s->node);
	pty = r->t->open(r->t->arg, s->node, r->err);
	return pty < 0 ? pty : begin(r, s, pty, true);
}

/* The terminal of a node, opened when it is the first time, or the last one has ended. */
static int screen_of(struct run *r, const char *node, struct screen **ret)
{
	struct screen *s = NULL;

	for (size_t i = 0; i < r->n && !s; i++)
		if (!strcmp(r->screens[i]->node, node))
			s = r->screens[i];
	if (!s)
		s = add(r, node);
	if (!s)
		return err_sys(r->err, ENOMEM, "Can't type in node '%s'", node);
	*ret = s;
	catch_up(s);
	if (s->pty >= 0 && s->ended && (r->t->open || s != r->screens[0]))
		end(s);
	return s->pty < 0 ? reopen(r, s) : r->rc;
}

/*
 * Types a line, and once more where the shell was gone before it could read it: a WSL that was shut down from another window
 * ends when it ends, and what is typed meanwhile nobody runs.
 */
static int one_surely(struct run *r, struct screen *s, const char *line, int *timed_out)
{
	size_t before = r->commands;
	int rc = one(s, line, timed_out);

	if (rc || !s->ended || !r->t->open)
		return rc;
	end(s);
	if (r->commands > before || r->rc)
		return r->rc;
	rc = reopen(r, s);
	return rc ? rc : one(s, line, timed_out);
}

/* One entry of the lines. */
static int type_entry(struct run *r, const json_t *entry, bool *ret_ended, int *timed_out)
{
	const char *line = json_string_value(entry), *node = r->t->node ? r->t->node : "";
	struct screen *s = NULL;
	int rc;

	if (!line) {
		bool windows = json_object_get(entry, "windows") != NULL;

		line = json_str(entry, windows ? "windows" : "line", "");
		node = windows ? "windows" : json_str(entry, "node", node);
	}
	rc = screen_of(r, node, &s);
	if (rc < 0)
		return rc;
	*ret_ended = s->ended;
	return s->ended ? 0 : one_surely(r, s, line, timed_out);
}

static int type_all(struct run *r, int *timed_out)
{
	struct screen *first = add(r, r->t->node ? r->t->node : "");
	const json_t *entry;
	bool ended = false;
	size_t i;
	int rc = first ? begin(r, first, r->t->pty, false) : err_sys(r->err, ENOMEM, "Can't type");

	json_array_foreach (r->t->lines, i, entry) {
		if (rc < 0 || ended)
			break;
		rc = type_entry(r, entry, &ended, timed_out);
	}
	tell_waiting(r, false);
	return rc;
}

int typist_run(const struct typist *t, int *ret_timed_out, struct err *err)
{
	struct run r = {.t = t, .err = err};
	int timed_out = 0, rc = type_all(&r, &timed_out);

	for (size_t i = 0; i < r.n; i++) {
		if (r.screens[i]->pty >= 0)
			end(r.screens[i]);
		free(r.screens[i]->node);
		free(r.screens[i]);
	}
	if (rc == 0)
		rc = r.rc;
	if (rc == 0 && ret_timed_out)
		*ret_timed_out = timed_out;
	return rc;
}
