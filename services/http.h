/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the HTTP service. */
#ifndef NETDOJO_SERVICES_HTTP_H
#define NETDOJO_SERVICES_HTTP_H

#include <event2/http.h>

#include "base/json.h"

/* The page for a request, borrowed from config; NULL when the site or its path is not there. */
const json_t *http_site_find(const json_t *config, const char *host, const char *path);
/* Whether sites are of the right shape. */
int http_site_check(const json_t *config, struct err *err);
/* Answers from a page. head: without the body. */
void http_site_answer(struct evhttp_request *req, const json_t *page, bool head);
/* Answers with an error's own page. */
void http_site_refuse(struct evhttp_request *req, int status, const char *why, bool head);

/* Sends size bytes made on the fly; byte i depends on i alone. */
void http_large_send(struct evhttp_request *req, int status, uint64_t size);
/* The bytes [at, at+n), at a multiple of 8. */
void http_large_fill(uint64_t at, uint8_t *buf, size_t n);

#endif
