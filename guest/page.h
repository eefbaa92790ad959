/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on the learner's terminal. */
#ifndef NETDOJO_GUEST_PAGE_H
#define NETDOJO_GUEST_PAGE_H

/* The terminal's width, at most what reads well; 78 where the output is none. */
int page_columns(void);
/* Prints text wrapped to it on stdout, each line but the first indented; ends with a newline. */
void page_text(const char *s, int indent);
/* The same on stderr. */
void page_error(const char *s);
/* What somebody typed, made safe to print: '?' for each control character of ASCII's and of C1. */
void page_tame(char *s);

#endif
