/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages by site and path. */
#include <ctype.h>
#include <errno.h>
#include <event2/buffer.h>
#include <string.h>

#include "services/http.h"

static int check_page(const char *site, const char *path, const json_t *page, struct err *err)
{
	int64_t status = json_int(page, "status", 200);

	if (!json_is_object(page) || path[0] != '/')
		return err_set(err, ERR_USAGE, EINVAL, "Site '%s': '%s' is not a page", site, path);
	if (status < 100 || status > 599 || json_int(page, "size", 0) < 0)
		return err_set(err, ERR_USAGE, ERANGE, "Site '%s': '%s' has a wrong status or size",
			       site, path);
	return 0;
}

int http_site_check(const json_t *config, struct err *err)
{
	const char *site, *path;
	json_t *pages, *page;

	json_object_foreach (json_object_get(config, "sites"), site, pages) {
		json_object_foreach (pages, path, page) {
			int rc = check_page(site, path, page, err);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static const json_t *find_site(const json_t *config, const char *host)
{
	const json_t *sites = json_object_get(config, "sites");
	const json_t *site;
	char name[256];
	size_t n = strcspn(host, ":");

	if (n >= sizeof(name))
		return NULL;
	for (size_t i = 0; i < n; i++)
		name[i] = (char)tolower((unsigned char)host[i]);
	name[n] = '\0';
	site = json_object_get(sites, name);
	return site ? site : json_object_get(sites, json_str(config, "default", ""));
}

const json_t *http_site_find(const json_t *config, const char *host, const char *path)
{
	return json_object_get(find_site(config, host ? host : ""), path && path[0] ? path : "/");
}

static void put_headers(struct evkeyvalq *out, const json_t *page)
{
	const char *name;
	json_t *v;

	evhttp_add_header(out, "Content-Type", json_str(page, "type", "text/html; charset=utf-8"));
	json_object_foreach (json_object_get(page, "headers"), name, v)
		if (json_is_string(v))
			evhttp_add_header(out, name, json_string_value(v));
}

/* Set by us, so that HEAD says it too and a large body is not sent in chunks of unknown number. */
static void put_length(struct evkeyvalq *out, uint64_t length)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)length);
	evhttp_add_header(out, "Content-Length", text);
}

static void send_text(struct evhttp_request *req, int status, const char *body, size_t len,
		      bool head)
{
	struct evbuffer *buf = evbuffer_new();

	if (buf && !head)
		evbuffer_add(buf, body, len);
	evhttp_send_reply(req, status, NULL, buf);
	if (buf)
		evbuffer_free(buf);
}

static const char page_form[] = "<html><head><title>%d %s</title></head>"
				"<body><h1>%d %s</h1></body></html>\n";

void http_site_refuse(struct evhttp_request *req, int status, const char *why, bool head)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(req);
	char body[256];
	int n = snprintf(body, sizeof(body), page_form, status, why, status, why);

	put_headers(out, NULL);
	put_length(out, (uint64_t)n);
	send_text(req, status, body, (size_t)n, head);
}

void http_site_answer(struct evhttp_request *req, const json_t *page, bool head)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(req);
	const char *body = json_str(page, "body", "");
	int status = (int)json_int(page, "status", HTTP_OK);
	uint64_t size = (uint64_t)json_int(page, "size", 0);

	put_headers(out, page);
	put_length(out, size ? size : strlen(body));
	if (size && !head)
		http_large_send(req, status, size);
	else
		send_text(req, status, body, strlen(body), head);
}
