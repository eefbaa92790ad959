/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Byte streams joined: what one connection says goes to the other, or back to itself. */
#ifndef NETDOJO_SERVICES_SPLICE_H
#define NETDOJO_SERVICES_SPLICE_H

#include <sys/queue.h>

#include "services/serve.h"

struct splice;
LIST_HEAD(splice_list, splice);

/*
 * Joins two connected sockets; with b -1 a is joined to itself (an echo). Takes both over, closes
 * them, and gives quota back at the end, also when it fails here.
 */
void splice_new(struct serve *serve, struct splice_list *list, struct quota *quota, int a, int b);
void splice_free_all(struct splice_list *list);

#endif
