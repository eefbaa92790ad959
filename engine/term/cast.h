/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asciicast v2 recordings: transcript.cast opens in asciinema. */
#ifndef NETDOJO_TERM_CAST_H
#define NETDOJO_TERM_CAST_H

#include <stdio.h>
#include <time.h>

#include "base/err.h"

/* A recording being written. Zero-initialise; cast_done closes. All functions accept one that was
 * never begun. */
struct cast {
	FILE *file;	      /* owned */
	struct timespec zero; /* monotonic */
	char tail[4];	      /* the beginning of a character whose rest has not come yet */
	size_t n_tail;
};

/* file is stolen. Writes the header line. */
int cast_begin(struct cast *c, FILE *file, unsigned cols, unsigned rows, const char *title,
	       const char *term, struct err *err);
/* Output at `now`; a character split over two calls is written whole, a byte that is no UTF-8 as
 * U+FFFD. */
void cast_output(struct cast *c, const struct timespec *now, const char *data, size_t len);
void cast_resize(struct cast *c, const struct timespec *now, unsigned cols, unsigned rows);
void cast_done(struct cast *c);

#endif
