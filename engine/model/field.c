/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one reader, writer and freer of structs described by tables. */
#define _GNU_SOURCE
#include "model/field.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"

enum {
	TEXT_MAX = 1024, /* bytes of a string with no bound of its own */
	KEYS_MAX = 32,	 /* of one shape */
};

static void *at(void *obj, size_t offset)
{
	return (char *)obj + offset;
}

static const void *at_const(const void *obj, size_t offset)
{
	return (const char *)obj + offset;
}

struct where where_down(const struct where *w, const char *key, long index)
{
	struct where out;
	const char *dot = w->text[0] ? "." : "";

	if (index < 0)
		snprintf(out.text, sizeof(out.text), "%.100s%s%.40s", w->text, dot, key);
	else
		snprintf(out.text, sizeof(out.text), "%.100s%s%.32s[%ld]", w->text, dot, key,
			 index);
	return out;
}

/* A key as it may be shown: no control characters, not endless. */
static void printable(const char *text, char *ret, size_t size)
{
	size_t n = 0;

	for (; text[n] && n + 1 < size; n++)
		ret[n] = (unsigned char)text[n] < 0x20 || text[n] == 0x7f ? '?' : text[n];
	ret[n] = '\0';
}

static const struct field *field_find(const struct shape *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->fields[i].key, key) == 0)
			return &s->fields[i];
	return NULL;
}

static int unknown_key(const struct shape *s, const char *key, const struct where *w,
		       struct err *err)
{
	const char *known[KEYS_MAX];
	char shown[64];
	const char *near;
	size_t n = s->n < KEYS_MAX ? s->n : KEYS_MAX;

	for (size_t i = 0; i < n; i++)
		known[i] = s->fields[i].key;
	near = nearest(key, known, n);
	printable(key, shown, sizeof(shown));
	return err_set(err, ERR_USAGE, EINVAL, "%s%sUnknown key '%s'%s%s%s", w->text,
		       w->text[0] ? ": " : "", shown, near ? ", did you mean '" : "",
		       near ? near : "", near ? "'?" : "");
}

static int check_keys(const struct shape *s, const json_t *j, const struct where *w,
		      struct err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)j, key, value)
		if (!field_find(s, key))
			return unknown_key(s, key, w, err);
	return 0;
}

static int wrong_type(const struct where *w, const char *want, struct err *err)
{
	return err_set(err, ERR_USAGE, EINVAL, "%s: Not %s", w->text, want);
}

/* "a, b or c" */
static void list_choices(const char *const *choices, char *ret, size_t size)
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; choices[i] && used < size; i++) {
		const char *sep = !i ? "" : choices[i + 1] ? ", " : " or ";
		const char *word = choices[i][0] ? choices[i] : "empty";

		used += (size_t)snprintf(ret + used, size - used, "%s%s", sep, word);
	}
}

static int choose(const struct field *f, const char *text, const struct where *w, uint32_t *ret,
		  struct err *err)
{
	char all[200], shown[64];

	for (uint32_t i = 0; f->choices[i]; i++) {
		if (strcmp(f->choices[i], text) == 0) {
			*ret = i;
			return 0;
		}
	}
	list_choices(f->choices, all, sizeof(all));
	printable(text, shown, sizeof(shown));
	return err_set(err, ERR_USAGE, EINVAL, "%s: '%s' is not one of %s", w->text, shown, all);
}

static int check_text(const struct field *f, const char *text, size_t len, const struct where *w,
		      struct err *err)
{
	size_t most = f->max ? f->max : TEXT_MAX;
	const char *why = NULL;
	char shown[64];
	uint32_t unused;

	if (strlen(text) != len)
		return err_set(err, ERR_USAGE, EINVAL, "%s: Holds a NUL", w->text);
	if (len > most)
		return err_set(err, ERR_USAGE, EINVAL, "%s: Over %zu bytes long", w->text, most);
	if (!len && f->required)
		return err_set(err, ERR_USAGE, EINVAL, "%s: Empty", w->text);
	if (f->choices)
		return choose(f, text, w, &unused, err);
	if (f->check && len)
		why = f->check(text);
	if (!why)
		return 0;
	printable(text, shown, sizeof(shown));
	return err_set(err, ERR_USAGE, EINVAL, "%s: '%s' %s", w->text, shown, why);
}

static int read_str(const struct field *f, const json_t *v, const struct where *w, void *obj,
		    struct err *err)
{
	char **ret = at(obj, f->offset);
	int rc;

	if (v && !json_is_string(v))
		return wrong_type(w, "a string", err);
	if (v) {
		rc = check_text(f, json_string_value(v), json_string_length(v), w, err);
		if (rc < 0)
			return rc;
	}
	*ret = strdup(v ? json_string_value(v) : f->text ? f->text : "");
	return *ret ? 0 : err_sys(err, ENOMEM, "%s", w->text);
}

static int read_bool(const struct field *f, const json_t *v, const struct where *w, void *obj,
		     struct err *err)
{
	if (v && !json_is_boolean(v))
		return wrong_type(w, "true or false", err);
	*(bool *)at(obj, f->offset) = v ? json_is_true(v) : f->number != 0;
	return 0;
}

static int read_number(const struct field *f, const json_t *v, const struct where *w, uint32_t *ret,
		       struct err *err)
{
	uint32_t most = f->max ? f->max : UINT32_MAX;
	json_int_t n = json_integer_value(v);

	*ret = f->number;
	if (!v)
		return 0;
	if (!json_is_integer(v))
		return wrong_type(w, "a whole number", err);
	if (!(n == 0 && f->zero_ok) && (n < (json_int_t)f->min || n > (json_int_t)most))
		return err_set(err, ERR_USAGE, ERANGE,
			       "%s: %" JSON_INTEGER_FORMAT " is out of range %u-%u", w->text, n,
			       f->min, most);
	*ret = (uint32_t)n;
	return 0;
}

static int read_u16(const struct field *f, const json_t *v, const struct where *w, void *obj,
		    struct err *err)
{
	uint32_t n;
	int rc = read_number(f, v, w, &n, err);

	if (rc < 0)
		return rc;
	*(uint16_t *)at(obj, f->offset) = (uint16_t)n;
	return 0;
}

static int read_u32(const struct field *f, const json_t *v, const struct where *w, void *obj,
		    struct err *err)
{
	return read_number(f, v, w, at(obj, f->offset), err);
}

static int read_enum(const struct field *f, const json_t *v, const struct where *w, void *obj,
		     struct err *err)
{
	uint32_t n = f->number;
	int rc;

	if (v && !json_is_string(v))
		return wrong_type(w, "a string", err);
	if (v) {
		rc = choose(f, json_string_value(v), w, &n, err);
		if (rc < 0)
			return rc;
	}
	memcpy(at(obj, f->offset), &n, sizeof(n));
	return 0;
}

static int read_array(const struct field *f, const json_t *v, const struct where *w, void *obj,
		      struct err *err)
{
	size_t *count = at(obj, f->n_offset), n = json_array_size(v);
	char **items = at(obj, f->offset);

	if (v && !json_is_array(v))
		return wrong_type(w, "an array", err);
	if (f->max && n > f->max)
		return err_set(err, ERR_USAGE, E2BIG, "%s: %zu items, at most %u are allowed",
			       w->text, n, f->max);
	if (!n)
		return 0;
	*items = calloc(n, f->of->size);
	if (!*items)
		return err_sys(err, ENOMEM, "%s", w->text);
	*count = n;
	for (size_t i = 0; i < n; i++) {
		struct where down;
		int rc;

		snprintf(down.text, sizeof(down.text), "%.140s[%zu]", w->text, i);
		rc = shape_read(f->of, json_array_get(v, i), &down, *items + i * f->of->size, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int read_object(const struct field *f, const json_t *v, const struct where *w, void *obj,
		       struct err *err)
{
	json_t **ret = at(obj, f->offset);

	if (v && !json_is_object(v))
		return wrong_type(w, "an object", err);
	/* shared: a document that a model was read from is nobody's to change any more */
	*ret = v ? json_incref((json_t *)v) : json_object();
	return *ret ? 0 : err_sys(err, ENOMEM, "%s", w->text);
}

typedef int (*reader)(const struct field *f, const json_t *v, const struct where *w, void *obj,
		      struct err *err);
static const reader readers[] = {
	[FIELD_STR] = read_str,	      [FIELD_BOOL] = read_bool, [FIELD_U16] = read_u16,
	[FIELD_U32] = read_u32,	      [FIELD_ENUM] = read_enum, [FIELD_ARRAY] = read_array,
	[FIELD_OBJECT] = read_object,
};
static_assert(ARRAY_SIZE(readers) == N_FIELD_TYPES, "a reader for each type");

int shape_read(const struct shape *s, const json_t *j, const struct where *w, void *obj,
	       struct err *err)
{
	int rc;

	if (!json_is_object(j))
		return err_set(err, ERR_USAGE, EINVAL, "%s%sNot an object (%s)", w->text,
			       w->text[0] ? ": " : "", s->noun);
	rc = check_keys(s, j, w, err);
	for (size_t i = 0; i < s->n && rc == 0; i++) {
		const struct field *f = &s->fields[i];
		const json_t *v = json_object_get(j, f->key);
		struct where down = where_down(w, f->key, -1);

		if (!v && f->required)
			return err_set(err, ERR_USAGE, EINVAL, "%s%sThe %s has no '%s'", w->text,
				       w->text[0] ? ": " : "", s->noun, f->key);
		rc = readers[f->type](f, v, &down, obj, err);
	}
	return rc;
}

static json_t *write_array(const struct field *f, const void *obj)
{
	const char *items = *(const char *const *)at_const(obj, f->offset);
	size_t n = *(const size_t *)at_const(obj, f->n_offset);
	auto_json json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(out, shape_write(f->of, items + i * f->of->size)) < 0)
			return NULL;
	return ptr_steal(out);
}

static json_t *write_field(const struct field *f, const void *obj)
{
	const void *p = at_const(obj, f->offset);

	switch (f->type) {
	case FIELD_STR:
		return json_string(*(char *const *)p);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)p);
	case FIELD_U16:
		return json_integer(*(const uint16_t *)p);
	case FIELD_U32:
		return json_integer(*(const uint32_t *)p);
	case FIELD_ENUM:
		return json_string(f->choices[*(const uint32_t *)p]);
	case FIELD_ARRAY:
		return write_array(f, obj);
	case FIELD_OBJECT:
		return json_deep_copy(*(json_t *const *)p);
	case N_FIELD_TYPES:
		break;
	}
	return NULL;
}

json_t *shape_write(const struct shape *s, const void *obj)
{
	auto_json json_t *out = json_object();

	for (size_t i = 0; i < s->n; i++)
		if (json_object_set_new(out, s->fields[i].key, write_field(&s->fields[i], obj)) < 0)
			return NULL;
	return ptr_steal(out);
}

static void done_array(const struct field *f, void *obj)
{
	char **items = at(obj, f->offset);
	size_t *n = at(obj, f->n_offset);

	for (size_t i = 0; i < *n; i++)
		shape_done(f->of, *items + i * f->of->size);
	free(*items);
	*items = NULL;
	*n = 0;
}

void shape_done(const struct shape *s, void *obj)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->fields[i];

		if (f->type == FIELD_STR)
			free(*(char **)at(obj, f->offset));
		else if (f->type == FIELD_OBJECT)
			json_decref(*(json_t **)at(obj, f->offset));
		else if (f->type == FIELD_ARRAY)
			done_array(f, obj);
	}
}
