/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The marks that tell a terminal host where a command begins and ends, as its shells' hooks write them (engine/term/osc.h). */
#ifndef NETDOJO_WINDOWS_MARKS_H
#define NETDOJO_WINDOWS_MARKS_H

#include <stdbool.h>

enum { TITLE_MAX = 96, MARK_MAX = 160 + TITLE_MAX };

/* The variable of the environment that brings the nonce; no program started from here sees it. */
#define MARKS_ENV "TERM_MARKS"

/* That which brings the node and when the attempt began, for the title. */
#define SEAT_ENV "NETDOJO_SEAT"

/* Takes the nonce out of the environment. */
void marks_begin(void);
/* Whether anybody reads marks. */
bool marks_wanted(void);
/* What stands before and after a prompt; empty without a reader, and for the prompt of an unfinished line (more). */
void marks_prompt(bool more, char ret_before[MARK_MAX], char ret_after[MARK_MAX]);
/* A whole command was entered and runs now. */
void marks_entered(const char *text);
/* It ended, and the prompt stands in that folder. */
void marks_left(int status, const char *folder);

#endif
