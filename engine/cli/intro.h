/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the learner is told before the shell opens. */
#ifndef NETDOJO_CLI_INTRO_H
#define NETDOJO_CLI_INTRO_H

#include <jansson.h>

#include "cli/cli.h"
#include "cli/client.h"

/* up: what the boot answered. */
int introduce(const struct cli *c, struct client *lab, const json_t *up, struct err *err);

#endif
