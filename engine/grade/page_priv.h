/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the page share. */
#ifndef NETDOJO_GRADE_PAGE_PRIV_H
#define NETDOJO_GRADE_PAGE_PRIV_H

#include <stdio.h>

#include "grade/page.h"
#include "grade/view.h"
#include "grade/words.h"

/* So many of each are in the page; the attempt's folder has all. */
enum { PAGE_COMMANDS = 500, PAGE_PACKETS = 1000 };

struct page {
	FILE *f;
	const struct page_in *in;
	const json_t *grade, *events; /* safe to be shown */
	json_t *anchors;	      /* seq of every event that has a place in the page, as keys */
	const char *lang;
};

/* Text, escaped. */
void page_put(const struct page *p, const char *text);
/* A sentence, its `code` as such. */
void page_said(const struct page *p, const char *text);
void page_word(const struct page *p, enum grade_word w);
/* What put writes, escaped. */
void page_step(const struct page *p, const json_t *step);
/* "<h2 id=ID>WORD</h2>" in a section of its own, and its end. */
void page_open(const struct page *p, const char *id, enum grade_word head);
void page_close(const struct page *p);
/* A time of the attempt, with a button to play from there where there is a recording. */
void page_time(const struct page *p, double t, const char *session);
/* "#12", as a link where the event or the command that caused it has a place in the page. */
void page_event(const struct page *p, json_int_t seq);

/* Whether the event is told in the transcript, or in the table of packets. */
bool page_is_command(const json_t *event);
bool page_is_packet(const json_t *event);

/* The sections, in the order of the page. */
void page_card(const struct page *p);
void page_ways(const struct page *p);
void page_recording(const struct page *p);
void page_transcript(const struct page *p);
void page_network(const struct page *p);
void page_packets(const struct page *p);

#endif
