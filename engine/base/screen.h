/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user's terminal can show, and what they want of it. */
#ifndef NETDOJO_BASE_SCREEN_H
#define NETDOJO_BASE_SCREEN_H

#include <stdbool.h>

/* NETDOJO_ACCESSIBLE=1: flat text, nothing drawn again, no cursor moved. */
bool screen_accessible(void);
/* Whether escape sequences for colour are welcome on fd: a terminal that is not dumb, and no NO_COLOR. */
bool screen_color(int fd);
/*
 * How a network is best drawn on fd: "flat" where it shall be accessible; "text", with box characters, where they are one
 * column wide; "ascii" elsewhere (no UTF-8, TERM=dumb). East-Asian terminals may show a box character two columns wide: a
 * terminal is asked once, and what it said is put into the environment as NETDOJO_AMBIGUOUS=1 or 2, which may also be set by
 * hand. One that does not say gets "ascii".
 */
const char *screen_form(int fd);

/* A terminal's answer to where its cursor is, "ESC [ row ; column R": the column; 0 where s is none. Pure. */
int screen_cursor_column(const char *s);

#define SCREEN_AMBIGUOUS_ENV  "NETDOJO_AMBIGUOUS"
#define SCREEN_ACCESSIBLE_ENV "NETDOJO_ACCESSIBLE"

#endif
