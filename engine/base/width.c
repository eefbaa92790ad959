/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns of UTF-8 text: the C library's own table, asked in the C.UTF-8 locale that glibc always
 * has since 2.35. */
#define _GNU_SOURCE
#include "base/width.h"

#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

/* Bytes of the character at s, and its columns. */
static size_t next_char(const char *s, size_t *ret_columns)
{
	mbstate_t state = {0};
	wchar_t ch;
	size_t len = mbrtowc(&ch, s, strlen(s), &state);
	int columns;

	*ret_columns = 1;
	if (len == 0 || len > 4)
		return 1;
	columns = wcwidth(ch);
	if (columns >= 0)
		*ret_columns = (size_t)columns;
	return len;
}

/* Walks s until it ends or the next character would not fit. */
static size_t walk(const char *s, size_t most, size_t *ret_columns)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = uselocale(utf8);
	size_t at = 0, used = 0, columns;

	while (s[at]) {
		size_t len = next_char(s + at, &columns);

		if (columns > most - used)
			break;
		used += columns;
		at += len;
	}
	uselocale(before);
	if (utf8)
		freelocale(utf8);
	*ret_columns = used;
	return at;
}

size_t width_columns(const char *s)
{
	size_t columns;

	walk(s, SIZE_MAX, &columns);
	return columns;
}

size_t width_fit(const char *s, size_t columns)
{
	size_t used;

	return walk(s, columns, &used);
}
