/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes on while a command of ours runs in a node: terminal bytes both ways, signals to it, and its end. */
#ifndef NETDOJO_CLI_RELAY_H
#define NETDOJO_CLI_RELAY_H

#include "cli/client.h"

struct relay {
	struct client *client; /* borrowed */
	int64_t exec;	       /* the lab's number for the command */
	int pty;	       /* borrowed: master of its terminal; -1 = it has our own descriptors */
};

/* Runs until the command has ended; *ret_status is as waitpid gives it. */
int relay_run(struct relay *r, int *ret_status, struct err *err);

#endif
