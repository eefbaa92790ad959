/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a lab that is reset to the one that takes its place. */
#ifndef NETDOJO_CLI_FOLLOW_H
#define NETDOJO_CLI_FOLLOW_H

#include "cli/client.h"

/*
 * Waits for the end of the lab behind old (borrowed), which was asked to end, and for another of that name to be ready; *ret is a
 * connection to it. ERR_MACHINE when none comes.
 */
int follow_reset(struct client *old, const char *lab, struct client **ret, struct err *err);
/* Only the first half. */
void follow_end(struct client *old);

#endif
