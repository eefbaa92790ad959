/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on a terminal: columns, not bytes, since Japanese characters are two columns wide. UTF-8,
 * whatever the locale. */
#ifndef NETDOJO_BASE_TEXTWIDTH_H
#define NETDOJO_BASE_TEXTWIDTH_H

#include <stdio.h>

/* Columns the text takes. */
int text_width(const char *s);
/* Prints the text and then spaces up to `columns`. */
void text_pad(FILE *f, const char *s, int columns);
/*
 * Prints paragraphs (parted by blank lines, kept line starts of two or more spaces) wrapped at
 * `columns`, each line after the first indented by `indent` spaces; the first is assumed to start
 * there. Ends with a newline.
 */
void text_wrap(FILE *f, const char *s, int indent, int columns);
/* Prints a question and the keys that answer it, "[y/N]", which stand together: on a line of their own where they don't fit. */
void text_question(FILE *f, const char *question, const char *keys, int columns);

#endif
