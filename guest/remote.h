/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command that the lab runs elsewhere on this program's own streams and terminal: sudo, wsl.exe, any .exe. */
#ifndef NETDOJO_GUEST_REMOTE_H
#define NETDOJO_GUEST_REMOTE_H

#include "base/json.h"

/*
 * Asks for it and relays until it ends. request (stolen) has all but the streams' part: tty, rows and cols are added. once: this
 * program does nothing else, so that a pipe's other end may see its end when the command closes it. The exit status, or a
 * negative errno with the reason in err.
 */
int remote_run(json_t *request, bool once, struct err *err);

#endif
