/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The --tree option: folders of this machine shown, read-only, in a node. */
#ifndef NETDOJO_CLI_TREES_H
#define NETDOJO_CLI_TREES_H

#include "base/err.h"
#include "base/json.h"
#include "cli/cli.h"

/*
 * What the --tree options ask for, as the boot request has it: [{"node","source","target"}], both
 * paths absolute; caller owns. Refused: what is no folder, "/", and all that holds a home.
 */
int trees_parse(const struct cli *c, json_t **ret, struct err *err);

#endif
