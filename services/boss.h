/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversation with the lab's init, over descriptor 3 (docs/protocol.md, "serve"). */
#ifndef NETDOJO_SERVICES_BOSS_H
#define NETDOJO_SERVICES_BOSS_H

#include "base/msg.h"
#include "services/addr.h"
#include "services/serve.h"

/* Handles one request of init's; answers by boss_answer, at once or later. */
typedef void boss_request_fn(struct serve *serve, struct msg *m);

/* Takes over fd. The loop ends when init goes. */
int boss_open(struct serve *serve, int fd, boss_request_fn *fn, struct err *err);
void boss_close(struct serve *serve);

/* Answers request id: with result's keys (borrowed, may be NULL), or with err when err->code or
 * err->kind is set. */
void boss_answer(struct serve *serve, json_int_t id, const json_t *result, const struct err *err);

/* A question to init under way. */
struct boss_ask;
/* fd: a non-blocking unconnected TCP socket of the service's node, the callee's to close; or -1. */
typedef void boss_socket_fn(int fd, void *arg);

/* NULL when init can't be asked; fn is then not called. Otherwise fn is called once, later, unless
 * cancelled. */
struct boss_ask *boss_ask_socket(struct serve *serve, const char *service, const struct addr *to,
				 boss_socket_fn *fn, void *arg);
void boss_ask_cancel(struct serve *serve, struct boss_ask *ask);

#endif
