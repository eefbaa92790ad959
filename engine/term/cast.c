/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asciicast v2 recordings. */
#include "term/cast.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "term/plain.h"

int cast_begin(struct cast *c, FILE *file, unsigned cols, unsigned rows, const char *title,
	       const char *term, struct err *err)
{
	auto_json json_t *head =
		json_pack("{s:i, s:i, s:i, s:I, s:s, s:{s:s}}", "version", 2, "width", (int)cols,
			  "height", (int)rows, "timestamp", (json_int_t)time(NULL), "title", title,
			  "env", "TERM", term);

	*c = (struct cast){.file = file};
	clock_gettime(CLOCK_MONOTONIC, &c->zero);
	if (!head)
		return err_sys(err, ENOMEM, "Can't begin a recording");
	if (json_dumpf(head, file, JSON_COMPACT) < 0 || fputc('\n', file) == EOF ||
	    fflush(file) == EOF)
		return err_sys(err, errno, "Can't begin a recording");
	return 0;
}

void cast_done(struct cast *c)
{
	file_closep(&c->file);
	c->file = NULL;
}

static void event(struct cast *c, const struct timespec *now, const char *kind, json_t *data)
{
	double t = (double)(now->tv_sec - c->zero.tv_sec) +
		   (double)(now->tv_nsec - c->zero.tv_nsec) / 1e9;
	auto_free char *text = data ? json_dumps(data, JSON_ENCODE_ANY) : NULL;

	json_decref(data);
	if (!text)
		return;
	fprintf(c->file, "[%.6f, \"%s\", %s]\n", t > 0 ? t : 0.0, kind, text);
	fflush(c->file); /* a killed host leaves a recording whole to its last event */
}

/* The text with every byte that is no UTF-8 replaced; caller frees. */
static char *valid(const char *data, size_t len, size_t *ret_len)
{
	char *out = malloc(len * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; out && i < len;) {
		size_t k = utf8_char(data + i, len - i);

		memcpy(out + n, k ? data + i : "\xef\xbf\xbd", k ? k : 3);
		n += k ? k : 3;
		i += k ? k : 1;
	}
	*ret_len = n;
	return out;
}

void cast_output(struct cast *c, const struct timespec *now, const char *data, size_t len)
{
	auto_free char *all = NULL, *text = NULL;
	size_t whole, n;

	if (!c->file || !len)
		return;
	all = malloc(c->n_tail + len);
	if (!all)
		return;
	memcpy(all, c->tail, c->n_tail);
	memcpy(all + c->n_tail, data, len);
	len += c->n_tail;
	whole = utf8_whole(all, len);
	c->n_tail = len - whole;
	memcpy(c->tail, all + whole, c->n_tail);
	text = valid(all, whole, &n);
	if (text && n)
		event(c, now, "o", json_stringn(text, n));
}

void cast_resize(struct cast *c, const struct timespec *now, unsigned cols, unsigned rows)
{
	if (c->file)
		event(c, now, "r", json_sprintf("%ux%u", cols, rows));
}
