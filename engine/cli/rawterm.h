/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The caller's terminal in raw mode, and back whatever happens short of SIGKILL. */
#ifndef NETDOJO_CLI_RAWTERM_H
#define NETDOJO_CLI_RAWTERM_H

#include <stdbool.h>
#include <termios.h>

#include "base/err.h"

struct rawterm {
	int fd; /* -1 = untouched */
	struct termios before;
};

int rawterm_enter(struct rawterm *t, int fd, struct err *err);
/* Takes an untouched one. */
void rawterm_leave(struct rawterm *t);

/* Rows and columns of a terminal; 24x80 where it doesn't say. */
void rawterm_size(int fd, unsigned *ret_rows, unsigned *ret_cols);
/* Gives the size of one terminal to another. */
void rawterm_copy_size(int from, int to);

#endif
