/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running the terminal host as a child, and having the terminal back whatever became of it. */
#ifndef NETDOJO_CLI_HOSTING_H
#define NETDOJO_CLI_HOSTING_H

#include <stddef.h>

#include "base/err.h"
#include "cli/client.h"

/* The name of the node a learner sits at, by its role. */
int hosting_learners_node(struct client *lab, char *buf, size_t size, struct err *err);

/*
 * Runs netdojo-term with argv (argv[0] its name) and waits for it. fd (borrowed) stays open in it.
 * It dies with us. Returns its exit status as the shell has it (128+n for a signal), or a negative
 * errno. A terminal it left raw, killed, is restored.
 */
int hosting_run(char *const *argv, int fd, struct err *err);

#endif
