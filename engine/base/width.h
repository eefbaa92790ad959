/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns of UTF-8 text on a terminal, whatever the caller's locale is. */
#ifndef NETDOJO_BASE_WIDTH_H
#define NETDOJO_BASE_WIDTH_H

#include <stddef.h>

/* Columns s takes: Japanese letters two, combining marks none, a broken byte one. */
size_t width_columns(const char *s);
/* How many bytes of s, in whole characters, fit in that many columns. */
size_t width_fit(const char *s, size_t columns);

#endif
