/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The web service: sites, large bodies, TLS with the lab's own authority. */
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#include "serve_rig.h"
#include "services/http.h"

static const char sites[] =
	"{\"sites\":{\"github.com\":{\"/\":{\"status\":200,\"type\":\"text/"
	"html\",\"body\":\"hub\"},"
	"\"/large.bin\":{\"size\":20000003}},"
	"\"example.com\":{\"/\":{\"body\":\"example\"},"
	"\"/old\":{\"status\":301,\"headers\":{\"Location\":\"https://example.com/\"}}}},"
	"\"default\":\"github.com\"}";

static const char *fetch(uint16_t port, const char *request, char *buf, size_t size)
{
	int fd = rig_connect(port);

	ck_assert_int_ge(fd, 0);
	rig_send(fd, request, strlen(request));
	buf[rig_read(fd, buf, size - 1)] = '\0';
	close(fd);
	return buf;
}

/* Every part, separated by '|', must be in the answer; one that begins with '!' must not. */
static void expect_parts(const char *answer, const char *parts)
{
	char copy[256];
	char *save = NULL;

	snprintf(copy, sizeof(copy), "%s", parts);
	for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
		if (*p == '!')
			ck_assert_msg(!strstr(answer, p + 1), "'%s' in:\n%s", p + 1, answer);
		else
			ck_assert_msg(strstr(answer, p) != NULL, "no '%s' in:\n%s", p, answer);
	}
}

#define END " HTTP/1.1\r\nConnection: close\r\nHost: "

START_TEST(sites_by_host_and_path)
{
	static const struct {
		const char *request, *parts;
	} cases[] = {
		{"GET /" END "github.com\r\n\r\n",
		 "200 OK|\r\n\r\nhub|Server: nginx|Content-Length: 3\r\n"},
		{"GET /?q=1" END "EXAMPLE.com:80\r\n\r\n", "200 OK|\r\n\r\nexample"},
		{"GET /" END "unknown.test\r\n\r\n", "200 OK|\r\n\r\nhub"},
		{"GET /old" END "example.com\r\n\r\n", "301|Location: https://example.com/"},
		{"GET /none" END "example.com\r\n\r\n", "404 Not Found"},
		{"HEAD /" END "github.com\r\n\r\n", "200 OK|Content-Length: 3\r\n|!hub"},
		{"HEAD /large.bin" END "github.com\r\n\r\n", "200 OK|Content-Length: 20000003\r\n"},
		{"POST /" END "github.com\r\nContent-Length: 2\r\n\r\nab", "405|Allow: GET, HEAD"},
		{"GET / HTTP/1.0\r\n\r\n", "200 OK|\r\n\r\nhub"},
		{"nonsense\r\n\r\n", "400"},
	};
	char buf[4096];
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = rig_start(&r, "http", "web", sites, RIG_TCP);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_parts(fetch(port, cases[i].request, buf, sizeof(buf)), cases[i].parts);
	rig_set(&r, "web", "{\"sites\":{\"x.test\":{\"/\":{\"body\":\"new\"}}}}");
	expect_parts(fetch(port, "GET /" END "x.test\r\n\r\n", buf, sizeof(buf)),
		     "200 OK|\r\n\r\nnew");
	expect_parts(fetch(port, "GET /" END "github.com\r\n\r\n", buf, sizeof(buf)), "404");
	rig_down(&r);
}
END_TEST

/* A byte that differs from the pattern at its place is reported with its place. */
static void expect_pattern(const char *body, size_t at, size_t n)
{
	static uint8_t want[65536];

	ck_assert_uint_le(n, sizeof(want));
	http_large_fill(at, want, n);
	ck_assert_msg(!memcmp(body, want, n), "the body differs in the bytes from %zu", at);
}

START_TEST(large_body_whole_and_unbuffered)
{
	static char buf[65536];
	static const char request[] = "GET /large.bin" END "github.com\r\n\r\n";
	struct rig r;
	size_t total = 0, n, head;
	char *end;
	int fd;

	rig_up(&r);
	fd = rig_connect(rig_start(&r, "http", "web", sites, RIG_TCP));
	rig_send(fd, request, strlen(request));
	for (head = 0; head < 4 || memcmp(buf + head - 4, "\r\n\r\n", 4); head++)
		ck_assert_uint_eq(rig_read(fd, buf + head, 1), 1);
	buf[head] = '\0';
	end = strstr(buf, "Content-Length: 20000003\r\n");
	ck_assert_ptr_nonnull(end);
	while ((n = rig_read(fd, buf, sizeof(buf))) > 0) {
		expect_pattern(buf, total, n);
		total += n;
	}
	ck_assert_uint_eq(total, 20000003);
	close(fd);
	rig_down(&r);
}
END_TEST

START_TEST(a_download_left_early_harms_nothing)
{
	static const char request[] = "GET /large.bin" END "github.com\r\n\r\n";
	char buf[4096];
	struct rig r;
	uint16_t port;

	rig_up(&r);
	port = rig_start(&r, "http", "web", sites, RIG_TCP);
	for (int i = 0; i < 20; i++) {
		int fd = rig_connect(port);

		rig_send(fd, request, strlen(request));
		rig_read(fd, buf, sizeof(buf));
		close(fd);
	}
	expect_parts(fetch(port, "GET /" END "github.com\r\n\r\n", buf, sizeof(buf)), "200 OK");
	rig_down(&r);
}
END_TEST

/* With 96 idle clients a further one waits; when they go it is served. */
START_TEST(idle_clients_are_bounded)
{
	static const char request[] = "GET /" END "github.com\r\n\r\n";
	char buf[4096];
	struct rig r;
	uint16_t port;
	int fds[96], last;

	rig_up(&r);
	port = rig_start(&r, "http", "web", sites, RIG_TCP);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = rig_connect(port);
		ck_assert_int_ge(fds[i], 0);
	}
	last = rig_connect(port);
	rig_send(last, request, strlen(request));
	for (int i = 0; i < 5; i++) /* the loop has gone round when it answers */
		json_decref(rig_call(&r, json_pack("{s:s}", "do", "dance"), NULL, 0));
	ck_assert_int_eq(recv(last, buf, 1, MSG_DONTWAIT), -1);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	buf[rig_read(last, buf, sizeof(buf) - 1)] = '\0';
	expect_parts(buf, "200 OK");
	close(last);
	rig_down(&r);
}
END_TEST

static SSL_CTX *trust(struct rig *r)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	json_t *answer = rig_call(r, json_pack("{s:s}", "do", "ca"), NULL, 0);
	BIO *bio = BIO_new_mem_buf(json_str(answer, "pem", ""), -1);
	X509 *ca = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	ck_assert_ptr_nonnull(ca);
	ck_assert_ptr_null(strstr(json_str(answer, "pem", ""), "PRIVATE"));
	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	X509_free(ca);
	BIO_free(bio);
	json_decref(answer);
	return ctx;
}

/* One request by TLS. sni may be NULL; verify: the name or address the certificate must be for. The
 * verify result. */
static long tls_fetch(SSL_CTX *ctx, uint16_t port, const char *sni, const char *verify, char *buf,
		      int size)
{
	int fd = rig_connect(port);
	SSL *ssl = SSL_new(ctx);
	long result;
	int n, got = 0;

	SSL_set_fd(ssl, fd);
	if (sni)
		SSL_set_tlsext_host_name(ssl, sni);
	if (!X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), verify))
		SSL_set1_host(ssl, verify);
	buf[0] = '\0';
	if (SSL_connect(ssl) == 1) {
		char request[256];

		snprintf(request, sizeof(request), "GET /" END "%s\r\n\r\n", verify);
		SSL_write(ssl, request, (int)strlen(request));
		while (got < size - 1 && (n = SSL_read(ssl, buf + got, size - 1 - got)) > 0)
			got += n;
		buf[got] = '\0';
	}
	result = SSL_get_verify_result(ssl);
	SSL_free(ssl);
	close(fd);
	return result;
}

START_TEST(tls_names_are_certified)
{
	char buf[4096];
	struct rig r;
	uint16_t port;
	SSL_CTX *ctx, *stranger = SSL_CTX_new(TLS_client_method());

	rig_up(&r);
	port = rig_start(&r, "http", "web", sites, RIG_TCP | RIG_TLS);
	ctx = trust(&r);
	ck_assert_int_eq(tls_fetch(ctx, port, "github.com", "github.com", buf, sizeof(buf)),
			 X509_V_OK);
	expect_parts(buf, "200 OK|\r\n\r\nhub");
	ck_assert_int_eq(tls_fetch(ctx, port, "Example.COM", "example.com", buf, sizeof(buf)),
			 X509_V_OK);
	expect_parts(buf, "200 OK|\r\n\r\nexample");
	ck_assert_int_eq(tls_fetch(ctx, port, "example.com", "example.com", buf, sizeof(buf)),
			 X509_V_OK);
	ck_assert_int_eq(tls_fetch(ctx, port, NULL, "github.com", buf, sizeof(buf)), X509_V_OK);
	ck_assert_int_eq(tls_fetch(ctx, port, "example.com", "github.com", buf, sizeof(buf)),
			 X509_V_ERR_HOSTNAME_MISMATCH);
	SSL_CTX_set_verify(stranger, SSL_VERIFY_PEER, NULL);
	ck_assert_int_ne(tls_fetch(stranger, port, "github.com", "github.com", buf, sizeof(buf)),
			 X509_V_OK);
	SSL_CTX_free(ctx);
	SSL_CTX_free(stranger);
	rig_down(&r);
}
END_TEST

/* More names than are kept, and one that tries to smuggle a second name in. */
START_TEST(tls_survives_many_and_odd_names)
{
	char buf[4096], name[64];
	struct rig r;
	uint16_t port;
	SSL_CTX *ctx;

	rig_up(&r);
	port = rig_start(&r, "http", "web", sites, RIG_TCP | RIG_TLS);
	ctx = trust(&r);
	for (int i = 0; i < 70; i++) {
		snprintf(name, sizeof(name), "n%d.test", i);
		ck_assert_int_eq(tls_fetch(ctx, port, name, name, buf, sizeof(buf)), X509_V_OK);
	}
	ck_assert_int_eq(tls_fetch(ctx, port, "a.test,DNS:b.test", "github.com", buf, sizeof(buf)),
			 X509_V_OK);
	SSL_CTX_free(ctx);
	rig_down(&r);
}
END_TEST

START_TEST(tls_port_takes_junk)
{
	char buf[4096];
	struct rig r;
	uint16_t port;
	SSL_CTX *ctx;

	rig_up(&r);
	port = rig_start(&r, "http", "web", sites, RIG_TCP | RIG_TLS);
	fetch(port, "GET / HTTP/1.0\r\n\r\n", buf, sizeof(buf));
	close(rig_connect(port));
	ctx = trust(&r);
	ck_assert_int_eq(tls_fetch(ctx, port, "github.com", "github.com", buf, sizeof(buf)),
			 X509_V_OK);
	SSL_CTX_free(ctx);
	rig_down(&r);
}
END_TEST

START_TEST(stop_closes_web)
{
	struct rig r;
	uint16_t port;
	char c;
	int fd;

	rig_up(&r);
	port = rig_start(&r, "http", "web", sites, RIG_TCP);
	fd = rig_connect(port);
	rig_send(fd, "GET / HTTP/1.1\r\nHost: github.com\r\n\r\n", 37);
	ck_assert_uint_eq(rig_read(fd, &c, 1), 1);
	rig_stop(&r, "web");
	while (rig_read(fd, &c, 1) == 1)
		;
	close(fd);
	ck_assert_int_eq(rig_connect(port), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	rig_down(&r);
}
END_TEST

void suite_web(Suite *s)
{
	TCase *t = tcase_create("web");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, sites_by_host_and_path);
	tcase_add_test(t, large_body_whole_and_unbuffered);
	tcase_add_test(t, a_download_left_early_harms_nothing);
	tcase_add_test(t, idle_clients_are_bounded);
	tcase_add_test(t, tls_names_are_certified);
	tcase_add_test(t, tls_survives_many_and_odd_names);
	tcase_add_test(t, tls_port_takes_junk);
	tcase_add_test(t, stop_closes_web);
	suite_add_tcase(s, t);
}
