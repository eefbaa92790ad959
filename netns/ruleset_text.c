/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a ruleset. */
#define _GNU_SOURCE
#include "netns/ruleset_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { WORD_MAX = 64 };

/* Where a reader of nft's syntax stands. */
struct cursor {
	const char *at;
	int line;
	char word[WORD_MAX]; /* the last token: a word, or one of { } ; and newline */
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

static bool is_family(const char *w)
{
	static const char *const families[] = {"ip", "ip6", "inet", "arp", "bridge", "netdev"};

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (!strcmp(w, families[i]))
			return true;
	return false;
}

static int refuse(const struct cursor *c, struct err *err)
{
	return err_set(err, ERR_USAGE, EINVAL,
		       "Ruleset line %d: '%s': only whole tables may stand here", c->line, c->word);
}

/* Passes over a block whose { was read. */
static int skip_block(struct cursor *c, struct err *err)
{
	int depth = 1, from = c->line;

	while (depth && next(c)) {
		if (is(c, "include"))
			return err_set(err, ERR_USAGE, EPERM,
				       "Ruleset line %d: 'include' is not allowed", c->line);
		depth += is(c, "{") - is(c, "}");
	}
	if (depth)
		return err_set(err, ERR_USAGE, EINVAL, "Ruleset line %d: the block is not closed",
			       from);
	return 0;
}

/* How the first line makes way for a table. */
static void make_way(FILE *out, enum ruleset_way way, const char *family, const char *name)
{
	if (way == RULESET_FRESH)
		fprintf(out, "create table %s %s; ", family, name);
	else
		fprintf(out, "table %s %s; delete table %s %s; ", family, name, family, name);
}

/* One statement at the outermost level, its first word read: a table. */
static int take_table(struct cursor *c, FILE *out, enum ruleset_way way, struct err *err)
{
	char family[WORD_MAX] = "ip", name[WORD_MAX];

	if (!is(c, "table") || !next(c))
		return refuse(c, err);
	if (is_family(c->word)) {
		strcpy(family, c->word);
		if (!next(c))
			return refuse(c, err);
	}
	if (!isalpha((unsigned char)c->word[0]) && c->word[0] != '_')
		return refuse(c, err);
	strcpy(name, c->word);
	make_way(out, way, family, name);
	if (!next(c) || is_end(c))
		return 0;
	return is(c, "{") ? skip_block(c, err) : refuse(c, err);
}

static int clear(const char *text, FILE *out, enum ruleset_way way, struct err *err)
{
	struct cursor c = {.at = text, .line = 1};
	int rc = 0;

	while (rc == 0 && next(&c))
		if (!is_end(&c))
			rc = take_table(&c, out, way, err);
	return rc;
}

static int render(const char *text, const char *old, FILE *out, enum ruleset_way way,
		  struct err *err)
{
	int rc = clear(old, out, RULESET_REPLACE, err);

	if (rc == 0)
		rc = clear(text, out, way, err);
	if (rc == 0)
		fprintf(out, "\n%s\n", text);
	return rc;
}

int ruleset_text_render(const char *text, const char *old, enum ruleset_way way, char **ret,
			struct err *err)
{
	auto_free char *buf = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&buf, &len);
	int rc;

	if (!out)
		return err_sys(err, ENOMEM, "Can't write a ruleset");
	/* With an old text its tables are deleted already, and a table in both would be made twice.
	 */
	rc = render(text, old, out, old[0] ? RULESET_REPLACE : way, err);
	fclose(out);
	if (rc == 0)
		*ret = ptr_steal(buf);
	return rc;
}

/* Behind the } of the first block in text. */
static char *block_end(char *text)
{
	int depth = 0;

	for (; *text; text++) {
		if (*text == '"')
			text += 1 + strcspn(text + 1, "\"");
		if (!*text)
			break;
		depth += (*text == '{') - (*text == '}');
		if (*text == '}' && depth == 0)
			return text + 1;
	}
	return text;
}

static char *chain_of(char *text, char *at)
{
	static const char word[] = "chain ";

	while (at > text && strncmp(at, word, sizeof(word) - 1) != 0)
		at--;
	return at;
}

static void blank(char *from, const char *end)
{
	for (; from < end; from++)
		if (*from != '\n')
			*from = ' ';
}

char *ruleset_text_present(const char *text, ruleset_device_fn there, void *arg)
{
	static const char word[] = " device \"";
	char *ret = strdup(text), *at = ret, name[WORD_MAX];

	while (at && (at = strstr(at, word))) {
		const char *from = at + sizeof(word) - 1;

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(from, "\""), from);
		if (!there(arg, name)) {
			char *chain = chain_of(ret, at);

			blank(chain, block_end(chain));
		}
		at++;
	}
	return ret;
}

char *ruleset_text_complaint(const char *nft_says, char *ret, size_t size)
{
	static const char mark[] = "Error: ";
	const char *what = strstr(nft_says, mark);
	const char *from = what, *end;
	int line = 0;

	if (!what)
		what = from = nft_says;
	else
		what += sizeof(mark) - 1;
	/* "FILE:5:3-12: Error: ..." where there was a file; its first line was ours. */
	while (from > nft_says && from[-1] != '\n')
		from--;
	if (sscanf(from, "%*[^:]:%d:%*d-%*d:", &line) == 1 && line > 1)
		size -= (size_t)snprintf(ret, size, "line %d: ", line - 1);
	else
		ret[0] = '\0';
	end = what + strcspn(what, "\n");
	snprintf(ret + strlen(ret), size, "%.*s", (int)(end - what), what);
	return ret;
}
