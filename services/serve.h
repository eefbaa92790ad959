/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every service of this process shares: the loop, the conversation with init, the limits. */
#ifndef NETDOJO_SERVICES_SERVE_H
#define NETDOJO_SERVICES_SERVE_H

#include <event2/event.h>

#include "services/quota.h"

struct boss;
struct ca;
struct service;

struct serve {
	struct event_base *base;
	struct boss *boss;
	struct ca *ca;
	struct quota connections; /* of all services together */
	struct service *services;
};

#endif
