/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WSL's own life: it may be stopped while the lab runs, and starts when somebody wants something of it. */
#ifndef NETDOJO_LAB_WSL_LIFE_H
#define NETDOJO_LAB_WSL_LIFE_H

#include "lab/lab.h"

/* The name of the node that is WSL, running or not; NULL where the lab has none. Borrowed. */
const char *wsl_name(const struct lab *lab);
/* Whether a node of that name is WSL, and does not run. */
bool wsl_is_stopped(const struct lab *lab, const char *name);
/* What to say to who needs it running. */
int wsl_stopped_err(struct err *err);

/* warnings: ["wsl: .."] of the start, NULL where it ran already; borrowed. Runs once, also when the lab ends first. */
typedef void (*wsl_awake_fn)(void *arg, const json_t *warnings, const struct err *err);
/* Starts WSL where it is stopped, as opening a terminal does. */
void wsl_wake(struct lab *lab, const char *by, wsl_awake_fn fn, void *arg);

#endif
