/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo --dump man|bash|zsh|fish: the files that are made from the option tables. */
#ifndef NETDOJO_CLI_DUMP_H
#define NETDOJO_CLI_DUMP_H

#include "cli/cli.h"

int dump_run(struct cli *c, int argc, char **argv);

void dump_man(FILE *f);
void dump_bash(FILE *f);
void dump_zsh(FILE *f);
void dump_fish(FILE *f);

/* The word of --complete for a kind: "scenario", "lab", ...; NULL for those the shell completes
 * itself. */
const char *complete_name(enum complete_kind k);

#endif
