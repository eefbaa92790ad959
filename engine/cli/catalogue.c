/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenarios there are. */
#define _GNU_SOURCE
#include "cli/catalogue.h"

#include <errno.h>
#include <glob.h>
#include <string.h>

#include "base/nearest.h"
#include "base/paths.h"
#include "cli/script_client.h"
#include "cli/select.h"
#include "grade/diagnosis.h"

void catalogue_entry_done(struct catalogue_entry *e)
{
	free(e->id);
	free(e->path);
	free(e->error);
	json_decref(e->meta);
	*e = (struct catalogue_entry){0};
}

void catalogue_done(struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++)
		catalogue_entry_done(&c->v[i]);
	free(c->v);
	*c = (struct catalogue){0};
}

static int out_of_memory(struct err *err)
{
	return err_sys(err, ENOMEM, "Can't list the scenarios");
}

/* Adds an entry; id and path are copied. */
static int add(struct catalogue *c, const char *id, size_t id_len, const char *path,
	       struct err *err)
{
	struct catalogue_entry *v = realloc(c->v, (c->n + 1) * sizeof(*v));
	struct catalogue_entry e = {.id = strndup(id, id_len), .path = strdup(path)};

	if (v)
		c->v = v;
	if (!v || !e.id || !e.path) {
		catalogue_entry_done(&e);
		return out_of_memory(err);
	}
	c->v[c->n++] = e;
	return 0;
}

/* ".../AREA/ID/scenario.lua" */
static int add_installed(struct catalogue *c, const char *path, struct err *err)
{
	const char *end = strrchr(path, '/'), *id = end;

	while (id > path && id[-1] != '/')
		id--;
	return add(c, id, (size_t)(end - id), path, err);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct catalogue_entry *)a)->id,
		      ((const struct catalogue_entry *)b)->id);
}

int catalogue_scan(struct catalogue *ret, struct err *err)
{
	auto_free char *pattern = path_share("scenarios/*/*/scenario.lua");
	struct catalogue c = {0};
	glob_t g = {0};
	int rc = 0;

	if (!pattern)
		return out_of_memory(err);
	if (glob(pattern, GLOB_NOSORT, NULL, &g) == GLOB_NOSPACE)
		rc = out_of_memory(err);
	for (size_t i = 0; i < g.gl_pathc && rc == 0; i++)
		rc = add_installed(&c, g.gl_pathv[i], err);
	globfree(&g);
	if (rc < 0) {
		catalogue_done(&c);
		return rc;
	}
	if (c.n)
		qsort(c.v, c.n, sizeof(*c.v), by_id);
	*ret = c;
	return 0;
}

static int unknown(const struct catalogue *all, const char *name, struct err *err)
{
	auto_free const char **ids = calloc(all->n + 1, sizeof(*ids));
	const char *near = NULL;

	for (size_t i = 0; ids && i < all->n; i++) {
		ids[i] = all->v[i].id;
		/* A name begun counts as near: "dns-host". */
		if (!near && *name && strncmp(ids[i], name, strlen(name)) == 0)
			near = ids[i];
	}
	if (ids && !near)
		near = nearest(name, ids, all->n);
	err_set(err, ERR_USAGE, ENOENT, "No scenario '%.128s'", name);
	if (near)
		return err_mend(err, "Did you mean '%s'?", near);
	return err_mend(err, "`netdojo list` shows them all");
}

/* The file's stem, or its folder's name where the file is a scenario.lua. */
static int entry_of_path(const char *path, struct catalogue_entry *ret, struct err *err)
{
	auto_catalogue c = {0};
	auto_free char *real = realpath(path, NULL), *text = NULL;
	const char *base;
	size_t n;
	int rc;

	if (!real)
		return err_set(err, ERR_USAGE, errno, "Can't read %s: %s", path, strerror(errno));
	rc = script_read_file(real, &text, err);
	if (rc < 0)
		return rc;
	base = strrchr(real, '/') + 1;
	n = strlen(base);
	if (strcmp(base, "scenario.lua") == 0)
		rc = add_installed(&c, real, err);
	else
		rc = add(&c, base, n > 4 && strcmp(base + n - 4, ".lua") == 0 ? n - 4 : n, real,
			 err);
	if (rc == 0) {
		*ret = c.v[0];
		c.n = 0;
	}
	return rc;
}

unsigned catalogue_number(const struct catalogue *all, const char *id)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i].id, id) == 0)
			return (unsigned)i + 1;
	return 0;
}

/* An id tells more than a learner should know, so the list has numbers too. Caller owns *ret: the id, or the word as it is. */
static int id_of_word(const char *word, char **ret, struct err *err)
{
	auto_catalogue all = {0};
	unsigned long n;
	int rc;

	if (!*word || word[strspn(word, "0123456789")]) {
		*ret = strdup(word);
		return *ret ? 0 : out_of_memory(err);
	}
	rc = catalogue_select(NULL, 0, &all, err);
	if (rc < 0)
		return rc;
	n = strtoul(word, NULL, 10);
	if (!n || n > all.n) {
		err_set(err, ERR_USAGE, ENOENT, "No scenario has the number %.32s", word);
		return err_mend(err, "`netdojo list --titles` has 1 to %zu", all.n);
	}
	*ret = strdup(all.v[n - 1].id);
	return *ret ? 0 : out_of_memory(err);
}

static int find(const char *name, struct catalogue_entry *ret, struct err *err)
{
	auto_catalogue all = {0};
	int rc;

	if (select_is_path(name))
		return entry_of_path(name, ret, err);
	rc = catalogue_scan(&all, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < all.n; i++) {
		if (strcmp(all.v[i].id, name) != 0)
			continue;
		*ret = all.v[i];
		all.v[i] = (struct catalogue_entry){0};
		return 0;
	}
	return unknown(&all, name, err);
}

int catalogue_find(const char *name, struct catalogue_entry *ret, struct err *err)
{
	auto_free char *id = NULL;
	int rc = id_of_word(name, &id, err);

	return rc < 0 ? rc : find(id, ret, err);
}

static int take_answer(struct catalogue_entry *e, const json_t *answer)
{
	json_t *error = json_object_get(answer, "error");

	e->meta = json_incref(json_object_get(answer, "meta"));
	if (e->meta)
		return 0;
	e->error = strdup(json_is_string(error) ? json_string_value(error)
						: json_str(error, "message", "Can't be loaded"));
	return e->error ? 0 : -ENOMEM;
}

static json_t *texts_of(const struct catalogue *c, struct err *err)
{
	auto_json json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++) {
		auto_free char *text = NULL;
		json_t *one;

		if (script_read_file(c->v[i].path, &text, err) < 0)
			return NULL;
		one = json_pack("{s:s, s:s}", "text", text, "file", c->v[i].path);
		if (!one) {
			err_set(err, ERR_USAGE, EILSEQ, "%s is not UTF-8", c->v[i].path);
			return NULL;
		}
		json_array_append_new(list, one);
	}
	return ptr_steal(list);
}

/* Asks one script process for the metadata of all. */
static int load_all(struct catalogue *c, struct err *err)
{
	auto_script_client *s = NULL;
	auto_json json_t *answer = NULL;
	json_t *texts = texts_of(c, err);
	json_t *list;
	int rc;

	if (!texts)
		return err && err->code ? -err->code : -EIO;
	rc = script_client_start(&s, err);
	if (rc < 0) {
		json_decref(texts);
		return rc;
	}
	rc = script_client_call(s, json_pack("{s:s, s:o}", "do", "catalogue", "scenarios", texts),
				&answer, err);
	if (rc < 0)
		return err_wrap(err, "Reading the scenarios");
	list = json_object_get(answer, "scenarios");
	for (size_t i = 0; i < c->n; i++)
		if (take_answer(&c->v[i], json_array_get(list, i)) < 0)
			return out_of_memory(err);
	return 0;
}

/* A selection under way. */
struct wanted {
	struct select_word *words;
	bool *used;
	size_t n;
	bool by_id; /* the ids alone decide, so the others need not be loaded */
};

static bool wants(struct wanted *w, const struct catalogue_entry *e)
{
	bool any = w->n == 0;

	for (size_t i = 0; i < w->n; i++) {
		if (!select_matches(&w->words[i], e->id, e->path, e->meta))
			continue;
		w->used[i] = true;
		any = true;
	}
	return any;
}

static void keep_wanted(struct wanted *w, struct catalogue *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (wants(w, &c->v[i]))
			c->v[kept++] = c->v[i];
		else
			catalogue_entry_done(&c->v[i]);
	}
	c->n = kept;
}

/* From the bottom layer up, the easy ones of each first. */
static int64_t order_of(const struct catalogue_entry *e)
{
	return layer_rank(json_str(e->meta, "layer", "")) * 100 + json_int(e->meta, "level", 99);
}

static int by_order(const void *a, const void *b)
{
	int64_t x = order_of(a), y = order_of(b);

	return x < y ? -1 : x > y ? 1 : by_id(a, b);
}

/* Files named by path join the installed ones. */
static int add_paths(struct wanted *w, struct catalogue *c, struct err *err)
{
	for (size_t i = 0; i < w->n; i++) {
		struct catalogue_entry e = {0};
		int rc;

		if (w->words[i].kind != SELECT_PATH)
			continue;
		rc = entry_of_path(w->words[i].value, &e, err);
		if (rc == 0)
			rc = add(c, e.id, strlen(e.id), e.path, err);
		catalogue_entry_done(&e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int parse_words(const char *const *words, size_t n, struct wanted *ret, struct err *err)
{
	ret->n = n;
	ret->by_id = n > 0;
	ret->words = calloc(n + 1, sizeof(*ret->words));
	ret->used = calloc(n + 1, sizeof(*ret->used));
	if (!ret->words || !ret->used)
		return out_of_memory(err);
	for (size_t i = 0; i < n; i++) {
		int rc = select_parse(words[i], &ret->words[i], err);

		if (rc < 0)
			return rc;
		ret->by_id = ret->by_id && select_by_id(&ret->words[i]);
	}
	return 0;
}

static void wanted_done(struct wanted *w)
{
	free(w->words);
	free(w->used);
}

static int check_used(const struct wanted *w, const char *const *words, struct err *err)
{
	auto_catalogue all = {0};

	for (size_t i = 0; i < w->n; i++) {
		if (w->used[i])
			continue;
		if (w->words[i].kind == SELECT_ID && catalogue_scan(&all, err) == 0)
			return unknown(&all, words[i], err);
		err_set(err, ERR_USAGE, ENOENT, "No scenario matches '%s'", words[i]);
		return err_mend(err, "`netdojo list` shows them all");
	}
	return 0;
}

static int select_ids(const char *const *words, size_t n, struct catalogue *ret, struct err *err)
{
	nd_cleanup(wanted_done) struct wanted w = {0};
	auto_catalogue c = {0};
	int rc = parse_words(words, n, &w, err);

	if (rc == 0)
		rc = catalogue_scan(&c, err);
	if (rc == 0)
		rc = add_paths(&w, &c, err);
	if (rc == 0 && w.by_id)
		keep_wanted(&w, &c);
	if (rc == 0)
		rc = load_all(&c, err);
	if (rc == 0 && !w.by_id)
		keep_wanted(&w, &c);
	if (rc == 0)
		rc = check_used(&w, words, err);
	if (rc < 0)
		return rc;
	if (c.n)
		qsort(c.v, c.n, sizeof(*c.v), by_order);
	*ret = c;
	c = (struct catalogue){0};
	return 0;
}

int catalogue_select(const char *const *words, size_t n, struct catalogue *ret, struct err *err)
{
	auto_free char **ids = calloc(n + 1, sizeof(*ids));
	int rc = ids ? 0 : out_of_memory(err);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = id_of_word(words[i], &ids[i], err);
	if (rc == 0)
		rc = select_ids((const char *const *)ids, n, ret, err);
	for (size_t i = 0; ids && i < n; i++)
		free(ids[i]);
	return rc;
}
