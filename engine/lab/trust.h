/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's certificate authority: made when the first program runs in a node. */
#ifndef NETDOJO_LAB_TRUST_H
#define NETDOJO_LAB_TRUST_H

#include "lab/lab.h"

/*
 * Runs fn(arg) once, when every node trusts the authority: at once when that is so already. err is set where it can't be,
 * or the lab ended first.
 */
typedef void (*trust_fn)(void *arg, const struct err *err);
void trust_when(struct lab *lab, trust_fn fn, void *arg);
void trust_done(struct lab *lab);

#endif
