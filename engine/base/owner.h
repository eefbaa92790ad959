/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a lab is when root starts it: host uid 0 is never mapped into one. */
#ifndef NETDOJO_BASE_OWNER_H
#define NETDOJO_BASE_OWNER_H

#include <sys/types.h>

#include "base/err.h"

/*
 * 1: we are root, and the lab is to be *uid's: the sudo caller's where there is one, else an unused
 * user's. 0: we are an ordinary user (or root of a user namespace with one id that is not the
 * host's root), and the lab is ours. The answer is the same in the command line, which gives the
 * attempt folder to that user, and in the lab, which becomes it.
 */
int owner_choose(uid_t *uid, gid_t *gid, struct err *err);

#endif
