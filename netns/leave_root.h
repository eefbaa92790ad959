/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Becoming an ordinary user before anything else: the host's uid 0 is never mapped into a lab. */
#ifndef NETDOJO_NETNS_LEAVE_ROOT_H
#define NETDOJO_NETNS_LEAVE_ROOT_H

#include "base/err.h"

/*
 * No-op unless the effective uid is 0. Then: $SUDO_UID and $SUDO_GID where they name an ordinary
 * user, else an unused uid from 60000 up; no supplementary groups; no way back. Descriptors stay
 * open. In a user namespace that maps nothing but its own root (unshare -r) uid 0 is an ordinary
 * user of the host already, and stays.
 *
 * Should: run first, single-threaded. Mustn't: be followed by anything that needs root.
 */
int leave_root(struct err *err);

#endif
