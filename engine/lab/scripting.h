/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenario's process as init sees it: asked for models, probes and texts; asking for probes and reads of nodes. */
#ifndef NETDOJO_LAB_SCRIPTING_H
#define NETDOJO_LAB_SCRIPTING_H

#include "lab/lab.h"

/* Opens lab->script on the port's socket. */
int scripting_open(struct lab *lab, struct err *err);
/* Asks the script; body is stolen, fn runs once (peer.h). The script's own time (not what it waits for us) is limited; over it the lab fails. */
void scripting_call(struct lab *lab, json_t *body, peer_answer_fn fn, void *arg);

#endif
