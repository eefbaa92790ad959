/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes on while a command of ours runs in a node: terminal bytes both ways, signals to it, and
 * its end. */
#ifndef NETDOJO_CLI_RELAY_H
#define NETDOJO_CLI_RELAY_H

#include <signal.h>

#include "cli/client.h"
#include "cli/streams.h"

struct relay {
	struct client *client;	/* borrowed */
	int64_t exec;		/* the lab's number for the command */
	int pty;		/* owned: master of its terminal; -1 = it has streams */
	int signals;		/* owned: signalfd */
	sigset_t before;	/* signals blocked before */
	struct streams streams; /* what is carried without a terminal */
};

/* Before the command is asked for: from here on no signal meant for it is lost, or ends us instead.
 */
void relay_open(struct relay *r, struct client *client);
/* Lets signals through again: one that found no command is ours. */
void relay_close(struct relay *r);

/*
 * Waits until the lab says something. A signal meanwhile gives it some time more: then -EINTR, and
 * the signal, still pending, is ours when the relay is closed.
 */
int relay_await(const struct relay *r, struct err *err);

/*
 * Runs until the command has ended; *ret_status is as waitpid gives it. A second SIGINT or SIGTERM
 * is not passed on: it ends us by -EINTR, and the command with our connection.
 */
int relay_run(struct relay *r, int *ret_status, struct err *err);

#endif
