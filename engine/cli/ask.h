/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question on the terminal. */
#ifndef NETDOJO_CLI_ASK_H
#define NETDOJO_CLI_ASK_H

#include "cli/cli.h"

/* Asks on err, reads the answer from standard input, which is a terminal; what was typed before the question is no answer. */
bool ask_yes(const struct cli *c, const char *question);

#endif
