/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors whose last closing the kernel does after us, so that a lab's end does not wait for it. */
#ifndef NETDOJO_NETNS_WATCH_LINGER_H
#define NETDOJO_NETNS_WATCH_LINGER_H

struct linger;

/* NULL where the kernel lends no io_uring; every function takes that. */
struct linger *linger_new(void);
void linger_free(struct linger *l);
/* Holds fd beside its owner, who closes it as ever. */
void linger_hold(struct linger *l, int fd);
/* Lets go of fd before its owner closes it, for what ends while the lab lives. */
void linger_drop(struct linger *l, int fd);

#endif
