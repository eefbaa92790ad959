/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small conveniences over jansson. */
#include "base/json.h"

#include <string.h>

const char *json_str(const json_t *obj, const char *key, const char *dflt)
{
	const char *s = json_string_value(json_object_get(obj, key));

	return s ? s : dflt;
}

int64_t json_int(const json_t *obj, const char *key, int64_t dflt)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_integer(v) ? json_integer_value(v) : dflt;
}

double json_num(const json_t *obj, const char *key, double dflt)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_number(v) ? json_number_value(v) : dflt;
}

bool json_flag(const json_t *obj, const char *key, bool dflt)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_boolean(v) ? json_is_true(v) : dflt;
}

int json_parse(const char *text, size_t len, json_t **ret, struct err *err)
{
	json_error_t je;
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);

	if (!j)
		return err_set(err, ERR_USAGE, EINVAL, "Not JSON at %d:%d: %s", je.line, je.column,
			       je.text);
	*ret = j;
	return 0;
}

/* Length of the UTF-8 sequence its first byte promises; 0 where no sequence begins so. */
static size_t sequence_length(unsigned char c)
{
	return !c	  ? 0
	       : c < 0x80 ? 1
	       : c < 0xc2 ? 0
	       : c < 0xe0 ? 2
	       : c < 0xf0 ? 3
	       : c < 0xf5 ? 4
			  : 0;
}

/* Length of the sequence at s, 0 where there is none that text may have: cut, overlong, a surrogate, a NUL. */
static size_t sequence(const unsigned char *s, size_t len)
{
	size_t n = sequence_length(s[0]);

	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

json_t *json_textn(const char *bytes, size_t len)
{
	static const char replacement[] = "\xef\xbf\xbd";
	auto_free char *text = malloc(len * 3 + 1);
	size_t at = 0, n = 0;

	while (text && at < len) {
		size_t step = sequence((const unsigned char *)bytes + at, len - at);

		memcpy(text + n, step ? bytes + at : replacement, step ? step : 3);
		n += step ? step : 3;
		at += step ? step : 1;
	}
	return text ? json_stringn(text, n) : NULL;
}

json_t *json_text(const char *bytes)
{
	return json_textn(bytes, strlen(bytes));
}

json_t *err_to_json(const struct err *err)
{
	return json_pack("{s:o, s:o, s:i, s:i}", "message", json_text(err->msg), "mend",
			 json_text(err->mend), "code", err->code, "kind", (int)err->kind);
}

int err_from_json(struct err *err, const json_t *obj)
{
	int kind = (int)json_int(obj, "kind", ERR_MACHINE);
	int rc;

	if (kind < ERR_SHORT || kind > ERR_MACHINE)
		kind = ERR_MACHINE;
	rc = err_set(err, (enum err_kind)kind, (int)json_int(obj, "code", EIO), "%s",
		     json_str(obj, "message", "Unknown failure"));
	if (json_str(obj, "mend", "")[0])
		err_mend(err, "%s", json_str(obj, "mend", ""));
	return rc;
}
