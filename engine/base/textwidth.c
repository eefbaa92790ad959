/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns of UTF-8 text. */
#include "base/textwidth.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

struct range {
	uint32_t first, last;
};

/* East Asian wide and fullwidth, as UAX 11 groups them; whole blocks, since only texts of ours and
 * names are shown. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},	{0x3041, 0x33ff}, {0x3400, 0x4dbf},
	{0x4e00, 0x9fff},   {0xa000, 0xa4cf},	{0xac00, 0xd7a3}, {0xf900, 0xfaff},
	{0xfe30, 0xfe6f},   {0xff00, 0xff60},	{0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
	{0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
static const struct range zero[] = {{0x300, 0x36f}, {0x200b, 0x200f}, {0xfe00, 0xfe0f}};

static bool among(const struct range *r, size_t n, uint32_t ch)
{
	for (size_t i = 0; i < n; i++)
		if (ch >= r[i].first && ch <= r[i].last)
			return true;
	return false;
}

/* Decodes one character; a broken byte counts as one column of its own. Returns its length in
 * bytes. */
static size_t decode(const char *s, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 1;
	uint32_t ch = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*ret = p[0];
			return 1;
		}
		ch = ch << 6 | (p[i] & 0x3f);
	}
	*ret = ch;
	return len;
}

static int columns_of(uint32_t ch)
{
	if (among(zero, ARRAY_SIZE(zero), ch))
		return 0;
	return among(wide, ARRAY_SIZE(wide), ch) ? 2 : 1;
}

int text_width(const char *s)
{
	int n = 0;
	uint32_t ch;

	while (*s) {
		s += decode(s, &ch);
		n += columns_of(ch);
	}
	return n;
}

void text_pad(FILE *f, const char *s, int columns)
{
	fputs(s, f);
	for (int n = text_width(s); n < columns; n++)
		fputc(' ', f);
}

/* Characters no line may begin with. */
static bool stays_behind(uint32_t ch)
{
	static const uint32_t closing[] = {0x3001, 0x3002, 0x300d, 0x300f, 0xff09,
					   0xff0c, 0xff0e, 0xff1f, 0xff01, 0x30fc};

	for (size_t i = 0; i < ARRAY_SIZE(closing); i++)
		if (closing[i] == ch)
			return true;
	return false;
}

/* Characters no line may end with. */
static bool stays_ahead(uint32_t ch)
{
	return ch == 0x300c || ch == 0x300e || ch == 0xff08;
}

/*
 * The next piece that must stay on one line: a run of narrow characters up to a blank, or one wide
 * character with the closing marks after it or the opening one before it. Returns its bytes;
 * *ret_width its columns.
 */
static size_t piece(const char *s, int *ret_width)
{
	size_t n = 0;
	bool was_wide = false, opened = false;

	*ret_width = 0;
	while (s[n] && s[n] != ' ' && s[n] != '\n') {
		uint32_t ch;
		size_t len = decode(s + n, &ch);
		bool is_wide = columns_of(ch) == 2;

		if (n && (is_wide || was_wide) && !stays_behind(ch) && !opened)
			break;
		was_wide = is_wide;
		opened = stays_ahead(ch);
		*ret_width += columns_of(ch);
		n += len;
	}
	return n;
}

static int new_line(FILE *f, int indent)
{
	fputc('\n', f);
	return indent;
}

/* Prints one source line wrapped; the cursor is at `at`. */
static const char *wrap_line(FILE *f, const char *s, int at, int indent, int columns)
{
	bool fresh = true; /* the cursor is at a line's start, its indent not yet written */
	int lead = at;

	while (*s && *s != '\n') {
		size_t blanks = strspn(s, " "), n;
		int w;

		s += blanks;
		n = piece(s, &w);
		if (!n)
			break;
		if (!fresh && at + (blanks ? 1 : 0) + w > columns) {
			at = lead = new_line(f, indent);
			fprintf(f, "%*s", lead, "");
			blanks = 0;
		} else if (!fresh && blanks) {
			fputc(' ', f);
			at++;
		}
		fwrite(s, 1, n, f);
		at += w;
		s += n;
		fresh = false;
	}
	return s;
}

void text_wrap(FILE *f, const char *s, int indent, int columns)
{
	int at = indent;

	while (*s) {
		size_t keep = strspn(s, " ");

		if (keep >= 2) {
			size_t n = strcspn(s, "\n"); /* laid out by hand: kept */

			fwrite(s, 1, n, f);
			s += n;
		} else {
			s = wrap_line(f, s, at, indent, columns);
		}
		fputc('\n', f);
		if (*s == '\n')
			s++;
		if (*s && *s != '\n')
			fprintf(f, "%*s", indent, "");
	}
}

void text_question(FILE *f, const char *question, const char *keys, int columns)
{
	/* a blank on either side of the keys, and the answer */
	if (text_width(question) + text_width(keys) + 3 <= columns)
		fprintf(f, "%s ", question);
	else
		text_wrap(f, question, 0, columns);
	fprintf(f, "%s ", keys);
}
