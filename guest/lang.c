/* SPDX-License-Identifier: GPL-2.0-or-later */
/* English or Japanese. */
#include "guest/lang.h"

#include <stdlib.h>
#include <string.h>

bool lang_is_ja(void)
{
	/* LANGUAGE first: `play --lang ja` sets it, where a whole Japanese locale may not be
	 * installed. */
	static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value && value[0])
			return !strncmp(value, "ja", 2);
	}
	return false;
}

const char *lang_text(const char *en, const char *ja)
{
	return lang_is_ja() ? ja : en;
}

const char *lang_pick(const json_t *text)
{
	const char *s = json_string_value(text);

	if (s)
		return s;
	s = json_str(text, lang_is_ja() ? "ja" : "en", NULL);
	return s ? s : json_str(text, "en", "");
}
