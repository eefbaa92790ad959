/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's certificate authority: made when first wanted, by a child process. */
#ifndef NETDOJO_SERVICES_CA_H
#define NETDOJO_SERVICES_CA_H

#include <jansson.h>

#include "base/err.h"
#include "services/serve.h"

/*
 * Calls fn(serve, id, NULL) once the authority stands, or with the error when it can't be made; at
 * once when that is known. The first call begins to make it.
 */
typedef void ca_ready_fn(struct serve *serve, json_int_t id, const struct err *err);
void ca_when_ready(struct serve *serve, json_int_t id, ca_ready_fn *fn);

/* The certificate; and certificate with private key. NULL before it stands. Borrowed. */
const char *ca_pem(const struct ca *ca);
const char *ca_secret(const struct ca *ca);

void ca_free(struct serve *serve);

#endif
