/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script's main loop: requests in, answers out (docs/protocol.md, "script"). */
#ifndef NETDOJO_BIND_SERVE_H
#define NETDOJO_BIND_SERVE_H

#include "base/err.h"

/* Serves until the peer is gone. */
int serve_run(int peer, struct err *err);

#endif
