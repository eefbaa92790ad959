/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class's roster. */
#define _GNU_SOURCE
#include "grade/roster.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

void roster_done(struct roster *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->v[i].name);
		free(r->v[i].seed);
	}
	free(r->v);
	*r = (struct roster){0};
}

const struct learner *roster_find(const struct roster *r, const char *name)
{
	for (size_t i = 0; name && i < r->n; i++)
		if (strcmp(r->v[i].name, name) == 0)
			return &r->v[i];
	return NULL;
}

const struct learner *roster_by_seed(const struct roster *r, const char *seed)
{
	for (size_t i = 0; seed && i < r->n; i++)
		if (r->v[i].seed && strcmp(r->v[i].seed, seed) == 0)
			return &r->v[i];
	return NULL;
}

static int wrong(struct err *err, size_t line, const char *what)
{
	return err_set(err, ERR_USAGE, EINVAL, "Line %zu of the roster %s", line, what);
}

/* Takes the field at *at, which moves behind its comma or to the end; out has room for what is left of the line. */
static bool take_field(const char **at, const char *end, char *out)
{
	const char *p = *at;
	bool quoted = p < end && *p == '"';

	for (p += quoted; p < end; p++) {
		if (quoted && *p == '"') {
			if (p + 1 == end || p[1] != '"')
				break;
			p++;
		} else if (!quoted && *p == ',')
			break;
		*out++ = *p;
	}
	*out = '\0';
	if (quoted && p == end)
		return false;
	for (p += quoted; quoted && p < end && strchr(" \t", *p); p++)
		;
	if (p < end && *p != ',')
		return false;
	*at = p;
	return true;
}

/* Without the blanks around it, in place. */
static char *trimmed(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	for (n = strlen(s); n && strchr(" \t", s[n - 1]); n--)
		s[n - 1] = '\0';
	return s;
}

static bool plain(const char *s)
{
	size_t n = 0;

	for (; *s; s++, n++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return n <= ROSTER_FIELD_MAX;
}

static int add(struct roster *r, const char *name, const char *seed, size_t line, struct err *err)
{
	struct learner *v;

	if (!*name || !plain(name) || !plain(seed))
		return wrong(err, line,
			     "has no name, or one of control characters or over 256 bytes");
	if (roster_find(r, name))
		return wrong(err, line, "has a name that stands above already");
	if (r->n == ROSTER_MAX)
		return wrong(err, line, "is one too many: 10000 are the most");
	v = reallocarray(r->v, r->n + 1, sizeof(*v));
	if (!v)
		return err_sys(err, ENOMEM, "Can't read the roster");
	r->v = v;
	v[r->n] = (struct learner){.name = strdup(name), .seed = *seed ? strdup(seed) : NULL};
	return v[r->n++].name ? 0 : err_sys(err, ENOMEM, "Can't read the roster");
}

static int add_line(struct roster *r, const char *text, size_t n, size_t line, struct err *err)
{
	auto_free char *first = malloc(n + 1), *second = malloc(n + 1);
	const char *at = text, *end = text + n;
	char *name, *seed;

	if (!first || !second)
		return err_sys(err, ENOMEM, "Can't read the roster");
	second[0] = '\0';
	if (memchr(text, '\0', n) || !take_field(&at, end, first))
		return wrong(err, line, "has a quote that doesn't end, or a NUL");
	if (at < end && (at++, !take_field(&at, end, second)))
		return wrong(err, line, "has a quote that doesn't end");
	if (at < end)
		return wrong(err, line,
			     "has a third field: a name, and a seed behind a comma, are all");
	name = trimmed(first);
	seed = trimmed(second);
	if (!*name && !*seed)
		return 0;
	if (line == 1 && strcasecmp(name, "name") == 0 && strcasecmp(seed, "seed") == 0)
		return 0;
	return add(r, name, seed, line, err);
}

int roster_parse(const char *text, size_t len, struct roster *ret, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* spreadsheets begin a file with it */
	auto_roster r = {0};
	const char *end = text + len;
	size_t line = 0;
	int rc = 0;

	if (len >= 3 && memcmp(text, mark, 3) == 0)
		text += 3;
	while (text < end && rc == 0) {
		const char *nl = memchr(text, '\n', (size_t)(end - text)), *stop = nl ? nl : end;
		size_t n = (size_t)(stop - text);

		if (n && text[n - 1] == '\r')
			n--;
		line++;
		if (n && *text != '#')
			rc = add_line(&r, text, n, line, err);
		text = nl ? nl + 1 : end;
	}
	if (rc < 0)
		return rc;
	*ret = r;
	r = (struct roster){0};
	return 0;
}
