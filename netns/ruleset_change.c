/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From one ruleset of ours to another. */
#define _GNU_SOURCE
#include "netns/ruleset_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* --- what differs
 * ------------------------------------------------------------------------------------------------ */

static bool same_span(const struct ruleset_span *a, const struct ruleset_span *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->at, b->at, a->len));
}

/* The nth statement of a table. */
static const struct ruleset_statement *statement(const struct ruleset *r,
						 const struct ruleset_table *t, size_t n)
{
	for (size_t i = 0; i < r->n_statements; i++)
		if (&r->tables[r->statements[i].table] == t && !n--)
			return &r->statements[i];
	return NULL;
}

static bool same_text(const struct ruleset_change *c, const struct ruleset_table *a,
		      const struct ruleset_table *b)
{
	const struct ruleset_statement *x, *y;

	for (size_t n = 0;; n++) {
		x = statement(&c->old, a, n);
		y = statement(&c->new, b, n);
		if (!x || !y)
			return !x && !y;
		if (!same_span(&x->text, &y->text))
			return false;
	}
}

static bool has_word(const struct ruleset_span *s, const char *word)
{
	return memmem(s->at, s->len, word, strlen(word));
}

/* Interfaces stand in it as numbers, or have its chains: both are gone with them. */
static bool is_bound(const struct ruleset *r, const struct ruleset_table *t)
{
	const struct ruleset_statement *s;

	if (!strcmp(t->family, "netdev"))
		return true;
	for (size_t n = 0; (s = statement(r, t, n)); n++)
		if (has_word(&s->text, "iif ") || has_word(&s->text, "oif "))
			return true;
	return false;
}

static const struct ruleset_table *in_old(const struct ruleset_change *c,
					  const struct ruleset_table *t)
{
	return ruleset_table(&c->old, t->family, t->name);
}

/* A table of the new text that is left alone. */
static bool stays(const struct ruleset_change *c, const struct ruleset_table *t)
{
	const struct ruleset_table *was = in_old(c, t);

	return was && same_text(c, was, t) && !(c->rebind && is_bound(&c->new, t));
}

const struct ruleset_table *ruleset_change_gone(const struct ruleset_change *c, size_t *i)
{
	for (; *i < c->old.n_tables; (*i)++) {
		const struct ruleset_table *t = &c->old.tables[*i];

		if (!ruleset_table(&c->new, t->family, t->name))
			return t;
	}
	return NULL;
}

void ruleset_change_listed(struct ruleset_change *c, size_t i, const char *listing)
{
	const struct ruleset_table *ours = &c->old.tables[i];
	auto_ruleset found = {0};

	c->shared[i] = ruleset_parse(listing, &found, NULL) < 0;
	for (size_t t = 0; t < found.n_tables; t++)
		for (size_t k = 0; k < found.tables[t].n_parts; k++) {
			const struct ruleset_part *p = &found.tables[t].parts[k];

			c->shared[i] |= !ruleset_part(ours, p->kind, p->name);
		}
}

/* --- one table
 * --------------------------------------------------------------------------------------------------- */

/* A table on its way from one text to the other; either may be NULL. */
struct passage {
	FILE *out;
	const struct ruleset_table *old, *new;
	bool rebind, keep;
};

static bool is_set(const struct ruleset_part *p)
{
	return p->kind == RULESET_SET || p->kind == RULESET_MAP;
}

/* At a hook: nobody's rule can refer to it. */
static bool is_base(const struct ruleset_part *p)
{
	return p->kind == RULESET_CHAIN && p->header.len && has_word(&p->header, "hook ");
}

/* A part of the old text that must be away before the new text comes, since it is not in that or is another there. */
static bool is_in_the_way(const struct passage *m, const struct ruleset_part *p)
{
	const struct ruleset_part *q = ruleset_part(m->new, p->kind, p->name);

	if (!q)
		return true;
	if (p->kind != RULESET_CHAIN)
		return p->repeated || q->repeated || !same_span(&p->text, &q->text);
	return !same_span(&p->header, &q->header) ||
	       (m->rebind && is_base(p) && !strcmp(m->old->family, "netdev"));
}

static void put_chain(const struct passage *m, const struct ruleset_part *p, bool bare)
{
	fprintf(m->out, "\tchain %s {\n%.*s\n\t}\n", p->name, bare ? 0 : (int)p->header.len,
		p->header.len ? p->header.at : "");
}

/* What is emptied or deleted next is made first, so that it is no error where somebody has deleted it. */
static void put_there(const struct passage *m)
{
	for (size_t i = 0; m->old && i < m->old->n_parts; i++) {
		const struct ruleset_part *p = &m->old->parts[i];
		bool in_the_way = is_in_the_way(m, p);

		if (p->kind == RULESET_CHAIN)
			put_chain(m, p, in_the_way);
		else if (in_the_way && (is_set(p) || !m->keep))
			fprintf(m->out, "\t%.*s\n", (int)p->text.len, p->text.at);
	}
	for (size_t i = 0; m->new &&i < m->new->n_parts; i++) {
		const struct ruleset_part *p = &m->new->parts[i];

		if (p->kind == RULESET_CHAIN && !ruleset_part(m->old, p->kind, p->name))
			put_chain(m, p, false);
	}
}

static void command(const struct passage *m, const char *verb, const struct ruleset_part *p)
{
	const struct ruleset_table *t = m->new ? m->new : m->old;

	fprintf(m->out, "%s %s %s %s %s\n", verb, ruleset_kind_word(p->kind), t->family, t->name,
		p->name);
}

static void flush_chains(const struct passage *m)
{
	for (size_t i = 0; m->old && i < m->old->n_parts; i++)
		if (m->old->parts[i].kind == RULESET_CHAIN)
			command(m, "flush", &m->old->parts[i]);
	for (size_t i = 0; m->new &&i < m->new->n_parts; i++) {
		const struct ruleset_part *p = &m->new->parts[i];

		if (p->kind == RULESET_CHAIN && !ruleset_part(m->old, p->kind, p->name))
			command(m, "flush", p);
	}
}

enum turn { TURN_SETS, TURN_CHAINS, TURN_OTHERS, N_TURNS };

static enum turn turn_of(const struct ruleset_part *p)
{
	if (p->kind == RULESET_CHAIN)
		return TURN_CHAINS;
	return is_set(p) ? TURN_SETS : TURN_OTHERS;
}

/* Rules refer to all, maps to chains and to what counts and limits. */
static void clear_the_way(const struct passage *m)
{
	for (int turn = 0; turn < N_TURNS; turn++)
		for (size_t i = 0; m->old && i < m->old->n_parts; i++) {
			const struct ruleset_part *p = &m->old->parts[i];

			if ((int)turn_of(p) != turn || !is_in_the_way(m, p))
				continue;
			if (!m->keep || is_base(p))
				command(m, "delete", p);
			else if (is_set(p))
				command(m, "flush", p);
		}
}

/* Makes way in a table without touching what is not ours. */
static void empty(const struct passage *m)
{
	const struct ruleset_table *t = m->new ? m->new : m->old;

	fprintf(m->out, "table %s %s {\n", t->family, t->name);
	put_there(m);
	fprintf(m->out, "}\n");
	flush_chains(m);
	clear_the_way(m);
}

/* --- all of them
 * ------------------------------------------------------------------------------------------------- */

static void delete_table(FILE *out, const struct ruleset_table *t)
{
	fprintf(out, "table %s %s; delete table %s %s; ", t->family, t->name, t->family, t->name);
}

static void drop_gone(const struct ruleset_change *c, FILE *out, bool keep)
{
	const struct ruleset_table *t;

	for (size_t i = 0; (t = ruleset_change_gone(c, &i)); i++) {
		if (c->shared[i]) {
			empty(&(struct passage){.out = out, .old = t, .keep = keep});
		} else {
			delete_table(out, t);
			fputc('\n', out);
		}
	}
}

static void render_fresh(const struct ruleset_change *c, FILE *out)
{
	for (size_t i = 0; i < c->new.n_tables; i++)
		fprintf(out, "create table %s %s; ", c->new.tables[i].family,
			c->new.tables[i].name);
	if (c->new.n_tables)
		fprintf(out, "\n%s\n", c->text);
}

static void render_refill(const struct ruleset_change *c, FILE *out, bool keep)
{
	const struct ruleset_statement *s;

	drop_gone(c, out, keep);
	for (size_t i = 0; i < c->new.n_tables; i++) {
		const struct ruleset_table *t = &c->new.tables[i];

		if (stays(c, t))
			continue;
		empty(&(struct passage){out, in_old(c, t), t, c->rebind, keep});
		for (size_t n = 0; (s = statement(&c->new, t, n)); n++)
			fprintf(out, "%.*s\n", (int)s->text.len, s->text.at);
	}
}

/* Lines stay where they are. */
static void blank(char *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (from[i] != '\n')
			from[i] = ' ';
}

static int put_rest(const struct ruleset_change *c, FILE *out)
{
	auto_free char *text = strdup(c->text);

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < c->new.n_statements; i++) {
		const struct ruleset_statement *s = &c->new.statements[i];

		if (stays(c, &c->new.tables[s->table]))
			blank(text + (s->text.at - c->text), s->text.len);
	}
	fprintf(out, "\n%s\n", text);
	return 0;
}

static int render_replace(const struct ruleset_change *c, FILE *out)
{
	int rc;

	for (size_t i = 0; i < c->new.n_tables; i++)
		if (!stays(c, &c->new.tables[i]))
			delete_table(out, &c->new.tables[i]);
	rc = put_rest(c, out);
	drop_gone(c, out, true);
	return rc;
}

char *ruleset_change_render(const struct ruleset_change *c, enum ruleset_way way)
{
	char *buf = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&buf, &len);
	int rc = 0;

	if (!out)
		return NULL;
	if (way == RULESET_FRESH)
		render_fresh(c, out);
	else if (way == RULESET_REPLACE)
		rc = render_replace(c, out);
	else
		render_refill(c, out, way == RULESET_KEEP);
	if (fclose(out) == 0 && rc == 0)
		return buf;
	free(buf);
	return NULL;
}

int ruleset_change_make(const char *text, const char *old, bool rebind, struct ruleset_change *ret,
			struct err *err)
{
	int rc;

	*ret = (struct ruleset_change){.rebind = rebind, .text = text};
	rc = ruleset_parse(text, &ret->new, err);
	if (rc == 0)
		rc = ruleset_parse(old, &ret->old, err);
	if (rc < 0)
		return rc;
	ret->shared = calloc(ret->old.n_tables + 1, sizeof(*ret->shared));
	return ret->shared ? 0 : err_sys(err, ENOMEM, "Can't change a ruleset");
}

void ruleset_change_done(struct ruleset_change *c)
{
	ruleset_done(&c->old);
	ruleset_done(&c->new);
	free(c->shared);
	*c = (struct ruleset_change){0};
}
