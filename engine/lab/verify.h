/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's fixed points: the fault put in, shown to be there, and what stands at the end. */
#ifndef NETDOJO_LAB_VERIFY_H
#define NETDOJO_LAB_VERIFY_H

#include "lab/conn.h"

void verify_probe(struct conn *c, uint64_t id, struct msg *m);
void verify_fault(struct conn *c, uint64_t id, struct msg *m);
void verify_verify(struct conn *c, uint64_t id, struct msg *m);
void verify_finish(struct conn *c, uint64_t id, struct msg *m);
/* What is said to whoever wants a grade of a lab that records nothing. Returns the negative errno. */
int verify_unrecorded(const struct lab *lab, struct err *err);
/* Verifies for nobody, right after ready, and logs the outcome only; execs wait for it (hold.h). */
void verify_alone(struct lab *lab);

/*
 * A diagnosis was said: is what it is about still there? The symptoms are probed once a lab, as long as nobody changed anything, and
 * the outcome is logged; then fn runs, at once where nothing is to be probed. Labs of `check` are not watched: nobody sits there.
 */
void verify_watch(struct lab *lab, void (*fn)(void *arg), void *arg);

#endif
