/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a scenario's probes, logs their outcomes, and marks what the recorders see meanwhile as the lab's own. */
#ifndef NETDOJO_LAB_PROBING_H
#define NETDOJO_LAB_PROBING_H

#include "lab/lab.h"

/* probes (borrowed): [{"name","title","set","ok","ms","detail"}]; NULL with err. */
typedef void (*probing_fn)(void *arg, const json_t *probes, const struct err *err);

/* set: "symptoms", "controls", "fixed", "all", or several with commas. */
void probing_run(struct lab *lab, const char *set, probing_fn fn, void *arg);
/* True when every probe of the set in the outcome has ok == want; false too when there is none. */
bool probing_all(const json_t *probes, const char *set, bool want);

#endif
