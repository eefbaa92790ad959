/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Windows program may ask of init, on its node's socket. */
#ifndef NETDOJO_LAB_WINDOWS_VERBS_H
#define NETDOJO_LAB_WINDOWS_VERBS_H

#include "lab/conn.h"

/* Bounds of what such a program may have done for it: an agent has places for so many jobs. */
enum { WINDOWS_PROBES = 32, WINDOWS_PROBE_SECONDS = 120 };

/* {"windows","node","wsl","relays"} */
void windows_verb_model(struct conn *c, uint64_t id, struct msg *m);
void windows_verb_read(struct conn *c, uint64_t id, struct msg *m);
void windows_verb_probe(struct conn *c, uint64_t id, struct msg *m);
void windows_verb_change(struct conn *c, uint64_t id, struct msg *m);

#endif
