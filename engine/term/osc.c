/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell-integration marks in a terminal's output. */
#include "term/osc.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. Bytes pass straight through until an ESC. From there they are held for as
 * long as they can still become a mark of ours: a prefix of ESC ] 133 ; or ESC ] 633 ;, then a body
 * up to BEL or ESC \. A complete mark with the right nonce is taken out; in every other case what
 * was held is given out as it was, so that no byte is lost or moved.
 */
static const char *const starts[] = {"\033]133;", "\033]633;"};
enum { START_LEN = 6 };

void osc_init(struct osc *o, const char *nonce, const struct osc_sink *sink)
{
	*o = (struct osc){.sink = *sink};
	strncpy(o->nonce, nonce, OSC_NONCE_MAX);
}

void osc_done(struct osc *o)
{
	free(o->held);
	o->held = NULL;
	o->n_held = o->cap_held = 0;
}

static void give(struct osc *o, const char *data, size_t len)
{
	if (len)
		o->sink.bytes(o->sink.arg, data, len);
}

void osc_flush(struct osc *o)
{
	give(o, o->held, o->n_held);
	o->n_held = 0;
}

static int hold(struct osc *o, char c)
{
	if (o->n_held + 1 >= o->cap_held) {
		size_t cap = o->cap_held ? o->cap_held * 2 : 256;
		char *p = realloc(o->held, cap);

		if (!p)
			return -1;
		o->held = p;
		o->cap_held = cap;
	}
	o->held[o->n_held++] = c;
	o->held[o->n_held] = '\0';
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undoes the escaping of OSC 633: \\ is a backslash, \xHH a byte. In place; the text only becomes
 * shorter. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] == '\\') {
			*out++ = '\\';
			s += 2;
		} else if (s[0] == '\\' && s[1] == 'x' && hex_digit(s[2]) >= 0 &&
			   hex_digit(s[3]) >= 0) {
			char c = (char)(hex_digit(s[2]) * 16 + hex_digit(s[3]));

			if (c)
				*out++ = c;
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* "" or "/NODE": whose mark it is. False when it is neither. */
static bool take_from(struct osc *o, const char *s)
{
	size_t n = *s == '/' ? strspn(s + 1, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;

	if (*s && (n == 0 || s[1 + n] || n >= OSC_FROM_MAX))
		return false;
	memcpy(o->from, *s ? s + 1 : s, n);
	o->from[n] = '\0';
	return true;
}

/* Takes the last ;-separated field off body and says whether it is prefix followed by our nonce. */
static bool take_nonce(struct osc *o, char *body, const char *prefix)
{
	char *last = strrchr(body, ';');
	size_t n = strlen(prefix), len = strlen(o->nonce);

	if (!last || strncmp(last + 1, prefix, n) != 0 ||
	    strncmp(last + 1 + n, o->nonce, len) != 0 || !take_from(o, last + 1 + n + len))
		return false;
	*last = '\0';
	return true;
}

static int exit_of(const char *s)
{
	char *end;
	long v = strtol(s, &end, 10);

	return end != s && !*end && v >= 0 && v <= 255 ? (int)v : -1;
}

/* Takes ";t=SECONDS" off the end of body, where it stands there. */
static double take_time(char *body)
{
	char *last = strrchr(body, ';'), *end;
	double at;

	if (!last || strncmp(last, ";t=", 3) != 0)
		return 0;
	at = strtod(last + 3, &end);
	*last = '\0';
	return *end || !isfinite(at) || at < 0 ? 0 : at;
}

/* 133: "A", "B", "C", "D" or "D;EXIT", then ";t=SECONDS" from a shell that says when, then ";aid=NONCE". */
static bool mark_133(struct osc *o, char *body)
{
	static const char letters[] = "ABCD";
	static const enum osc_mark marks[] = {OSC_PROMPT, OSC_INPUT, OSC_RUN, OSC_DONE};
	const char *which;
	int status = -1;

	if (!take_nonce(o, body, "aid="))
		return false;
	o->at = take_time(body);
	which = body[0] ? strchr(letters, body[0]) : NULL;
	if (!which || (body[1] && body[1] != ';'))
		return false;
	if (*which == 'D' && body[1])
		status = exit_of(body + 2);
	o->sink.mark(o->sink.arg, marks[which - letters], "", status);
	return true;
}

/* 633: "E;TEXT;NONCE" and "P;Cwd=PATH;NONCE". */
static bool mark_633(struct osc *o, char *body)
{
	if (!take_nonce(o, body, ""))
		return false;
	o->at = 0;
	if (strncmp(body, "E;", 2) == 0) {
		unescape(body + 2);
		o->sink.mark(o->sink.arg, OSC_COMMAND, body + 2, -1);
		return true;
	}
	if (strncmp(body, "P;Cwd=", 6) == 0) {
		unescape(body + 6);
		o->sink.mark(o->sink.arg, OSC_CWD, body + 6, -1);
		return true;
	}
	return false;
}

/* held is a whole sequence: start, body, terminator of `end` bytes. */
static void finish(struct osc *o, size_t end)
{
	size_t len = o->n_held - START_LEN - end;
	char *body = len < OSC_HOLD_MAX ? strndup(o->held + START_LEN, len) : NULL;
	bool ours = false;

	/* A NUL inside would let two readers see two texts: no mark of ours holds one. */
	if (body && strlen(body) == len)
		ours = o->held[2] == '1' ? mark_133(o, body) : mark_633(o, body);
	free(body);
	if (ours)
		o->n_held = 0;
	else
		osc_flush(o);
}

static bool may_start(const struct osc *o)
{
	size_t n = o->n_held < START_LEN ? o->n_held : START_LEN;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (memcmp(o->held, starts[i], n) == 0)
			return true;
	return false;
}

static void begin(struct osc *o)
{
	if (hold(o, '\033') < 0)
		give(o, "\033", 1);
}

/* One byte while something is held. */
static void step(struct osc *o, char c)
{
	bool in_body = o->n_held >= START_LEN;
	bool after_esc = in_body && o->held[o->n_held - 1] == '\033';

	/* An ESC that begins no terminator cancels the sequence, and may begin a new one. */
	if (after_esc && c != '\\') {
		o->n_held--;
		osc_flush(o);
		begin(o);
		step(o, c);
		return;
	}
	if (c == '\033' && !in_body) {
		osc_flush(o);
		begin(o);
		return;
	}
	if (hold(o, c) < 0) {
		osc_flush(o);
		give(o, &c, 1);
		return;
	}
	if (in_body && c == '\a')
		finish(o, 1);
	else if (after_esc)
		finish(o, 2);
	else if ((!in_body && !may_start(o)) || o->n_held >= OSC_HOLD_MAX)
		osc_flush(o);
}

void osc_feed(struct osc *o, const char *data, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		if (!o->n_held && data[i] != '\033')
			continue;
		/* Here data[from..i) is plain; hand it out before the held byte. */
		if (!o->n_held) {
			give(o, data + from, i - from);
			begin(o);
		} else {
			step(o, data[i]);
		}
		from = i + 1;
	}
	give(o, data + from, len - from);
}
