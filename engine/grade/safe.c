/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a learner or a program in the lab wrote, made fit to be shown to somebody else. */
#include "grade/safe.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Characters that are not shown but do something, and those that are none. */
static const struct {
	uint32_t first, last;
} unfit[] = {
	{0x00, 0x08},	  {0x0b, 0x1f},	    {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200b, 0x200f},
	{0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff},
};

static bool fit(uint32_t ch)
{
	for (size_t i = 0; i < ARRAY_SIZE(unfit); i++)
		if (ch >= unfit[i].first && ch <= unfit[i].last)
			return false;
	return true;
}

/* Jansson's strings are valid UTF-8. Returns the character's bytes. */
static size_t decode(const unsigned char *p, uint32_t *ret)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t ch = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		ch = ch << 6 | (p[i] & 0x3f);
	*ret = ch;
	return len;
}

static json_t *safe_text(const char *s, size_t n)
{
	auto_free char *out = malloc(n * 3 + 1);
	size_t at = 0;

	for (size_t i = 0; out && i < n;) {
		uint32_t ch;
		size_t len = decode((const unsigned char *)s + i, &ch);
		bool ok = fit(ch);

		memcpy(out + at, ok ? s + i : "\xef\xbf\xbd", ok ? len : 3);
		at += ok ? len : 3;
		i += len;
	}
	return out ? json_stringn(out, at) : NULL;
}

static json_t *safe_object(const json_t *doc)
{
	json_t *out = json_object(), *v;
	const char *key;

	json_object_foreach ((json_t *)doc, key, v)
		json_object_set_new(out, key, safe_copy(v));
	return out;
}

static json_t *safe_array(const json_t *doc)
{
	json_t *out = json_array(), *v;
	size_t i;

	json_array_foreach (doc, i, v)
		json_array_append_new(out, safe_copy(v));
	return out;
}

json_t *safe_copy(const json_t *doc)
{
	if (json_is_string(doc))
		return safe_text(json_string_value(doc), json_string_length(doc));
	if (json_is_object(doc))
		return safe_object(doc);
	if (json_is_array(doc))
		return safe_array(doc);
	return json_incref((json_t *)doc);
}
