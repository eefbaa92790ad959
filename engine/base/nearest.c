/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nearest known word to a misspelt one. */
#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 64 }; /* longer words have no near one: nobody mistypes those by hand */

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment: insert, delete, replace, swap two neighbours. */
static unsigned distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	unsigned row[3][WORD_MAX + 1];

	for (size_t j = 0; j <= n_b; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n_a; i++) {
		unsigned *now = row[i % 3], *before = row[(i - 1) % 3];
		const unsigned *two = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= n_b; j++) {
			now[j] = min3(before[j] + 1, now[j - 1] + 1,
				      before[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two[j - 2] + 1 < now[j])
				now[j] = two[j - 2] + 1;
		}
	}
	return row[n_a % 3][n_b];
}

const char *nearest(const char *word, const char *const *known, size_t n)
{
	size_t len = strlen(word);
	const char *best = NULL;
	unsigned least = 0;

	if (len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t kl = strlen(known[i]);
		size_t longer = kl > len ? kl : len;
		unsigned d;

		if (kl > WORD_MAX)
			continue;
		d = distance(word, len, known[i], kl);
		if (d > (longer < 4 ? 1 : longer / 3) || (best && d >= least))
			continue;
		best = known[i];
		least = d;
	}
	return best;
}
