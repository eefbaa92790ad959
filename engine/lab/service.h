/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab's services: imitated ones in the serve process, real programs in their nodes. Started means answering. */
#ifndef NETDOJO_LAB_SERVICE_H
#define NETDOJO_LAB_SERVICE_H

#include "lab/lab.h"

typedef void (*service_done_fn)(void *arg, const struct err *err);

/* Opens lab->serve on the port's socket. */
int service_open(struct lab *lab, struct err *err);
/* done may be NULL. The service is borrowed for the call. An optional one whose sockets can't be had waits for service_retry. */
void service_start(struct lab *lab, const struct service *s, service_done_fn done, void *arg);
/* New settings for a running one, on the sockets it has. */
void service_set(struct lab *lab, const struct service *s, service_done_fn done, void *arg);
void service_stop(struct lab *lab, const struct service *s, service_done_fn done, void *arg);
/* The lab has changed: optional services that could not have their sockets are tried again. */
void service_retry(struct lab *lab);
/* The names of the optional services that wait so. Caller owns it. */
json_t *service_waiting(const struct lab *lab);
/* The lab ends. */
void service_done(struct lab *lab);

#endif
