/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal's description that only the caller has, made fit to travel into a node. */
#ifndef NETDOJO_TERM_TERMINFO_H
#define NETDOJO_TERM_TERMINFO_H

/*
 * What a node needs as TERMINFO to know this terminal: NULL when its /usr has the description, or
 * nobody has; else "b64:..." of the compiled entry, which ncurses reads as it is. Caller frees.
 */
char *terminfo_env(const char *term);

#endif
