/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nearest known word to a misspelt one, for "did you mean". */
#ifndef NETDOJO_BASE_NEAREST_H
#define NETDOJO_BASE_NEAREST_H

#include <stddef.h>

/*
 * The word of known[] that fewest single-byte edits or swaps of neighbours turn into word; NULL
 * when none is near (at most a third of the longer word's letters, and at least one allowed).
 * Borrowed.
 */
const char *nearest(const char *word, const char *const *known, size_t n);

#endif
