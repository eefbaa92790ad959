/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo --complete KIND [--lab NAME]: names for the completion files, one a line; silent when
 * there are none. */
#ifndef NETDOJO_CLI_COMPLETE_H
#define NETDOJO_CLI_COMPLETE_H

#include "cli/cli.h"

int complete_run(struct cli *c, int argc, char **argv);

#endif
