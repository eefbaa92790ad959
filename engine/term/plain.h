/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terminal output as plain text: escape sequences removed, valid UTF-8, at most so many bytes. */
#ifndef NETDOJO_TERM_PLAIN_H
#define NETDOJO_TERM_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

enum { PLAIN_MAX = 16 * 1024 };

/* Collects text as output comes. Zero-initialise. */
struct plain {
	char text[PLAIN_MAX + 1]; /* not ended until plain_text */
	size_t len;
	bool truncated;
	int state; /* of the escape-sequence filter */
};

void plain_reset(struct plain *p);
/* CRLF becomes LF, a backspace takes the character before it, other controls vanish. */
void plain_add(struct plain *p, const char *data, size_t len);
/* Ends the text: an incomplete last character is dropped, what is no UTF-8 becomes '?'. Borrowed.
 */
const char *plain_text(struct plain *p);

/* The number of bytes of the longest prefix that ends on a character boundary. */
size_t utf8_whole(const char *data, size_t len);
/* Bytes (1-4) of the valid character that s begins with, 0 when it begins with none. */
size_t utf8_char(const char *s, size_t len);

#endif
