/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From marks to commands. */
#include "term/track.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double monotonic(void *arg)
{
	struct timespec ts;

	(void)arg;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void track_init(struct track *t, const struct track_sink *sink, bool echoed_only)
{
	memset(t, 0, sizeof(*t));
	t->sink = *sink;
	t->now = monotonic;
	t->echoed_only = echoed_only;
}

static void set(char **slot, const char *text)
{
	free(*slot);
	*slot = text ? strdup(text) : NULL;
}

void track_done(struct track *t)
{
	set(&t->text, NULL);
	set(&t->cwd, NULL);
}

void track_at(struct track *t, double at)
{
	t->at = at;
}

/* When the mark was made: as the shell says, for it knows, or as it was read. None is of a time to come. */
static double when(const struct track *t)
{
	double now = t->now(t->now_arg);

	return t->at > 0 && t->at < now ? t->at : now;
}

static void run(struct track *t)
{
	t->state = TRACK_RUN;
	t->started = when(t);
	plain_reset(&t->output);
}

/* The echoed line without the newline that ended it. */
static const char *echoed(struct track *t)
{
	const char *s = plain_text(&t->echo);
	size_t n = strcspn(s, "\n");

	t->echo.text[n] = '\0';
	return s;
}

/* The text as JSON; what is no UTF-8 in it becomes '?'. */
static json_t *text_json(const char *s)
{
	struct plain *p = calloc(1, sizeof(*p));
	json_t *j = NULL;

	if (p) {
		plain_add(p, s, strlen(s));
		j = json_string(plain_text(p));
	}
	free(p);
	return j;
}

static void done(struct track *t, int status)
{
	const char *text = t->text ? t->text : echoed(t);
	auto_json json_t *e = NULL;

	/* An empty line, or Ctrl-C at the prompt: nothing ran. */
	if (t->state != TRACK_RUN || !text[strspn(text, " \t\r\n")])
		return;
	e = json_pack("{s:o, s:o, s:i, s:s, s:b, s:f, s:f}", "text", text_json(text), "cwd",
		      text_json(t->cwd ? t->cwd : ""), "exit", status, "output",
		      plain_text(&t->output), "truncated", (int)t->output.truncated, "started",
		      t->started, "ended", when(t));
	if (e)
		t->sink.command(t->sink.arg, e);
}

void track_end(struct track *t)
{
	t->at = 0;
	done(t, -1);
	t->state = TRACK_START;
}

void track_bytes(struct track *t, const char *data, size_t len)
{
	const char *nl;

	if (t->state == TRACK_RUN)
		plain_add(&t->output, data, len);
	if (t->state != TRACK_INPUT)
		return;
	nl = t->echoed_only ? memchr(data, '\n', len) : NULL;
	if (!nl) {
		plain_add(&t->echo, data, len);
		return;
	}
	plain_add(&t->echo, data, (size_t)(nl - data));
	t->at = 0;
	run(t);
	track_bytes(t, nl + 1, len - (size_t)(nl + 1 - data));
}

void track_mark(struct track *t, enum osc_mark m, const char *text, int status)
{
	switch (m) {
	case OSC_PROMPT:
		if (t->state == TRACK_START)
			t->state = TRACK_PROMPT;
		break;
	case OSC_INPUT:
		/* A shell redraws its prompt while one types (Ctrl-L); only the first begins a
		 * line. */
		if (t->state == TRACK_INPUT || t->state == TRACK_RUN)
			break;
		t->state = TRACK_INPUT;
		set(&t->text, NULL);
		plain_reset(&t->echo);
		if (t->sink.ready)
			t->sink.ready(t->sink.arg);
		break;
	case OSC_COMMAND:
		set(&t->text, text);
		break;
	case OSC_RUN:
		run(t);
		break;
	case OSC_DONE:
		done(t, status);
		t->state = TRACK_PROMPT;
		break;
	case OSC_CWD:
		set(&t->cwd, text);
		break;
	case N_OSC_MARKS:
		break;
	}
}
