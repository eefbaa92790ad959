/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS for the web, and the making of its certificates: the module serve-tls. */
#include "services/tls.h"

#include <ctype.h>
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/queue.h>

#include "base/cleanup.h"
#include "services/cert.h"

enum {
	TLS_CACHED_MAX =
		64 /* certificates kept; the oldest goes when a client asks for more names */
};

struct tls_cert {
	TAILQ_ENTRY(tls_cert) link;
	X509 *x;
	char host[];
};

struct tls {
	SSL_CTX *ctx;
	X509 *ca;
	EVP_PKEY *ca_key, *key; /* one key for all that is issued: making keys is the dear part */
	TAILQ_HEAD(, tls_cert) certs;
	size_t n_certs;
	char host[256];
};

static void cert_free(struct tls *t, struct tls_cert *c)
{
	TAILQ_REMOVE(&t->certs, c, link);
	t->n_certs--;
	X509_free(c->x);
	free(c);
}

static struct tls_cert *issue(struct tls *t, const char *host)
{
	size_t n = strlen(host) + 1;
	struct tls_cert *c = calloc(1, sizeof(*c) + n);

	if (!c || cert_issue(t->ca, t->ca_key, host, t->key, &c->x, NULL) < 0) {
		free(c);
		return NULL;
	}
	memcpy(c->host, host, n);
	if (t->n_certs >= TLS_CACHED_MAX)
		cert_free(t, TAILQ_FIRST(&t->certs));
	TAILQ_INSERT_TAIL(&t->certs, c, link);
	t->n_certs++;
	return c;
}

static X509 *cert_for(struct tls *t, const char *host)
{
	struct tls_cert *c;

	TAILQ_FOREACH(c, &t->certs, link)
	if (!strcmp(c->host, host))
		return c->x;
	c = issue(t, host);
	return c ? c->x : NULL;
}

static void lower(char *ret, size_t size, const char *text)
{
	size_t i = 0;

	for (; text[i] && i + 1 < size; i++)
		ret[i] = (char)tolower((unsigned char)text[i]);
	ret[i] = '\0';
}

/* OpenSSL asks for the certificate once it has read the client's hello. */
static int on_cert(SSL *ssl, void *arg)
{
	struct tls *t = arg;
	const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	char host[256];
	X509 *x;

	lower(host, sizeof(host), sni && cert_host_ok(sni) ? sni : t->host);
	x = cert_for(t, host);
	return x && SSL_use_certificate(ssl, x) == 1 && SSL_use_PrivateKey(ssl, t->key) == 1;
}

static int set_up(struct tls *t, const char *ca_secret, struct err *err)
{
	int rc = cert_load(ca_secret, &t->ca, &t->ca_key, err);

	if (rc < 0)
		return rc;
	t->key = cert_key();
	t->ctx = SSL_CTX_new(TLS_server_method());
	if (!t->key || !t->ctx)
		return err_set(err, ERR_MACHINE, EIO, "Can't set up TLS");
	SSL_CTX_set_cert_cb(t->ctx, on_cert, t);
	SSL_CTX_set_mode(t->ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	return 0;
}

static void tls_close(struct tls *t)
{
	if (!t)
		return;
	while (!TAILQ_EMPTY(&t->certs))
		cert_free(t, TAILQ_FIRST(&t->certs));
	SSL_CTX_free(t->ctx);
	EVP_PKEY_free(t->key);
	EVP_PKEY_free(t->ca_key);
	X509_free(t->ca);
	free(t);
}

static int tls_open(const char *ca_secret, const char *host, struct tls **ret, struct err *err)
{
	struct tls *t = calloc(1, sizeof(*t));
	int rc;

	if (!t)
		return err_sys(err, ENOMEM, "Can't set up TLS");
	TAILQ_INIT(&t->certs);
	lower(t->host, sizeof(t->host), cert_host_ok(host) ? host : "localhost");
	rc = set_up(t, ca_secret, err);
	if (rc < 0) {
		tls_close(t);
		return rc;
	}
	*ret = t;
	return 0;
}

static struct bufferevent *tls_accept(struct tls *t, struct event_base *base)
{
	SSL *ssl = SSL_new(t->ctx);
	struct bufferevent *bev;

	if (!ssl)
		return NULL;
	bev = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
					     BEV_OPT_CLOSE_ON_FREE);
	if (!bev) {
		SSL_free(ssl);
		return NULL;
	}
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

extern const struct tls_module tls_module;

__attribute__((visibility("default"))) const struct tls_module tls_module = {
	.make_authority = cert_make_authority,
	.open = tls_open,
	.close = tls_close,
	.accept = tls_accept,
};
