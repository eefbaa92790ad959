/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between this program's terminal and that of a command the lab runs for it elsewhere. */
#ifndef NETDOJO_GUEST_RELAY_H
#define NETDOJO_GUEST_RELAY_H

#include <signal.h>
#include <stdbool.h>

#include "base/json.h"

struct relay {
	int sock;
	json_int_t exec;
	int master;   /* -1: no terminal, only wait and pass signals on */
	int terminal; /* where the output goes */
	bool reads;   /* keys come from descriptor 0 */
	bool raw;
};

/* Blocks the signals the relay passes on, before anything is asked; ret_before (may be NULL) is the mask to set back. */
void relay_prepare(sigset_t *ret, sigset_t *ret_before);
/* Relays until the command ends. Returns the exit status to give. */
int relay_run(struct relay *r, const sigset_t *signals);

#endif
