/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates: the authority's own and what it issues. Valid from a day ago for a year. */
#ifndef NETDOJO_SERVICES_CERT_H
#define NETDOJO_SERVICES_CERT_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "base/err.h"

/* Makes an authority: certificate, then private key, as one PEM text; the caller frees it. */
int cert_make_authority(char **ret, struct err *err);

/* Reads such a text back; the caller frees both. */
int cert_load(const char *text, X509 **ret_cert, EVP_PKEY **ret_key, struct err *err);

/* A new P-256 key; NULL on failure. */
EVP_PKEY *cert_key(void);

/* Issues a server certificate for one host name or address; the caller frees it. */
int cert_issue(X509 *ca, EVP_PKEY *ca_key, const char *host, EVP_PKEY *key, X509 **ret,
	       struct err *err);

/* Whether text is a plausible host name or address: what a client claims goes into a certificate.
 */
bool cert_host_ok(const char *text);

#endif
