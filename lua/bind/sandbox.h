/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives up everything a scenario has no business with, for good. */
#ifndef NETDOJO_BIND_SANDBOX_H
#define NETDOJO_BIND_SANDBOX_H

#include "base/err.h"

enum { SANDBOX_PEER = 3 }; /* the message socket */

/*
 * Should be called once, before any byte of a scenario is read. Closes every descriptor but 2 and
 * SANDBOX_PEER, sets the resource limits, no_new_privs and non-dumpable, and loads the system-call
 * filter. Mustn't open anything afterwards: nothing can.
 */
int sandbox_enter(struct err *err);

#endif
