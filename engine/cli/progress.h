/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One moving line on the terminal; nothing at all elsewhere. */
#ifndef NETDOJO_CLI_PROGRESS_H
#define NETDOJO_CLI_PROGRESS_H

#include "cli/cli.h"

/* Shows "what: phase done/of", over the line before. A client_progress with arg = struct cli. */
void progress_show(void *arg, const char *phase, int done, int of);
/* Wipes the line. */
void progress_clear(const struct cli *c);

#endif
