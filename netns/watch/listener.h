/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seccomp listener of a node: every exec, uname, bind and listen of its processes asks here first. */
#ifndef NETDOJO_NETNS_WATCH_LISTENER_H
#define NETDOJO_NETNS_WATCH_LISTENER_H

#include "netns/watch/watch.h"

/* Takes over fd in any case. 0 and *ret, or a negative errno. */
int listener_new(struct wnode *n, int fd, struct listener **ret, struct err *err);
/*
 * Answers a call that its handler left waiting: error is the errno it fails with, 0 = it goes on. Nothing happens where its
 * caller is gone.
 */
void listener_decide(struct listener *l, uint64_t id, pid_t pid, int error);
/* Takes NULL. Closing the listener makes every call it would be asked about fail with ENOSYS. */
void listener_free(struct listener *l);

#endif
