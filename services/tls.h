/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS for the web, in a module of its own: certificates by the name a client asks for, from the
 * lab's authority. */
#ifndef NETDOJO_SERVICES_TLS_H
#define NETDOJO_SERVICES_TLS_H

#include "base/err.h"

struct bufferevent;
struct event_base;
struct tls;

/* What the module gives. Setting OpenSSL up takes about 3 ms and 400 KiB: load it when it is
 * needed. */
struct tls_module {
	/* Makes an authority: certificate, then private key, as one PEM text; the caller frees it.
	 */
	int (*make_authority)(char **ret, struct err *err);
	/* ca_secret: such a text. host: whom to be where a client names nobody. */
	int (*open)(const char *ca_secret, const char *host, struct tls **ret, struct err *err);
	void (*close)(struct tls *t);
	/* A server's side of a connection, its socket to be set; NULL on failure. */
	struct bufferevent *(*accept)(struct tls *t, struct event_base *base);
};

/* Loads the module, once; NULL with err when it can't be. */
const struct tls_module *tls_module_load(struct err *err);

/* The module's one symbol. */
#define TLS_MODULE_SYMBOL "tls_module"

#endif
