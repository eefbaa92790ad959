/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a ruleset's text is made of. */
#define _GNU_SOURCE
#include "netns/ruleset_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* --- tokens
 * ------------------------------------------------------------------------------------------------------ */

/* Where a reader of nft's syntax stands. */
struct cursor {
	const char *at, *from; /* behind the last token, and where it begins */
	int line;
	char word[RULESET_NAME_MAX]; /* the last token: a word, or one of { } ; and newline */
};

static void skip_blank(struct cursor *c)
{
	for (;;) {
		if (*c->at == '#') {
			c->at += strcspn(c->at, "\n");
		} else if (c->at[0] == '\\' && c->at[1] == '\n') {
			c->at += 2;
			c->line++;
		} else if (*c->at && *c->at != '\n' && isspace((unsigned char)*c->at)) {
			c->at++;
		} else {
			return;
		}
	}
}

static void take_string(struct cursor *c)
{
	c->at++;
	while (*c->at && *c->at != '"') {
		if (*c->at == '\n')
			c->line++;
		c->at++;
	}
	if (*c->at)
		c->at++;
	strcpy(c->word, "\"");
}

/* The next token in c->word; false at the end. A quoted string's inside is never a token. */
static bool next(struct cursor *c)
{
	size_t n;

	skip_blank(c);
	c->from = c->at;
	if (!*c->at)
		return false;
	if (*c->at == '"') {
		take_string(c);
		return true;
	}
	if (*c->at == '\n')
		c->line++;
	n = strchr("{};\n", *c->at) ? 1 : strcspn(c->at, " \t\r\n{};\"#\\");
	if (!n)
		n = 1;
	snprintf(c->word, sizeof(c->word), "%.*s", (int)n, c->at);
	c->at += n;
	return true;
}

static bool is(const struct cursor *c, const char *token)
{
	return !strcmp(c->word, token);
}

static bool is_end(const struct cursor *c)
{
	return is(c, "\n") || is(c, ";");
}

static bool is_name(const struct cursor *c)
{
	return isalpha((unsigned char)c->word[0]) || c->word[0] == '_';
}

static bool is_one_of(const struct cursor *c, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is(c, words[i]))
			return true;
	return false;
}

static int refuse(const struct cursor *c, struct err *err)
{
	return err_set(err, ERR_USAGE, EINVAL,
		       "Ruleset line %d: '%s': only whole tables may stand here", c->line, c->word);
}

/* The next token within a block that began on line `from`. */
static int inside(struct cursor *c, int from, struct err *err)
{
	if (!next(c))
		return err_set(err, ERR_USAGE, EINVAL, "Ruleset line %d: the block is not closed",
			       from);
	if (is(c, "include"))
		return err_set(err, ERR_USAGE, EPERM, "Ruleset line %d: 'include' is not allowed",
			       c->line);
	return 0;
}

/* --- lists
 * ------------------------------------------------------------------------------------------------------- */

/* Room for one more of a list. */
static void *grow(void *list, size_t *n, size_t size, struct err *err)
{
	void *more = reallocarray(*(void **)list, *n + 1, size);

	if (!more) {
		err_sys(err, ENOMEM, "Can't read a ruleset");
		return NULL;
	}
	*(void **)list = more;
	return memset((char *)more + size * (*n)++, 0, size);
}

static const char *const kinds[N_RULESET_KINDS] = {
	[RULESET_CHAIN] = "chain",
	[RULESET_SET] = "set",
	[RULESET_MAP] = "map",
	[RULESET_FLOWTABLE] = "flowtable",
	[RULESET_COUNTER] = "counter",
	[RULESET_QUOTA] = "quota",
	[RULESET_LIMIT] = "limit",
	[RULESET_SECMARK] = "secmark",
	[RULESET_SYNPROXY] = "synproxy",
	[RULESET_HELPER] = "ct helper",
	[RULESET_TIMEOUT] = "ct timeout",
	[RULESET_EXPECTATION] = "ct expectation",
};

const char *ruleset_kind_word(enum ruleset_kind kind)
{
	return kinds[kind];
}

const struct ruleset_table *ruleset_table(const struct ruleset *r, const char *family,
					  const char *name)
{
	for (size_t i = 0; i < r->n_tables; i++)
		if (!strcmp(r->tables[i].family, family) && !strcmp(r->tables[i].name, name))
			return &r->tables[i];
	return NULL;
}

const struct ruleset_part *ruleset_part(const struct ruleset_table *t, enum ruleset_kind kind,
					const char *name)
{
	for (size_t i = 0; t && i < t->n_parts; i++)
		if (t->parts[i].kind == kind && !strcmp(t->parts[i].name, name))
			return &t->parts[i];
	return NULL;
}

void ruleset_done(struct ruleset *r)
{
	for (size_t i = 0; i < r->n_tables; i++)
		free(r->tables[i].parts);
	free(r->tables);
	free(r->statements);
	*r = (struct ruleset){0};
}

/* --- parts of a table
 * -------------------------------------------------------------------------------------------- */

/* Of what a statement begins with; N_RULESET_KINDS for nothing that has a name (comment, flags, define). */
static int take_kind(struct cursor *c, int from, enum ruleset_kind *ret, struct err *err)
{
	char word[RULESET_NAME_MAX + 4];
	int rc = 0;

	snprintf(word, sizeof(word), "%s", c->word);
	if (is(c, "ct")) {
		rc = inside(c, from, err);
		snprintf(word, sizeof(word), "ct %s", c->word);
	}
	for (*ret = 0; *ret < N_RULESET_KINDS; (*ret)++)
		if (!strcmp(word, kinds[*ret]))
			break;
	return rc;
}

/* A line of a chain that says what it is, not what it does. */
static bool is_header(const struct cursor *c)
{
	static const char *const words[] = {"type", "policy", "comment"};

	return is_one_of(c, words, ARRAY_SIZE(words));
}

/* To the end of a statement whose beginning was read: of its block, or of its line; before a } that is not its own. The
 * lines of a block that make a chain's header are remembered. */
static int pass_statement(struct cursor *c, int from, struct ruleset_span *header, struct err *err)
{
	bool fresh = false, heading = false;
	int depth = 0, rc;

	for (const char *before = c->at; (rc = inside(c, from, err)) == 0; before = c->at) {
		bool closes = is(c, "}");

		if (depth == 0 && (closes || is_end(c))) {
			if (closes)
				c->at = before;
			return 0;
		}
		if (depth == 1 && fresh && is_header(c)) {
			heading = true;
			header->at = header->at ? header->at : c->from;
		}
		if (heading && depth == 1 && (closes || is_end(c))) {
			header->len = (size_t)(c->from - header->at);
			heading = false;
		}
		depth += is(c, "{") - closes;
		fresh = depth == 1 && (is_end(c) || is(c, "{"));
		if (closes && depth == 0)
			return 0;
	}
	return rc;
}

/* One statement of a table, its first token read. */
static int take_part(struct cursor *c, int from, struct ruleset_table *t, struct err *err)
{
	struct ruleset_part part = {.text.at = c->from}, *p;
	int rc = take_kind(c, from, &part.kind, err);

	if (rc == 0 && part.kind < N_RULESET_KINDS)
		rc = inside(c, from, err);
	if (rc < 0)
		return rc;
	strcpy(part.name, c->word);
	rc = pass_statement(c, from, &part.header, err);
	part.text.len = (size_t)(c->at - part.text.at);
	if (rc < 0 || part.kind == N_RULESET_KINDS)
		return rc;
	p = (struct ruleset_part *)ruleset_part(t, part.kind, part.name);
	if (p) {
		p->repeated = true;
		return 0;
	}
	p = grow(&t->parts, &t->n_parts, sizeof(*p), err);
	if (!p)
		return -ENOMEM;
	*p = part;
	return 0;
}

static int take_body(struct cursor *c, struct ruleset_table *t, struct err *err)
{
	int from = c->line, rc = inside(c, from, err);

	while (rc == 0 && !is(c, "}")) {
		if (!is_end(c))
			rc = take_part(c, from, t, err);
		if (rc == 0)
			rc = inside(c, from, err);
	}
	return rc;
}

/* --- tables
 * ------------------------------------------------------------------------------------------------------ */

static int take_header(struct cursor *c, struct ruleset_table *ret, struct err *err)
{
	static const char *const families[] = {"ip", "ip6", "inet", "arp", "bridge", "netdev"};

	if (!is(c, "table") || !next(c))
		return refuse(c, err);
	strcpy(ret->family, "ip");
	if (is_one_of(c, families, ARRAY_SIZE(families))) {
		snprintf(ret->family, sizeof(ret->family), "%.7s", c->word);
		if (!next(c))
			return refuse(c, err);
	}
	if (!is_name(c))
		return refuse(c, err);
	strcpy(ret->name, c->word);
	return 0;
}

static struct ruleset_table *table_of(struct ruleset *r, const struct ruleset_table *like,
				      struct err *err)
{
	struct ruleset_table *t =
		(struct ruleset_table *)ruleset_table(r, like->family, like->name);

	if (t)
		return t;
	t = grow(&r->tables, &r->n_tables, sizeof(*t), err);
	if (t)
		*t = *like;
	return t;
}

/* One statement at the outermost level, its first word read: a table. */
static int take_table(struct cursor *c, struct ruleset *r, struct err *err)
{
	struct ruleset_table like = {0}, *t;
	struct ruleset_statement *s;
	const char *from = c->from, *end;
	int rc = take_header(c, &like, err);

	if (rc < 0)
		return rc;
	t = table_of(r, &like, err);
	s = t ? grow(&r->statements, &r->n_statements, sizeof(*s), err) : NULL;
	if (!s)
		return -ENOMEM;
	end = c->at;
	if (next(c) && !is_end(c)) {
		rc = is(c, "{") ? take_body(c, t, err) : refuse(c, err);
		end = c->at;
	}
	*s = (struct ruleset_statement){.table = (size_t)(t - r->tables),
					.text = {from, (size_t)(end - from)}};
	return rc;
}

int ruleset_parse(const char *text, struct ruleset *ret, struct err *err)
{
	struct cursor c = {.at = text, .line = 1};
	int rc = 0;

	*ret = (struct ruleset){0};
	while (rc == 0 && next(&c))
		if (!is_end(&c))
			rc = take_table(&c, ret, err);
	return rc;
}
