/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SELECT grammar. */
#include "cli/select.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/nearest.h"
#include "grade/diagnosis.h"

static const struct key {
	const char *name;
	enum select_kind kind;
} keys[] = {{"layer", SELECT_LAYER}, {"mode", SELECT_MODE}, {"tag", SELECT_TAG}};

static int unknown_key(const char *word, size_t len, struct err *err)
{
	const char *names[ARRAY_SIZE(keys)];
	auto_free char *key = strndup(word, len);
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		names[i] = keys[i].name;
	near = key ? nearest(key, names, ARRAY_SIZE(names)) : NULL;
	err_set(err, ERR_USAGE, EINVAL, "Unknown selection '%s'", word);
	if (near)
		return err_mend(err, "Did you mean '%s%s'?", near, word + len);
	return err_mend(err, "Use an id, a pattern of ids, layer:L3, mode:nat or tag:dns");
}

/* "layer:4/5" has a slash too, so a key comes first. */
static const struct key *key_of(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (word[len] && strlen(keys[i].name) == len &&
		    strncmp(word, keys[i].name, len) == 0)
			return &keys[i];
	return NULL;
}

bool select_is_path(const char *word)
{
	size_t n = strlen(word);

	return strchr(word, '/') || (n > 4 && strcmp(word + n - 4, ".lua") == 0);
}

int select_parse(const char *word, struct select_word *ret, struct err *err)
{
	size_t len = strcspn(word, ":");
	const struct key *key = key_of(word, len);

	if (!*word)
		return err_set(err, ERR_USAGE, EINVAL, "An empty selection");
	if (!key && word[len] && !select_is_path(word))
		return unknown_key(word, len, err);
	if (key && key->kind == SELECT_LAYER && !layer_normal(word + len + 1)) {
		err_set(err, ERR_USAGE, EINVAL, "Unknown layer '%s'", word + len + 1);
		return err_mend(err, "Layers: L1, L2, L2.5, L3, L4, L5, 4/5, other");
	}
	if (key)
		*ret = (struct select_word){key->kind, word + len + 1};
	else
		*ret = (struct select_word){select_is_path(word) ? SELECT_PATH : SELECT_ID, word};
	return 0;
}

bool select_by_id(const struct select_word *w)
{
	return w->kind == SELECT_ID || w->kind == SELECT_PATH;
}

static bool has_tag(const json_t *meta, const char *tag)
{
	json_t *v;
	size_t i;

	json_array_foreach (json_object_get(meta, "tags"), i, v)
		if (json_is_string(v) && strcmp(json_string_value(v), tag) == 0)
			return true;
	return false;
}

static bool same_file(const char *word, const char *path)
{
	auto_free char *real = realpath(word, NULL);

	return real && strcmp(real, path) == 0;
}

bool select_matches(const struct select_word *w, const char *id, const char *path,
		    const json_t *meta)
{
	switch (w->kind) {
	case SELECT_ID:
		return fnmatch(w->value, id, 0) == 0;
	case SELECT_PATH:
		return same_file(w->value, path);
	case SELECT_LAYER:
		return layer_names(w->value, json_str(meta, "layer", ""));
	case SELECT_MODE:
		return strcmp(w->value, json_str(meta, "mode", "")) == 0;
	case SELECT_TAG:
		return has_tag(meta, w->value);
	case N_SELECT_KINDS:
		break;
	}
	return false;
}
