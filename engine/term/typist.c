/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A learner that types. */
#include "term/typist.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include "term/osc.h"
#include "term/track.h"

enum {
	IDLE_MS = 8,	      /* nothing for so long: a command waits for an answer */
	DEFAULT_TIMEOUT = 10, /* seconds */
	BUF = 16 * 1024,
};

/* One run of it. */
struct run {
	const struct typist *t;
	struct osc osc;
	struct track track;
	bool ready;   /* the prompt stands */
	bool ended;   /* the shell is gone */
	bool waiting; /* what t->waiting was told last */
	double heard; /* when output came last */
	int rc;	      /* of the command callback */
	struct err *err;
};

static void on_bytes(void *arg, const char *data, size_t len)
{
	struct run *r = arg;
	struct timespec now;

	track_bytes(&r->track, data, len);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (r->t->cast)
		cast_output(r->t->cast, &now, data, len);
	if (r->t->echo >= 0 && write(r->t->echo, data, len) < 0)
		return; /* whoever watched has gone; the typing goes on */
}

static void on_mark(void *arg, enum osc_mark m, const char *text, int status)
{
	struct run *r = arg;

	track_mark(&r->track, m, text, status);
}

static void on_command(void *arg, json_t *event)
{
	struct run *r = arg;

	if (r->rc == 0 && r->t->command)
		r->rc = r->t->command(r->t->arg, event, r->err);
}

static void on_ready(void *arg)
{
	((struct run *)arg)->ready = true;
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
static void take_output(struct run *r)
{
	char buf[BUF];
	ssize_t n = read(r->t->pty, buf, sizeof(buf));

	r->heard = now();
	if (n > 0)
		osc_feed(&r->osc, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		r->ended = true;
}

/* Feeds the terminal's output on until *until, the end of the shell, the deadline, or too long a
 * silence. */
static void pump(struct run *r, const bool *until, double deadline)
{
	r->heard = now();
	while (!*until && !r->ended && r->rc == 0) {
		struct pollfd p = {.fd = r->t->pty, .events = POLLIN};
		double quiet = r->heard + r->t->silence;
		double left = (r->t->silence > 0 && quiet < deadline ? quiet : deadline) - now();
		int ms = r->waiting ? (int)(left * 1000) + 1 : IDLE_MS, n;

		if (left <= 0)
			return;
		n = poll(&p, 1, ms);
		if (n == 0)
			tell_waiting(r, true);
		else if (n > 0)
			take_output(r);
	}
}

/* Writes to the PTY; its buffer may be full while the shell is slow to read. */
static int put(struct run *r, const char *s, size_t len)
{
	static const bool never = false;

	while (len && !r->ended) {
		ssize_t n = write(r->t->pty, s, len);

		if (n > 0) {
			s += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			pump(r, &never, now() + IDLE_MS / 1000.0);
		} else if (errno != EINTR) {
			return err_sys(r->err, errno, "Can't type");
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

static int type_line(struct run *r, const char *line)
{
	static const bool never = false;
	const char *s = line;
	size_t n;
	int rc = 0;

	if (r->t->pace_ms)
		pump(r, &never, now() + key_delay(r, '\n'));
	for (; rc == 0 && *s; s += n) {
		bool nl = *s == '\n';

		/* Without pace a line goes in one write, as a paste does. */
		n = nl || r->t->pace_ms ? 1 : strcspn(s, "\n");
		while (r->t->pace_ms && ((unsigned char)s[n] & 0xc0) == 0x80)
			n++;
		rc = put(r, nl ? "\r" : s, n);
		if (r->t->pace_ms && !rc)
			pump(r, &never, now() + key_delay(r, *s));
	}
	return rc ? rc : put(r, "\r", 1);
}

/* Types one line and waits for the next prompt; counts the ones that had to be interrupted. */
static int one(struct run *r, const char *line, int *timed_out)
{
	double patience = r->t->timeout > 0 ? r->t->timeout : DEFAULT_TIMEOUT;
	int rc;

	tell_waiting(r, false);
	r->ready = false;
	rc = type_line(r, line);
	if (rc < 0)
		return rc;
	pump(r, &r->ready, now() + patience);
	if (r->ready || r->ended || r->rc < 0)
		return r->rc;
	(*timed_out)++;
	rc = put(r, "\003", 1);
	if (rc == 0)
		pump(r, &r->ready, now() + patience);
	if (rc == 0 && !r->ready && !r->ended && r->rc == 0)
		return err_set(r->err, ERR_SHORT, ETIMEDOUT,
			       "The shell did not come back from '%s', Ctrl-C included", line);
	return rc ? rc : r->rc;
}

static int type_all(struct run *r, int *timed_out)
{
	double patience = r->t->timeout > 0 ? r->t->timeout : DEFAULT_TIMEOUT;
	const json_t *line;
	size_t i;
	int rc = 0;

	pump(r, &r->ready, now() + patience);
	if (!r->ready)
		return r->rc ? r->rc
			     : err_set(r->err, ERR_MACHINE, r->ended ? ENOENT : ETIMEDOUT,
				       "The shell %s",
				       r->ended ? "ended before its first prompt"
						: "showed no prompt");
	json_array_foreach (r->t->lines, i, line) {
		if (r->ended)
			break;
		rc = one(r, json_string_value(line), timed_out);
		if (rc < 0)
			break;
	}
	tell_waiting(r, false);
	return rc;
}

int typist_run(const struct typist *t, int *ret_timed_out, struct err *err)
{
	struct run *r = calloc(1, sizeof(*r));
	int timed_out = 0, rc;

	if (!r)
		return err_sys(err, ENOMEM, "Can't type");
	r->t = t;
	r->err = err;
	osc_init(&r->osc, t->nonce,
		 &(struct osc_sink){.arg = r, .bytes = on_bytes, .mark = on_mark});
	track_init(&r->track,
		   &(struct track_sink){.arg = r, .command = on_command, .ready = on_ready},
		   t->echoed_only);
	rc = type_all(r, &timed_out);
	osc_flush(&r->osc);
	if (rc == 0) {
		track_end(&r->track);
		rc = r->rc;
	}
	track_done(&r->track);
	osc_done(&r->osc);
	free(r);
	if (rc == 0 && ret_timed_out)
		*ret_timed_out = timed_out;
	return rc;
}
