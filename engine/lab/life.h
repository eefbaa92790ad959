/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attempt outlives its labs: leaving one so that another can go on, and asking its terminals to. */
#ifndef NETDOJO_LAB_LIFE_H
#define NETDOJO_LAB_LIFE_H

#include "lab/conn.h"

/* Host: {"why":"asked|terminal-gone|quit|reset"}: all that was seen is logged, then the pause, {} is answered, and the lab ends. */
void life_leave(struct conn *c, uint64_t id, struct msg *m);
/*
 * Host {"session":"pause|reset"} and a node's {"do":"pause|reset"}: the terminal of `play` ends, and play does the rest. A lab
 * of `up` has nobody to build it again; it pauses by itself.
 */
void life_session(struct conn *c, uint64_t id, struct msg *m);

#endif
