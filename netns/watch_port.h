/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init's side of the watch process: implements engine/port/watch.h. */
#ifndef NETDOJO_NETNS_WATCH_PORT_H
#define NETDOJO_NETNS_WATCH_PORT_H

#include <sys/types.h>

#include "port/watch.h"

/*
 * Starts libexec/netdojo/netdojo-watch as our child, with descriptor 3 = its end of a new pair. The
 * pid is the caller's to wait for. watch_port_done() closes our end, and so ends the process.
 */
int watch_port_start(struct watch_port *ret, pid_t *ret_pid, struct err *err);
/* The same over an existing socket (taken over in any case), whoever is at its other end. */
int watch_port_attach(int sock, struct watch_port *ret, struct err *err);
/* Takes a zeroed port. */
void watch_port_done(struct watch_port *port);

#endif
