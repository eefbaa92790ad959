/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS for the web: certificates by the name a client asks for, issued by the lab's authority. */
#ifndef NETDOJO_SERVICES_TLS_H
#define NETDOJO_SERVICES_TLS_H

#include "base/err.h"

struct bufferevent;
struct event_base;
struct tls;

/* host: whom to be where a client names nobody. Sets OpenSSL up: not before the first connection.
 */
int tls_new(const char *ca_secret, const char *host, struct tls **ret, struct err *err);
void tls_free(struct tls *t);

/* A server's side of a connection, its socket to be set; NULL on failure. */
struct bufferevent *tls_accept(struct tls *t, struct event_base *base);

#endif
