/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP listeners that accept within a quota. */
#ifndef NETDOJO_SERVICES_STREAM_H
#define NETDOJO_SERVICES_STREAM_H

#include "base/err.h"
#include "services/serve.h"

struct stream;

/* A new connection, non-blocking and close-on-exec. The callee owns fd and gives the quota back
 * once it is closed. */
typedef void stream_accept_fn(int fd, void *arg);

/* Listens on a bound descriptor, which it takes over on success. */
int stream_listen(struct serve *serve, int *fd, struct quota *quota, stream_accept_fn *fn,
		  void *arg, struct stream **ret, struct err *err);
/* While on, connects are refused by the kernel with a reset, as on a port nobody listens on; the
 * socket stays bound. */
void stream_refuse(struct stream *s, bool on);
/* How many connections wait to be accepted: what `ss` shows of a listener. */
void stream_set_backlog(struct stream *s, int backlog);
void stream_free(struct stream *s);

/* Closes with a reset instead of an orderly end. */
void stream_reset(int fd);

#endif
