/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recordings in an attempt's folder, read for the page. */
#define _GNU_SOURCE
#include "cli/recordings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "term/plain.h"

enum {
	ALL_MAX = 12 * 1024 * 1024, /* bytes of all recordings in one page */
	LINE_MAX_BYTES = 1024 * 1024,
};

void recordings_done(struct recordings *r)
{
	for (size_t i = 0; i < r->n; i++) {
		json_decref((json_t *)r->v[i].lines);
		free((char *)r->v[i].name);
		free((char *)r->v[i].session);
		free((char *)r->v[i].plain);
	}
	free(r->v);
	*r = (struct recordings){0};
}

/* "[seconds, code, data]" */
static bool is_event(const json_t *line)
{
	return json_array_size(line) == 3 && json_is_number(json_array_get(line, 0)) &&
	       json_is_string(json_array_get(line, 1)) && json_is_string(json_array_get(line, 2));
}

static bool is_head(const json_t *line)
{
	return json_int(line, "version", 0) == 2 && json_int(line, "width", 0) > 0 &&
	       json_int(line, "height", 0) > 0;
}

/* The header and the events of a file, as far as left goes. NULL where it is no recording. */
static json_t *read_lines(FILE *f, size_t *left, bool *ret_cut)
{
	auto_json json_t *all = json_array();
	auto_free char *text = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&text, &size, f)) > 0) {
		auto_json json_t *line = NULL;

		if ((size_t)n > *left) {
			*ret_cut = true;
			break;
		}
		*left -= (size_t)n;
		if (n <= LINE_MAX_BYTES)
			line = json_loadb(text, (size_t)n, JSON_ALLOW_NUL, NULL);
		if (json_array_size(all) ? is_event(line) : is_head(line))
			json_array_append(all, line);
		else if (!json_array_size(all))
			return NULL;
	}
	return json_array_size(all) ? ptr_steal(all) : NULL;
}

/* What stood on the terminal, without what drew it. Caller frees. */
static char *as_plain(const json_t *lines)
{
	auto_free struct plain *p = calloc(1, sizeof(*p));
	char *text = NULL;
	const json_t *line;
	size_t i, len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	json_array_foreach (lines, i, line) {
		const json_t *data = json_array_get(line, 2);

		if (!p || !i || strcmp(json_string_value(json_array_get(line, 1)), "o") != 0)
			continue;
		if (p->len + json_string_length(data) > PLAIN_MAX) {
			fputs(plain_text(p), f);
			plain_reset(p);
		}
		plain_add(p, json_string_value(data), json_string_length(data));
	}
	if (p)
		fputs(plain_text(p), f);
	fclose(f);
	return text;
}

/* The attempt's time at a moment of the wall clock: gaps do not count, so by the last event before it that tells both. */
static double time_at(const json_t *events, double wall)
{
	double from = 0, t = 0;
	const json_t *e;
	size_t i;

	json_array_foreach (events, i, e) {
		double w = json_num(e, "wall", 0);

		/* a recording's header has whole seconds */
		if (w > 0 && w < wall + 1) {
			from = w;
			t = json_num(e, "t", 0);
		}
	}
	return from > 0 && wall > from ? t + wall - from : t;
}

/* When the session was opened that was open at that time; without one, that time. */
static double opened(const json_t *events, const char *session, double about)
{
	double best = about, least = HUGE_VAL;
	const json_t *e;
	size_t i;

	json_array_foreach (events, i, e) {
		double t = json_num(e, "t", 0), off = fabs(t - about);

		if (strcmp(json_str(e, "kind", ""), "session") != 0 ||
		    strcmp(json_str(e, "what", ""), "open") != 0 ||
		    strcmp(json_str(e, "session", ""), session) != 0 || off >= least)
			continue;
		least = off;
		best = t;
	}
	return best;
}

static void add(struct recordings *all, const char *name, json_t *lines, bool cut,
		const json_t *events)
{
	const json_t *head = json_array_get(lines, 0);
	const char *session = json_str(head, "title", "");
	double about = time_at(events, json_num(head, "timestamp", 0));
	struct page_cast *more = realloc(all->v, (all->n + 1) * sizeof(*more));

	if (!more) {
		json_decref(lines);
		return;
	}
	all->v = more;
	all->v[all->n++] = (struct page_cast){.name = strdup(name),
					      .session = strdup(session),
					      .from = opened(events, session, about),
					      .lines = lines,
					      .plain = as_plain(lines),
					      .cut = cut};
}

static int is_cast(const struct dirent *e)
{
	return fnmatch("transcript*.cast", e->d_name, 0) == 0;
}

static int by_beginning(const void *a, const void *b)
{
	const struct page_cast *l = a, *r = b;

	return l->from < r->from ? -1 : l->from > r->from;
}

void recordings_read(const char *dir, const json_t *events, struct recordings *ret)
{
	auto_fd at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **list = NULL;
	int n = at < 0 ? 0 : scandirat(at, ".", &list, is_cast, alphasort);
	size_t left = ALL_MAX;

	for (int i = 0; i < n; i++) {
		int fd =
			openat(at, list[i]->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		auto_file f = fd < 0 ? NULL : fdopen(fd, "r");
		bool cut = false;
		json_t *lines = f ? read_lines(f, &left, &cut) : NULL;

		if (lines)
			add(ret, list[i]->d_name, lines, cut, events);
		else if (fd >= 0 && !f)
			close(fd);
		free(list[i]);
	}
	free(list);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_beginning);
}
