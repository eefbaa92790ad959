/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The score card as one page, and as Markdown. */
#ifndef NETDOJO_GRADE_PAGE_H
#define NETDOJO_GRADE_PAGE_H

#include <stddef.h>

#include "base/json.h"

/* One terminal's recording. */
struct page_cast {
	const char *name;    /* the file's */
	const char *session; /* "main" */
	double from;	     /* when it began, in the attempt's time */
	const json_t *lines; /* the header, then the events */
	const char *plain; /* the same as text, shown where no command was recorded; may be NULL */
	bool cut;	   /* there is more of it than lines has */
};

/* All is borrowed; texts may hold anything a learner or a program wrote. */
struct page_in {
	const json_t *grade, *events; /* as report_card's */
	const char *lang;
	const char *drawing; /* the healthy network as text; NULL for none */
	const char *spoken;  /* the same in sentences; NULL for none */
	const struct page_cast *casts;
	size_t n_casts;
};

/*
 * One page of HTML that holds all it needs and asks no host for anything: the card, the ways, the recordings with the
 * player, timeline, transcript, packets, drawing. Malloc'ed; NULL when out of memory.
 */
char *report_html(const struct page_in *in);

/* The card to be pasted into an issue or a course's page; events: joined. Malloc'ed; NULL when out of memory. */
char *report_markdown(const json_t *grade, const json_t *events, const char *lang);

#endif
