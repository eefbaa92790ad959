/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A person's terminal and a PTY, joined until one of them ends. */
#ifndef NETDOJO_TERM_RELAY_H
#define NETDOJO_TERM_RELAY_H

#include "term/session.h"

/* Relays stdin and stdout with pty (borrowed) for a session. */
int relay_run(struct session *s, int pty, enum session_end *ret_end, int *ret_status,
	      struct err *err);

#endif
