/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The services of the lab: started, changed and stopped by name. */
#ifndef NETDOJO_SERVICES_SERVICE_H
#define NETDOJO_SERVICES_SERVICE_H

#include <stdint.h>

#include "base/msg.h"
#include "services/addr.h"
#include "services/serve.h"

enum { SERVICE_LISTENS_MAX = MSG_MAX_FDS - 1 };

/* A bound socket init made in the service's node. */
struct service_listen {
	bool tcp;
	struct addr addr; /* as asked for: may be a wildcard */
	int fd;		  /* owned; -1 once a service took it over */
};

/* What a service is to be. Strings and config are borrowed and live as long as the service. */
struct service_spec {
	const char *name;
	const json_t *config; /* only for the call */
	struct service_listen listens[SERVICE_LISTENS_MAX];
	size_t n_listens;
	int udp; /* unbound datagram socket for asking upstream, -1 when none; owned as the listens'
		  */
};

/* One kind of service. set leaves everything as it was when it fails. */
struct service_kind {
	const char *name;
	int (*start)(struct serve *serve, struct service_spec *spec, void **ret, struct err *err);
	int (*set)(void *self, const json_t *config, struct err *err);
	void (*stop)(void *self);
};

extern const struct service_kind service_dns, service_http, service_echo, service_relay;

/* The request handler for boss_open: start, set, stop, ca. */
void service_request(struct serve *serve, struct msg *m);
void service_stop_all(struct serve *serve);

#endif
