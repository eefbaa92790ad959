/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs of a node listen on, and how their connections went. */
#ifndef NETDOJO_NETNS_WATCH_SOCKETS_H
#define NETDOJO_NETNS_WATCH_SOCKETS_H

#include "netns/watch/watch.h"

/* netns is borrowed for the call. 0 and *ret, or a negative errno. */
int sockets_new(struct wnode *n, int netns, struct sockets **ret, struct err *err);
/* Takes NULL. */
void sockets_free(struct sockets *s);
/*
 * listen(2) of a thread that waits for our answer: done here on its own socket, so that what is told is what happened. 0 or
 * the negative errno that the caller shall get; -EAGAIN: none of ours (another family, another network), the caller does it itself.
 */
int sockets_listen(struct sockets *s, pid_t pid, int fd, int backlog);
/* bind(2) of a thread that goes on after this: a UDP socket that then has a port is told of. */
void sockets_bind(struct sockets *s, pid_t pid, int fd, uint64_t addr, size_t len);

#endif
