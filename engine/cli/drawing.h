/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network as this user's terminal can show it. */
#ifndef NETDOJO_CLI_DRAWING_H
#define NETDOJO_CLI_DRAWING_H

#include "cli/cli.h"
#include "model/draw.h"

/* The width of text for people on c->out: the terminal's, at most 78; 78 where it is none. */
unsigned drawing_columns(const struct cli *c);
/*
 * In box characters for a file; on a terminal in what it can show, and in sentences where it shall be accessible. proved: as
 * draw_look has it, NULL for none. Caller frees; NULL when out of memory.
 */
char *drawing_of(const struct cli *c, const struct model *m, const json_t *proved);

#endif
