/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawings of a lab, made from the model alone: no fault, no live state. */
#ifndef NETDOJO_MODEL_DRAW_H
#define NETDOJO_MODEL_DRAW_H

#include "model/model.h"

enum draw_format { DRAW_TEXT, DRAW_ASCII, DRAW_DOT, DRAW_MERMAID, N_DRAW_FORMATS };

/*
 * DRAW_TEXT uses box characters, DRAW_ASCII none; both fit 78 columns. Only nodes, segments,
 * interfaces and addresses are shown, never a service's settings, a ruleset or a file. Caller
 * frees; NULL when out of memory.
 */
char *draw_model(const struct model *m, enum draw_format f);

#endif
