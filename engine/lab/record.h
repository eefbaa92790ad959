/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes what the recorders saw into the log, saying who did it. */
#ifndef NETDOJO_LAB_RECORD_H
#define NETDOJO_LAB_RECORD_H

#include "lab/lab.h"

/* Reads the watch port from now on. */
int record_open(struct lab *lab, struct err *err);

#endif
