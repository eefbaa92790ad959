/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The learner at another machine: a shell or a command on the phone, or on a host of the internet. */
#ifndef NETDOJO_LAB_VISIT_H
#define NETDOJO_LAB_VISIT_H

#include "lab/conn.h"
#include "model/model.h"

/*
 * {"node","argv","env",..} as `sudo` has it, of a node somebody could sit at, as an ordinary user of it; no argv: a shell. Told to
 * the log as the learner's doing there, by the session's marks.
 */
void visit_run(struct conn *c, uint64_t id, struct msg *m);
/* A machine the learner may sit at, and has no password of root's for. */
bool visit_is_place(enum node_role role);

#endif
