/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The person's own terminal: raw while a session runs, as it was on every way out. */
#ifndef NETDOJO_TERM_TTY_H
#define NETDOJO_TERM_TTY_H

#include <stdbool.h>

#include "base/err.h"

/* Makes the terminal raw, if fd is one; true when it did. A crash of this program restores it
 * (SIGKILL: `reset`). */
bool tty_raw(int fd);
/* As it was before tty_raw; harmless when nothing is to be restored, and in a signal handler. */
void tty_restore(void);
/* Rows and columns of the first of stdout, stdin, stderr that is a terminal; 24x80 without. */
void tty_size(unsigned *ret_rows, unsigned *ret_cols);

#endif
