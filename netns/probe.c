/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all probes share: the table of kinds, the clock, the result. */
#define _GNU_SOURCE
#include "netns/probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct probe_kind kinds[] = {
	{"ping", probe_ping, 1.0, true},       {"lookup", probe_lookup, 1.0, false},
	{"resolve", probe_resolve, 1.0, true}, {"connect", probe_connect, 1.0, true},
	{"http", probe_http, 1.0, true},       {"pmtu", probe_pmtu, 2.0, true},
	{"run", probe_command, 1.0, true},     {"file", probe_file, 1.0, true},
};

enum { TIMEOUT_MAX_S = 600 };

const struct probe_kind *probe_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

double probe_timeout(const struct probe_kind *k, const json_t *args)
{
	double t = json_num(args, "timeout", k->timeout);

	return t > 0 && t <= TIMEOUT_MAX_S ? t : k->timeout;
}

int64_t probe_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int probe_left(const struct probe *p)
{
	int64_t left = p->deadline - probe_now();

	return left > 0 ? (int)((left + 999) / 1000) : 0;
}

void probe_set(struct probe *p, const char *key, json_t *value)
{
	json_object_set_new(p->result, key, value);
}

int probe_fail(struct probe *p, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	probe_set(p, "ok", json_false());
	probe_set(p, "error", json_text(text));
	return -1;
}

int probe_poll(const struct probe *p, int fd, short events)
{
	struct pollfd pfd = {.fd = fd, .events = events};
	int n;

	do
		n = poll(&pfd, 1, probe_left(p));
	while (n < 0 && errno == EINTR);
	return n > 0 ? pfd.revents : 0;
}

int probe_address(const char *text, uint16_t port, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;

	char bare[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	memset(ret, 0, sizeof(*ret));
	if (len >= sizeof(bare))
		return -EINVAL;
	memcpy(bare, text, len);
	bare[len] = '\0';
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		*ret_len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, bare, &v6->sin6_addr) == 1) {
		v6->sin6_scope_id = text[len] ? (uint32_t)strtoul(text + len + 1, NULL, 10) : 0;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		*ret_len = sizeof(*v6);
		return 0;
	}
	return -EINVAL;
}

json_t *probe_run(const struct probe_kind *k, const json_t *args, const struct spawn_ctx *spawn)
{
	struct probe p = {.args = args, .spawn = spawn, .started = probe_now()};

	p.deadline = p.started + (int64_t)(probe_timeout(k, args) * 1e6);
	p.result = json_object();
	k->run(&p);
	probe_set(&p, "ms", json_real((double)(probe_now() - p.started) / 1000.0));
	if (!json_object_get(p.result, "ok"))
		probe_set(&p, "ok", json_true());
	if (!json_object_get(p.result, "error"))
		probe_set(&p, "error", json_string(""));
	return p.result;
}

json_t *probe_killed(const struct probe_kind *k, double seconds)
{
	json_t *j = json_pack("{s:b, s:f, s:s, s:b}", "ok", 0, "ms", seconds * 1000, "error",
			      "timed out", "timed_out", 1);

	/* the C library would have said so after its own, longer, patience */
	if (j && k->run == probe_lookup) {
		json_object_set_new(j, "eai", json_string("EAI_AGAIN"));
		json_object_set_new(j, "addresses", json_array());
	}
	return j;
}
