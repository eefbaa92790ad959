/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the terminal's score card share. */
#ifndef NETDOJO_GRADE_CARD_PRIV_H
#define NETDOJO_GRADE_CARD_PRIV_H

#include <stdio.h>

#include "grade/report.h"
#include "grade/words.h"

struct card {
	FILE *f;
	const json_t *grade, *events; /* safe to be shown */
	const struct report_style *style;
};

#define GOOD   "\033[32m"
#define BAD    "\033[31m"
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define NORMAL "\033[0m"

static inline const char *card_word(const struct card *c, enum grade_word w)
{
	return grade_word(w, c->style->lang);
}

static inline const char *card_sgr(const struct card *c, const char *seq)
{
	return c->style->colour ? seq : "";
}

/* The two ways beside each other, layer by layer; nothing where the grade has none. */
void card_ways(const struct card *c);
/* The whole card as flat text: one statement a line, no columns, no signs. */
void card_flat(const struct card *c);

#endif
