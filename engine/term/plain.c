/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terminal output as plain text. */
#include "term/plain.h"

#include <stdint.h>
#include <string.h>

enum {
	S_TEXT,
	S_ESC,	   /* after ESC */
	S_ESC_MID, /* ESC and an intermediate byte: one final byte follows */
	S_CSI,
	S_STRING,     /* OSC, DCS, SOS, PM, APC: until BEL or ST */
	S_STRING_ESC, /* ESC inside one */
};

void plain_reset(struct plain *p)
{
	p->len = 0;
	p->truncated = false;
	p->state = S_TEXT;
}

static void put(struct plain *p, char c)
{
	if (p->len < PLAIN_MAX)
		p->text[p->len++] = c;
	else
		p->truncated = true;
}

static void take_back(struct plain *p)
{
	while (p->len && ((uint8_t)p->text[p->len - 1] & 0xc0) == 0x80)
		p->len--;
	if (p->len && p->text[p->len - 1] != '\n')
		p->len--;
}

static int after_esc(char c)
{
	if (c == '[')
		return S_CSI;
	if (strchr("]PX^_", c) && c)
		return S_STRING;
	return c >= 0x20 && c <= 0x2f ? S_ESC_MID : S_TEXT;
}

static void text_byte(struct plain *p, char c)
{
	uint8_t u = (uint8_t)c;

	if (c == '\033')
		p->state = S_ESC;
	else if (c == '\b')
		take_back(p);
	else if (c == '\n' || c == '\t' || (u >= 0x20 && u != 0x7f))
		put(p, c);
}

void plain_add(struct plain *p, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = data[i];

		switch (p->state) {
		case S_TEXT:
			text_byte(p, c);
			break;
		case S_ESC:
			p->state = after_esc(c);
			break;
		case S_ESC_MID:
			p->state = S_TEXT;
			break;
		case S_CSI:
			/* A final byte, or a control that no sequence may hold. */
			if ((c >= 0x40 && c <= 0x7e) || c == '\n')
				p->state = S_TEXT;
			break;
		case S_STRING:
			if (c == '\a')
				p->state = S_TEXT;
			else if (c == '\033')
				p->state = S_STRING_ESC;
			break;
		case S_STRING_ESC:
			p->state = c == '\\' ? S_TEXT : S_STRING;
			break;
		}
	}
}

/* Bytes of the character that lead begins; 0 for a byte that begins none. */
static size_t char_len(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

size_t utf8_whole(const char *data, size_t len)
{
	size_t back = 0;

	while (back < 3 && back < len) {
		uint8_t u = (uint8_t)data[len - 1 - back];

		back++;
		if ((u & 0xc0) == 0x80)
			continue;
		return char_len(u) > back ? len - back : len;
	}
	return len;
}

size_t utf8_char(const char *s, size_t len)
{
	const uint8_t *u = (const uint8_t *)s;
	size_t n = len ? char_len(u[0]) : 0;

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what lies over U+10FFFF. */
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
	    (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	return n;
}

const char *plain_text(struct plain *p)
{
	p->len = utf8_whole(p->text, p->len);
	for (size_t i = 0; i < p->len;) {
		size_t n = utf8_char(p->text + i, p->len - i);

		if (!n)
			p->text[i] = '?';
		i += n ? n : 1;
	}
	p->text[p->len] = '\0';
	return p->text;
}
