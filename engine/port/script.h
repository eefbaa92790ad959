/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port: the scenario. Implemented by the script process (lua/bind/): no file, no network, a memory limit and a CPU limit.
 * Requests and answers are JSON over a SOCK_SEQPACKET (docs/protocol.md, "script"); this port is only the life of the
 * process and the message door, so that tests can put a fake behind it.
 */
#ifndef NETDOJO_PORT_SCRIPT_H
#define NETDOJO_PORT_SCRIPT_H

#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"
#include "base/msg.h"

struct script_port {
	void *ctx;
	/* To poll for reading. */
	int (*fd)(void *ctx);
	int (*send)(void *ctx, const json_t *body, struct err *err);
	/* As msg_recv: 1 got, 0 the script is gone, negative on failure. */
	int (*recv)(void *ctx, struct msg *ret, struct err *err);
	pid_t (*pid)(void *ctx);
};

#endif
