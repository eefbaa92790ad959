/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of unknown origin as JSON strings. */
#include "netns/watch/text.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

json_t *text_json(const char *bytes, size_t len)
{
	json_t *j = json_stringn(bytes, len);
	auto_free char *copy = NULL;
	size_t n = 0;

	if (j)
		return j;
	copy = malloc(len * 3 + 1);
	if (!copy)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)bytes[i] < 0x80) {
			copy[n++] = bytes[i];
			continue;
		}
		memcpy(copy + n, REPLACEMENT, 3);
		n += 3;
	}
	return json_stringn(copy, n);
}
