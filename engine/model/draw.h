/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawings of a lab, made from the model alone: no fault, no live state. */
#ifndef NETDOJO_MODEL_DRAW_H
#define NETDOJO_MODEL_DRAW_H

#include "model/model.h"

/* DRAW_FLAT is sentences, for who has a drawing read aloud. */
enum draw_format { DRAW_TEXT, DRAW_ASCII, DRAW_FLAT, DRAW_DOT, DRAW_MERMAID, N_DRAW_FORMATS };

struct draw_look {
	enum draw_format format;
	unsigned columns; /* a terminal's width; 0, or wider than reads well: 78 */
	bool color;	  /* escape sequences are welcome */
	bool ja;	  /* Japanese instead of English */
	const json_t *
		proved; /* evidence/proved.h's list: ticked, with a legend; NULL = no marks. Borrowed */
};

/*
 * DRAW_TEXT uses box characters, DRAW_ASCII none; both fit the columns. Only nodes, segments,
 * interfaces and addresses are shown, never a service's settings, a ruleset or a file. Caller
 * frees; NULL when out of memory.
 */
char *draw_look(const struct model *m, const struct draw_look *look);
/* In English, 78 columns, without colour or marks. */
char *draw_model(const struct model *m, enum draw_format f);
/* "text", "ascii", ...; and back, N_DRAW_FORMATS for no such form. */
const char *draw_format_name(enum draw_format f);
enum draw_format draw_format_from_name(const char *name);

#endif
