/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates: the authority's own and what it issues. */
#include "services/cert.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/cleanup.h"

#define DAY (24L * 60 * 60)

static void x509_freep(X509 **x)
{
	X509_free(*x);
}
#define auto_x509 nd_cleanup(x509_freep) X509 *

static void pkey_freep(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}
#define auto_pkey nd_cleanup(pkey_freep) EVP_PKEY *

static void bio_freep(BIO **b)
{
	BIO_free_all(*b);
}
#define auto_bio nd_cleanup(bio_freep) BIO *

static int fail(struct err *err, const char *what)
{
	char why[160] = "unknown";
	unsigned long code = ERR_get_error();

	if (code)
		ERR_error_string_n(code, why, sizeof(why));
	return err_set(err, ERR_MACHINE, EIO, "%s: %s", what, why);
}

bool cert_host_ok(const char *text)
{
	size_t n = strlen(text);

	if (!n || n > 253)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr(".-_:", text[i]))
			return false;
	return true;
}

EVP_PKEY *cert_key(void)
{
	return EVP_EC_gen("P-256");
}

static bool set_serial(X509 *x)
{
	ASN1_INTEGER *serial = X509_get_serialNumber(x);
	uint64_t n;

	return RAND_bytes((unsigned char *)&n, sizeof(n)) == 1 &&
	       ASN1_INTEGER_set_uint64(serial, n >> 1 | 1);
}

static bool add_name(X509_NAME *name, const char *field, const char *value)
{
	return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value,
					  -1, -1, 0);
}

/* The parts every certificate has; subject is a common name of at most 64 bytes, the standard's
 * bound. */
static X509 *blank(const char *subject, EVP_PKEY *key)
{
	auto_x509 x = X509_new();
	X509_NAME *name = x ? X509_get_subject_name(x) : NULL;

	if (!x || !X509_set_version(x, X509_VERSION_3) || !set_serial(x) ||
	    !X509_gmtime_adj(X509_getm_notBefore(x), -DAY) ||
	    !X509_gmtime_adj(X509_getm_notAfter(x), 365 * DAY) || !X509_set_pubkey(x, key) ||
	    !add_name(name, "O", "Lab") || !add_name(name, "CN", subject))
		return NULL;
	return ptr_steal(x);
}

struct ext {
	int nid;
	const char *value;
};

static bool add_exts(X509 *x, X509 *issuer, const struct ext *exts, size_t n)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	for (size_t i = 0; i < n; i++) {
		X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, exts[i].nid, exts[i].value);
		bool ok = e && X509_add_ext(x, e, -1);

		X509_EXTENSION_free(e);
		if (!ok)
			return false;
	}
	return true;
}

/* Built as objects, not through OpenSSL's text form, in which a comma in a client's name would add
 * names. */
static bool add_san(X509 *x, const char *host)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value = ASN1_IA5STRING_new();
	unsigned char ip[16];
	int len = inet_pton(AF_INET, host, ip) == 1    ? 4
		  : inet_pton(AF_INET6, host, ip) == 1 ? 16
						       : 0;
	bool ok = names && name && value;

	ok = ok && ASN1_STRING_set(value, len ? (const void *)ip : host, len ? len : -1);
	if (ok) {
		GENERAL_NAME_set0_value(name, len ? GEN_IPADD : GEN_DNS, value);
		value = NULL;
		ok = sk_GENERAL_NAME_push(names, name) > 0;
		name = ok ? NULL : name;
	}
	ok = ok && X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_STRING_free(value);
	GENERAL_NAME_free(name);
	GENERAL_NAMES_free(names);
	return ok;
}

static int to_pem(X509 *x, EVP_PKEY *key, char **ret, struct err *err)
{
	auto_bio bio = BIO_new(BIO_s_mem());
	char *data;
	long n;

	if (!bio || !PEM_write_bio_X509(bio, x) ||
	    !PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		return fail(err, "Can't write a certificate");
	n = BIO_get_mem_data(bio, &data);
	*ret = strndup(data, (size_t)n);
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't write a certificate");
}

int cert_make_authority(char **ret, struct err *err)
{
	static const struct ext exts[] = {
		{NID_basic_constraints, "critical,CA:TRUE"},
		{NID_key_usage, "critical,keyCertSign,cRLSign"},
		{NID_subject_key_identifier, "hash"},
	};
	auto_pkey key = cert_key();
	auto_x509 x = key ? blank("Lab Root CA", key) : NULL;

	if (!x || !X509_set_issuer_name(x, X509_get_subject_name(x)) ||
	    !add_exts(x, x, exts, ARRAY_SIZE(exts)) || !X509_sign(x, key, EVP_sha256()))
		return fail(err, "Can't make a certificate authority");
	return to_pem(x, key, ret, err);
}

int cert_load(const char *text, X509 **ret_cert, EVP_PKEY **ret_key, struct err *err)
{
	auto_bio bio = BIO_new_mem_buf(text, -1);
	auto_x509 x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	auto_pkey key = x ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	if (!key)
		return fail(err, "Can't read a certificate authority");
	*ret_cert = ptr_steal(x);
	*ret_key = ptr_steal(key);
	return 0;
}

int cert_issue(X509 *ca, EVP_PKEY *ca_key, const char *host, EVP_PKEY *key, X509 **ret,
	       struct err *err)
{
	static const struct ext exts[] = {
		{NID_basic_constraints, "critical,CA:FALSE"},
		{NID_key_usage, "critical,digitalSignature"},
		{NID_ext_key_usage, "serverAuth"},
		{NID_authority_key_identifier, "keyid"},
	};
	auto_x509 x = NULL;
	char subject[65];

	if (!cert_host_ok(host))
		return err_set(err, ERR_USAGE, EINVAL, "'%s' is not a host name", host);
	snprintf(subject, sizeof(subject), "%s", host);
	x = blank(subject, key);
	if (!x || !X509_set_issuer_name(x, X509_get_subject_name(ca)) ||
	    !add_exts(x, ca, exts, ARRAY_SIZE(exts)) || !add_san(x, host) ||
	    !X509_sign(x, ca_key, EVP_sha256()))
		return fail(err, "Can't issue a certificate");
	*ret = ptr_steal(x);
	return 0;
}
